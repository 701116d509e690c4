package crema.cuda;

import crema.cuda.driver.Driver;
import crema.cuda.memory.MemoryReport;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Ops;
import crema.tensor.Precision;
import crema.tensor.Shape;
import crema.tensor.Storage;
import crema.tensor.reference.Fallback;
import crema.tensor.reference.FallbackSpatial;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The backend of an NVIDIA GPU. All ops run in order on one stream; nothing waits for them but {@link Storage#read}. */
public final class CudaBackend implements Backend {
  private final Device device;
  private final Precision precision;
  private final CudaContext context;
  private final AtomicLong liveBytes = new AtomicLong();
  private final Ops ops;

  /**
   * A backend on a driver, which it closes.
   *
   * @param device what it is called
   * @param precision of layers; {@link Precision#BF16} is for capability 8.0 and newer
   */
  public CudaBackend(Device device, Driver driver, Precision precision) {
    this.device = device;
    this.precision = precision;
    context = new CudaContext(driver);
    var fallback = new Fallback();
    var residuals = new CudaResidual(context);
    var pointwise = new CudaPointwise(context, residuals);
    var matMul = new CudaMatMul(context, pointwise);
    var normalization = new CudaNormalization(context);
    var attention = new CudaAttention(context, fallback);
    ops = new Ops(matMul, pointwise, new CudaReduction(context), normalization, attention, new CudaEmbedding(context),
        new FallbackSpatial(fallback) {}, new CudaLosses(context), new CudaOptimizers(context, pointwise),
        new CudaFused(matMul, pointwise, residuals, attention));
  }

  @Override
  public DType activationType() {
    return precision == Precision.BF16 ? DType.BF16 : DType.F32;
  }

  @Override
  public boolean runsAhead() {
    return true;
  }

  @Override
  public boolean servesManyThreads() {
    return false;
  }

  CudaContext context() {
    return context;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Storage allocate(DType dtype, Shape shape) {
    if (dtype == DType.F64) {
      throw new IllegalArgumentException("CUDA devices compute in F32 and BF16; F64 is for the reference device");
    }
    long bytes = Math.multiplyExact(shape.elements(), (long) dtype.bytes());
    long address = context.pool().take(Math.max(bytes, 1), new Contents(dtype, shape));
    liveBytes.addAndGet(bytes);
    return new CudaStorage(this, dtype, shape.elements(), address);
  }

  /** What a block of memory holds, as messages say it. */
  private record Contents(DType dtype, Shape shape) {
    @Override
    public String toString() {
      return dtype + " " + shape;
    }
  }

  /** What this backend holds of the device's memory. */
  public MemoryReport memory() {
    return context.pool().report();
  }

  void freed(CudaStorage storage) {
    long bytes = storage.elements() * storage.dtype().bytes();
    context.pool().give(storage.address(), Math.max(bytes, 1));
    liveBytes.addAndGet(-bytes);
  }

  void read(long address, MemorySegment target) {
    context.read(address, target);
  }

  void write(long address, MemorySegment source) {
    context.write(address, source);
  }

  /** Rounds F32 to BF16. */
  void convert(long from, long to, long elements) {
    context.launch("pointwise", "f32_to_bf16").address(from).address(to).i64(elements)
        .run(CudaPointwise.elements(elements));
  }

  @Override
  public <T> T step(Object key, Supplier<T> body) {
    return context.queue().step(key, body);
  }

  @Override
  public boolean repeatsSteps() {
    return true;
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
  public void close() {
    context.close();
  }
}
