package crema.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A dense, row-major, contiguous array of numbers: a {@link Shape}, a {@link DType}, and a run of a {@link Storage}.
 *
 * <p>{@link #reshape} and {@link #rows} are views that share the storage; everything else that moves data is an op of a
 * {@link Backend}. A tensor belongs to the {@link Scope} that made it and dies with it, unless {@link #retain}ed; using
 * it afterwards throws. Tensors are confined to one thread at a time; those that nobody writes may be read by many.
 */
public final class Tensor implements AutoCloseable {
  private final Storage storage;
  private final Shape shape;
  private final long offset;
  private volatile boolean closed;
  private boolean retained;

  /** Takes over the caller's reference to the storage. */
  Tensor(Storage storage, Shape shape, long offset) {
    this.storage = storage;
    this.shape = shape;
    this.offset = offset;
  }

  /**
   * A tensor without memory, of which only the type and the shape can be asked: it stands for a weight of which there is
   * but a packed copy.
   */
  public static Tensor absent(Backend backend, DType dtype, Shape shape) {
    return new Tensor(new AbsentStorage(backend, dtype, shape.elements()), shape, 0);
  }

  /** How many elements there are along each dimension. */
  public Shape shape() {
    return shape;
  }

  /** The type of the elements. */
  public DType dtype() {
    return storage.dtype();
  }

  /** The number of elements. */
  public long elements() {
    return shape.elements();
  }

  /** The size of the elements in bytes. */
  public long bytes() {
    return elements() * dtype().bytes();
  }

  /** The backend on which this tensor lives. */
  public Backend backend() {
    return storage.backend();
  }

  /** Where the first element is in the {@link #storage}. */
  public long offset() {
    return offset;
  }

  /**
   * The memory, for kernels.
   *
   * @throws IllegalStateException after the tensor or its scope was closed
   */
  public Storage storage() {
    checkOpen();
    return storage;
  }

  /**
   * A view of the same elements in another shape.
   *
   * @throws IllegalArgumentException when the number of elements differs
   */
  public Tensor reshape(long... extents) {
    var target = Shape.of(extents);
    if (target.elements() != elements()) {
      throw new IllegalArgumentException("cannot reshape " + shape + " to " + target + ": "
          + elements() + " elements against " + target.elements());
    }
    return view(target, offset);
  }

  /**
   * A view of some of the outermost dimension.
   *
   * @param from the first row, inclusive
   * @param to the last row, exclusive
   */
  public Tensor rows(long from, long to) {
    if (shape.rank() == 0 || from < 0 || to < from || to > shape.extent(0)) {
      throw new IllegalArgumentException("rows " + from + " to " + to + " of a tensor of shape " + shape);
    }
    long[] extents = shape.toArray();
    long stride = extents[0] == 0 ? 0 : elements() / extents[0];
    extents[0] = to - from;
    return view(Shape.of(extents), offset + from * stride);
  }

  /** Another handle on the same elements, with a life of its own. */
  public Tensor share() {
    return view(shape, offset);
  }

  private Tensor view(Shape target, long start) {
    checkOpen();
    storage.retain();
    return new Tensor(storage, target, start);
  }

  /** Takes this tensor out of its scope: it lives until it is {@link #close}d. Returns itself. */
  public Tensor retain() {
    checkOpen();
    retained = true;
    return this;
  }

  /** Lets go of the memory now, before the scope closes. Closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      storage.release();
    }
  }

  /** Whether the tensor has no memory: see {@link #absent}. */
  public boolean isAbsent() {
    return storage instanceof AbsentStorage;
  }

  /** Whether the tensor may still be used. */
  public boolean isOpen() {
    return !closed;
  }

  void closeUnlessRetained() {
    if (!retained) {
      close();
    }
  }

  /** Hands a retained tensor back to a scope. */
  void adopt() {
    checkOpen();
    retained = false;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("tensor " + shape + " used after its scope was closed");
    }
  }

  /** A copy of the elements as floats; any floating-point type of the host is converted. */
  public float[] toFloats() {
    if (dtype() == DType.F64) {
      double[] wide = toDoubles();
      var narrow = new float[wide.length];
      for (int i = 0; i < wide.length; i++) {
        narrow[i] = (float) wide[i];
      }
      return narrow;
    }
    if (isHalf()) {
      var halves = new short[hostLength()];
      storage().read(offset, MemorySegment.ofArray(halves));
      var wide = new float[halves.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = dtype() == DType.BF16 ? BFloat16.toFloat(halves[i]) : Float.float16ToFloat(halves[i]);
      }
      return wide;
    }
    requireType(DType.F32);
    var values = new float[hostLength()];
    storage().read(offset, MemorySegment.ofArray(values));
    return values;
  }

  private boolean isHalf() {
    return dtype() == DType.BF16 || dtype() == DType.F16;
  }

  /** A copy of the elements as doubles. */
  public double[] toDoubles() {
    if (dtype() == DType.F32 || isHalf()) {
      float[] narrow = toFloats();
      var wide = new double[narrow.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = narrow[i];
      }
      return wide;
    }
    requireType(DType.F64);
    var values = new double[hostLength()];
    storage().read(offset, MemorySegment.ofArray(values));
    return values;
  }

  /** A copy of the elements of an {@link DType#I32} tensor. */
  public int[] toInts() {
    requireType(DType.I32);
    var values = new int[hostLength()];
    storage().read(offset, MemorySegment.ofArray(values));
    return values;
  }

  /** The only element of a floating-point tensor of one element. */
  public double item() {
    return deferredItem().value();
  }

  /** The {@link #item} as it is now, to be asked for later: does not wait for the device. */
  public Deferred deferredItem() {
    if (elements() != 1) {
      throw new IllegalStateException("item of a tensor of shape " + shape);
    }
    if (dtype() != DType.F64) {
      requireType(DType.F32);
    }
    return storage().defer(offset);
  }

  /** Overwrites the elements, rounding them where the tensor is {@link DType#BF16} or {@link DType#F16}. */
  public Tensor set(float... values) {
    requireLength(values.length);
    if (dtype() == DType.F64) {
      var wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      storage().write(offset, MemorySegment.ofArray(wide));
    } else if (isHalf()) {
      var halves = new short[values.length];
      for (int i = 0; i < halves.length; i++) {
        halves[i] = dtype() == DType.BF16 ? BFloat16.of(values[i]) : Float.floatToFloat16(values[i]);
      }
      storage().write(offset, MemorySegment.ofArray(halves));
    } else {
      requireType(DType.F32);
      storage().write(offset, MemorySegment.ofArray(values));
    }
    return this;
  }

  /** Overwrites the elements, rounding them where the tensor is not {@link DType#F64}. */
  public Tensor set(double... values) {
    requireLength(values.length);
    if (dtype() == DType.F32 || isHalf()) {
      var narrow = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        narrow[i] = (float) values[i];
      }
      set(narrow);
    } else {
      requireType(DType.F64);
      storage().write(offset, MemorySegment.ofArray(values));
    }
    return this;
  }

  /** Overwrites the elements of an {@link DType#I32} tensor. */
  public Tensor set(int... values) {
    requireLength(values.length);
    requireType(DType.I32);
    storage().write(offset, MemorySegment.ofArray(values));
    return this;
  }

  private int hostLength() {
    if (elements() > Integer.MAX_VALUE - 16) {
      throw new IllegalStateException("tensor " + shape + " does not fit into one array; read it by rows");
    }
    return (int) elements();
  }

  private void requireLength(int length) {
    if (length != elements()) {
      throw new IllegalArgumentException(length + " values for a tensor of shape " + shape);
    }
  }

  private void requireType(DType type) {
    if (dtype() != type) {
      throw new IllegalStateException("tensor " + shape + " holds " + dtype() + ", not " + type);
    }
  }

  /** Type and shape, and the elements where they are few. */
  @Override
  public String toString() {
    String head = dtype() + " " + shape;
    if (closed) {
      return head + " (closed)";
    }
    if (elements() > 16) {
      return head;
    }
    return switch (dtype()) {
      case F32 -> head + " " + Arrays.toString(toFloats());
      case F64 -> head + " " + Arrays.toString(toDoubles());
      case I32 -> head + " " + Arrays.toString(toInts());
      case BF16, F16, I8 -> head;
    };
  }
}
