package crema.tensor.cpu;

import crema.tensor.Backend;
import crema.tensor.ComposedOps;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.MatrixSource;
import crema.tensor.Ops;
import crema.tensor.PackedMatrix;
import crema.tensor.Shape;
import crema.tensor.Storage;
import java.util.concurrent.atomic.AtomicLong;

/** The SIMD backend: pooled heap arrays and kernels on the JDK's Vector API. */
public final class CpuBackend implements Backend {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8 - CpuStorage.BASE;

  private final AtomicLong liveBytes = new AtomicLong();
  private final CpuContext context;
  private final Ops ops;

  private final CpuMatMul matMul;

  /** A backend that computes on the given number of threads, the caller's included. */
  public CpuBackend(int threads) {
    context = new CpuContext(threads);
    matMul = new CpuMatMul(context);
    var pointwise = new CpuPointwise(context);
    var reduction = new CpuReduction(context);
    var normalization = new CpuNormalization(context);
    var attention = new CpuAttention(context);
    ops = new Ops(matMul, pointwise, reduction, normalization, attention, new CpuEmbedding(context),
        new CpuSpatial(context), new CpuLosses(context), new CpuOptimizers(context, reduction),
        new ComposedOps(matMul, pointwise, normalization, attention));
  }

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public Storage allocate(DType dtype, Shape shape) {
    if (shape.elements() > LARGEST_ARRAY) {
      throw new IllegalArgumentException("a tensor of shape " + shape + " has " + shape.elements()
          + " elements; the CPU holds at most " + LARGEST_ARRAY + " in one tensor: split it by rows");
    }
    int length = (int) shape.elements() + CpuStorage.BASE;
    Object array = switch (dtype) {
      case F32 -> context.floats.take(length);
      case F64 -> context.doubles.take(length);
      case I32 -> context.ints.take(length);
      case BF16, F16 -> context.shorts.take(length);
      case I8 -> context.bytes.take(length);
    };
    liveBytes.addAndGet(shape.elements() * dtype.bytes());
    return new CpuStorage(this, dtype, shape.elements(), array);
  }

  void freed(CpuStorage storage) {
    liveBytes.addAndGet(-storage.elements() * storage.dtype().bytes());
    switch (storage.array()) {
      case float[] array -> context.floats.give(array);
      case double[] array -> context.doubles.give(array);
      case int[] array -> context.ints.give(array);
      case short[] array -> context.shorts.give(array);
      case byte[] array -> context.bytes.give(array);
      default -> throw new IllegalStateException("storage of " + storage.array().getClass());
    }
  }

  @Override
  public long liveBytes() {
    return liveBytes.get();
  }

  @Override
  public boolean widensHalves() {
    return true;
  }

  @Override
  public PackedMatrix pack(MatrixSource source) {
    return matMul.pack(source, this);
  }

  @Override
  public Ops ops() {
    return ops;
  }

  @Override
  public void close() {
    context.close();
  }
}
