package crema.examples;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.BackendProvider;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Ops;
import crema.tensor.PointwiseOps;
import crema.tensor.Shape;
import crema.tensor.Storage;
import crema.tensor.Tensor;
import crema.tensor.reference.Fallback;
import crema.tensor.reference.FallbackPointwise;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A backend of one's own: memory off the heap, and one kernel. All other ops run on the reference until they have
 * kernels, so that models train on {@code new Device("own", 0)} from the first day.
 */
public final class OwnBackend implements Backend {
  private final AtomicLong liveBytes = new AtomicLong();
  private final Ops ops;

  private OwnBackend() {
    var fallback = new Fallback();
    Ops slow = fallback.ops();
    ops = new Ops(slow.matMul(), new Pointwise(fallback), slow.reduction(), slow.normalization(), slow.attention(),
        slow.embedding(), slow.spatial(), slow.losses(), slow.optimizers(), slow.fused());
  }

  /** Found as a service: see {@code META-INF/services}. */
  public static final class Provider implements BackendProvider {
    @Override
    public String type() {
      return "own";
    }

    @Override
    public Backend open(int index, BackendOptions options) {
      return new OwnBackend();
    }
  }

  /** Kernels for elements: here only one. */
  private static final class Pointwise extends FallbackPointwise implements PointwiseOps {
    Pointwise(Fallback fallback) {
      super(fallback);
    }

    @Override
    public void scale(double factor, Tensor x, Tensor y) {
      for (long i = 0; i < x.elements(); i++) {
        memory(y).setAtIndex(ValueLayout.JAVA_FLOAT, y.offset() + i,
            (float) (factor * memory(x).getAtIndex(ValueLayout.JAVA_FLOAT, x.offset() + i)));
      }
    }

    private static MemorySegment memory(Tensor tensor) {
      return ((Memory) tensor.storage()).segment;
    }
  }

  /** Elements of a tensor. */
  private static final class Memory extends Storage {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final OwnBackend backend;

    Memory(OwnBackend backend, DType dtype, long elements) {
      super(backend, dtype, elements);
      this.backend = backend;
      segment = arena.allocate(Math.multiplyExact(elements, (long) dtype.bytes()), 8);
      backend.liveBytes.addAndGet(segment.byteSize());
    }

    @Override
    public void read(long offset, MemorySegment target) {
      target.copyFrom(segment.asSlice(offset * dtype().bytes(), target.byteSize()));
    }

    @Override
    public void write(long offset, MemorySegment source) {
      segment.asSlice(offset * dtype().bytes(), source.byteSize()).copyFrom(source);
    }

    @Override
    protected void free() {
      backend.liveBytes.addAndGet(-segment.byteSize());
      arena.close();
    }
  }

  @Override
  public Device device() {
    return new Device("own", 0);
  }

  @Override
  public Storage allocate(DType dtype, Shape shape) {
    return new Memory(this, dtype, shape.elements());
  }

  @Override
  public long liveBytes() {
    return liveBytes.get();
  }

  @Override
  public Ops ops() {
    return ops;
  }

  @Override
  public void close() {}
}
