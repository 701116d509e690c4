package crema.autograd.op;

import crema.tensor.Attention;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Embedding;
import crema.tensor.Losses;
import crema.tensor.MatMul;
import crema.tensor.Normalization;
import crema.tensor.Optimizers;
import crema.tensor.Pointwise;
import crema.tensor.Reduction;
import crema.tensor.Shape;
import crema.tensor.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Another backend, seen at work: which methods of which families are called. New memory is full of NaN, so that a
 * kernel that reads what it should write gives NaN too.
 */
final class ProbeBackend implements Backend {
  /**
   * All families: the types of the methods of a {@link Backend} that have no parameters and return one of its
   * interfaces.
   */
  static final List<Class<?>> FAMILIES = Arrays.stream(Backend.class.getMethods())
      .filter(method -> !Modifier.isStatic(method.getModifiers()))
      .filter(method -> method.getParameterCount() == 0 && method.getReturnType().isInterface())
      .<Class<?>>map(Method::getReturnType)
      .toList();

  private final Backend backend;
  private final Set<Method> called = new LinkedHashSet<>();

  ProbeBackend(Backend backend) {
    this.backend = backend;
  }

  /** The families' methods that were called. */
  Set<Method> called() {
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
  public MatMul matMul() {
    return watched(MatMul.class, backend.matMul());
  }

  @Override
  public Pointwise pointwise() {
    return watched(Pointwise.class, backend.pointwise());
  }

  @Override
  public Reduction reduction() {
    return watched(Reduction.class, backend.reduction());
  }

  @Override
  public Normalization normalization() {
    return watched(Normalization.class, backend.normalization());
  }

  @Override
  public Attention attention() {
    return watched(Attention.class, backend.attention());
  }

  @Override
  public Embedding embedding() {
    return watched(Embedding.class, backend.embedding());
  }

  @Override
  public Losses losses() {
    return watched(Losses.class, backend.losses());
  }

  @Override
  public Optimizers optimizers() {
    return watched(Optimizers.class, backend.optimizers());
  }

  @Override
  public void close() {
    backend.close();
  }
}
