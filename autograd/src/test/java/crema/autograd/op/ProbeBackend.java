package crema.autograd.op;

import crema.tensor.AttentionOps;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.EmbeddingOps;
import crema.tensor.FusedOps;
import crema.tensor.LossOps;
import crema.tensor.MatMulOps;
import crema.tensor.NormalizationOps;
import crema.tensor.Ops;
import crema.tensor.OptimizerOps;
import crema.tensor.PointwiseOps;
import crema.tensor.ReductionOps;
import crema.tensor.Shape;
import crema.tensor.SpatialOps;
import crema.tensor.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Another backend, seen at work: which methods of which families are called. New memory is full of NaN, so that a
 * kernel that reads what it should write gives NaN too.
 */
public final class ProbeBackend implements Backend {
  /** All families: the types of the components of {@link Ops}. */
  static final List<Class<?>> FAMILIES = Arrays.stream(Ops.class.getRecordComponents())
      .<Class<?>>map(RecordComponent::getType)
      .toList();

  private final Backend backend;
  private final Set<Method> called = new LinkedHashSet<>();

  /** Watches a backend, which it closes. */
  public ProbeBackend(Backend backend) {
    this.backend = backend;
  }

  /** The families' methods that were called. */
  public Set<Method> called() {
    return called;
  }

  @Override
  public Storage allocate(DType dtype, Shape shape) {
    Storage storage = backend.allocate(dtype, shape);
    var poison = new byte[Math.toIntExact(shape.elements() * dtype.bytes())];
    Arrays.fill(poison, (byte) 0xFF);
    storage.write(0, MemorySegment.ofArray(poison));
    return storage;
  }

  private <T> T watched(Class<T> family, T kernels) {
    return family.cast(Proxy.newProxyInstance(family.getClassLoader(), new Class<?>[] {family},
        (proxy, method, arguments) -> {
          called.add(method);
          try {
            return method.invoke(kernels, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }

  @Override
  public Device device() {
    return backend.device();
  }

  @Override
  public long liveBytes() {
    return backend.liveBytes();
  }

  @Override
  public Ops ops() {
    Ops ops = backend.ops();
    return new Ops(watched(MatMulOps.class, ops.matMul()), watched(PointwiseOps.class, ops.pointwise()),
        watched(ReductionOps.class, ops.reduction()), watched(NormalizationOps.class, ops.normalization()),
        watched(AttentionOps.class, ops.attention()), watched(EmbeddingOps.class, ops.embedding()),
        watched(SpatialOps.class, ops.spatial()), watched(LossOps.class, ops.losses()),
        watched(OptimizerOps.class, ops.optimizers()), watched(FusedOps.class, ops.fused()));
  }

  @Override
  public void close() {
    backend.close();
  }
}
