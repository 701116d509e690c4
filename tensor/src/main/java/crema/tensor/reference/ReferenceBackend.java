package crema.tensor.reference;

import crema.tensor.Backend;
import crema.tensor.ComposedOps;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Ops;
import crema.tensor.Shape;
import crema.tensor.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The executable specification: every op in plain loops and double precision, on {@link DType#F32} and {@link
 * DType#F64} tensors. Gradient checks run on it, and every other backend is held against it.
 */
final class ReferenceBackend implements Backend {
  private final AtomicLong liveBytes = new AtomicLong();
  private final Ops ops;

  ReferenceBackend() {
    var matMul = new ReferenceMatMul();
    var pointwise = new ReferencePointwise();
    var reduction = new ReferenceReduction();
    var normalization = new ReferenceNormalization();
    var attention = new ReferenceAttention();
    ops = new Ops(matMul, pointwise, reduction, normalization, attention, new ReferenceEmbedding(),
        new ReferenceSpatial(), new ReferenceLosses(), new ReferenceOptimizers(reduction),
        new ComposedOps(matMul, pointwise, normalization, attention));
  }

  @Override
  public Device device() {
    return Device.REFERENCE;
  }

  @Override
  public Storage allocate(DType dtype, Shape shape) {
    long bytes = Math.multiplyExact(shape.elements(), (long) dtype.bytes());
    MemorySegment memory = Arena.ofAuto().allocate(bytes, 8);
    liveBytes.addAndGet(bytes);
    return new ReferenceStorage(this, dtype, shape.elements(), memory);
  }

  void freed(ReferenceStorage storage) {
    liveBytes.addAndGet(-storage.elements() * storage.dtype().bytes());
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
