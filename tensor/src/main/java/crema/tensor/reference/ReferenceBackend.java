package crema.tensor.reference;

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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The executable specification: every op in plain loops and double precision, on {@link DType#F32} and {@link
 * DType#F64} tensors. Gradient checks run on it, and every other backend is held against it.
 */
public final class ReferenceBackend implements Backend {
  private final AtomicLong liveBytes = new AtomicLong();
  private final MatMul matMul = new ReferenceMatMul();
  private final Pointwise pointwise = new ReferencePointwise();
  private final Reduction reduction = new ReferenceReduction();
  private final Normalization normalization = new ReferenceNormalization();
  private final Attention attention = new ReferenceAttention();
  private final Embedding embedding = new ReferenceEmbedding();
  private final Losses losses = new ReferenceLosses();
  private final Optimizers optimizers = new ReferenceOptimizers();

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
  public void close() {}
}
