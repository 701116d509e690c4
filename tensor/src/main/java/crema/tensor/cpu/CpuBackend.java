package crema.tensor.cpu;

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
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The SIMD backend: pooled heap arrays and kernels on the JDK's Vector API. */
public final class CpuBackend implements Backend {
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8 - CpuStorage.BASE;

  private final AtomicLong liveBytes = new AtomicLong();
  private final Map<DType, ArrayPool<Object>> pools = new EnumMap<>(DType.class);
  private final MatMul matMul = new CpuMatMul();
  private final Pointwise pointwise = new CpuPointwise();
  private final Reduction reduction = new CpuReduction();
  private final Normalization normalization = new CpuNormalization();
  private final Attention attention = new CpuAttention();
  private final Embedding embedding = new CpuEmbedding();
  private final Losses losses = new CpuLosses();
  private final Optimizers optimizers = new CpuOptimizers();

  /** A backend that computes on the given number of threads. */
  public CpuBackend(int threads) {
    pools.put(DType.F32, new ArrayPool<>(float[]::new));
    pools.put(DType.F64, new ArrayPool<>(double[]::new));
    pools.put(DType.BF16, new ArrayPool<>(short[]::new));
    pools.put(DType.F16, new ArrayPool<>(short[]::new));
    pools.put(DType.I8, new ArrayPool<>(byte[]::new));
    pools.put(DType.I32, new ArrayPool<>(int[]::new));
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
    Object array = pool(dtype).take(length);
    liveBytes.addAndGet(shape.elements() * dtype.bytes());
    return new CpuStorage(this, dtype, shape.elements(), array);
  }

  void freed(CpuStorage storage) {
    liveBytes.addAndGet(-storage.elements() * storage.dtype().bytes());
    pool(storage.dtype()).give(storage.array(), storage.capacity());
  }

  private ArrayPool<Object> pool(DType dtype) {
    ArrayPool<Object> pool = pools.get(dtype);
    if (pool == null) {
      throw new IllegalArgumentException("the CPU has no storage for " + dtype);
    }
    return pool;
  }

  @Override
  public long liveBytes() {
    return liveBytes.get();
  }

  @Override
  public MatMul matMul() {
    return matMul;
  }

  @Override
  public Pointwise pointwise() {
    return pointwise;
  }

  @Override
  public Reduction reduction() {
    return reduction;
  }

  @Override
  public Normalization normalization() {
    return normalization;
  }

  @Override
  public Attention attention() {
    return attention;
  }

  @Override
  public Embedding embedding() {
    return embedding;
  }

  @Override
  public Losses losses() {
    return losses;
  }

  @Override
  public Optimizers optimizers() {
    return optimizers;
  }

  @Override
  public void close() {
    pools.values().forEach(ArrayPool::clear);
  }
}
