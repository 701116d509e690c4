package crema.nn.io;

import crema.nn.InvalidWeightsException;
import crema.tensor.DType;
import crema.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in a mapped file, as it is stored: element {@code (i, j, …)} is the element {@code i · strides[0] + j ·
 * strides[1] + …} of its bytes, and stands for {@code (stored - zeroPoint) · scale} where it is quantized. Immutable;
 * making one, or a view of one, copies nothing.
 */
final class StoredTensor {
  private final StoredType type;
  private final ByteOrder order;
  private final Shape shape;
  private final long[] strides;
  private final MemorySegment bytes;
  private final @Nullable Quantization quantization;

  /**
   * How integers stand for numbers.
   *
   * @param scales one, or one for each index of a dimension
   * @param zeroPoints as many
   * @param dimension the dimension, where there are several
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Quantization(float[] scales, int[] zeroPoints, int dimension) {
    Quantization transposed() {
      return new Quantization(scales, zeroPoints, 1 - dimension);
    }
  }

  private StoredTensor(StoredType type, ByteOrder order, Shape shape, long[] strides, MemorySegment bytes,
      @Nullable Quantization quantization) {
    this.type = type;
    this.order = order;
    this.shape = shape;
    this.strides = strides;
    this.bytes = bytes;
    this.quantization = quantization;
  }

  /** A tensor whose bytes are in order, and as many as its shape needs. */
  static StoredTensor of(StoredType type, Shape shape, MemorySegment bytes) {
    if (bytes.byteSize() % type.bytes() != 0 || bytes.byteSize() / type.bytes() != shape.elements()) {
      throw new IllegalArgumentException(bytes.byteSize() + " bytes for " + type + " " + shape);
    }
    return new StoredTensor(type, ByteOrder.LITTLE_ENDIAN, shape, contiguous(shape), bytes, null);
  }

  /**
   * A view of a run of elements.
   *
   * @param strides in elements, one for each dimension
   * @param bytes from the first element on
   * @throws InvalidWeightsException when the view reaches beyond them
   */
  static StoredTensor strided(StoredType type, ByteOrder order, Shape shape, long[] strides, MemorySegment bytes) {
    if (shape.elements() > 0) {
      long last = 0;
      try {
        for (int i = 0; i < strides.length; i++) {
          if (strides[i] < 0) {
            throw new InvalidWeightsException("it has a negative stride");
          }
          last = Math.addExact(last, Math.multiplyExact(shape.extent(i) - 1, strides[i]));
        }
      } catch (ArithmeticException e) {
        throw new InvalidWeightsException("its strides are too large", e);
      }
      if (last >= bytes.byteSize() / type.bytes()) {
        throw new InvalidWeightsException("it reaches beyond the " + bytes.byteSize() + " bytes that are stored");
      }
      if (shape.elements() > bytes.byteSize() / type.bytes()) {
        throw new InvalidWeightsException("it has more elements than are stored");
      }
    }
    return new StoredTensor(type, order, shape, strides.clone(), bytes, null);
  }

  private static long[] contiguous(Shape shape) {
    var strides = new long[shape.rank()];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape.extent(i);
    }
    return strides;
  }

  StoredType type() {
    return type;
  }

  Shape shape() {
    return shape;
  }

  /** The matrix with rows and columns swapped. */
  StoredTensor transposed() {
    if (shape.rank() != 2) {
      throw new InvalidWeightsException("a tensor " + shape + " should be a matrix");
    }
    return new StoredTensor(type, order, Shape.of(shape.extent(1), shape.extent(0)),
        new long[] {strides[1], strides[0]}, bytes, quantization == null ? null : quantization.transposed());
  }

  /** Some of the outermost dimension. */
  StoredTensor rows(long from, long to) {
    long[] extents = shape.toArray();
    extents[0] = to - from;
    Quantization part = quantization;
    if (part != null && part.scales.length > 1 && part.dimension == 0) {
      part = new Quantization(Arrays.copyOfRange(part.scales, (int) from, (int) to),
          Arrays.copyOfRange(part.zeroPoints, (int) from, (int) to), 0);
    }
    return new StoredTensor(type, order, Shape.of(extents), strides, bytes.asSlice(from * strides[0] * type.bytes()),
        part);
  }

  /** The same numbers in another shape; they must be in order. */
  StoredTensor reshaped(Shape target) {
    if (!isContiguous() || target.elements() != shape.elements() || quantization != null) {
      throw new InvalidWeightsException("a tensor " + shape + " cannot be read as " + target);
    }
    return new StoredTensor(type, order, target, contiguous(target), bytes, null);
  }

  /** The numbers that integers stand for. */
  StoredTensor dequantized(Quantization how) {
    if (how.scales.length != how.zeroPoints.length || how.scales.length > 1
        && (how.dimension >= shape.rank() || how.scales.length != shape.extent(how.dimension))) {
      throw new InvalidWeightsException("a tensor " + shape + " has " + how.scales.length + " scales and "
          + how.zeroPoints.length + " zero points");
    }
    return new StoredTensor(type, order, shape, strides, bytes, how);
  }

  boolean isQuantized() {
    return quantization != null;
  }

  /** Whether the elements are in order, without gaps. */
  boolean isContiguous() {
    return Arrays.equals(strides, contiguous(shape));
  }

  /** Whether the bytes are those of a tensor in memory. */
  boolean isNative() {
    return isContiguous() && quantization == null && order == ByteOrder.nativeOrder();
  }

  /** The bytes from the first element on; only {@link #isContiguous contiguous} ones are in order. */
  MemorySegment bytes() {
    return bytes;
  }

  /** Where an element is, in elements. */
  private long position(long element) {
    long rest = element;
    long at = 0;
    for (int i = strides.length - 1; i >= 0; i--) {
      long extent = shape.extent(i);
      at += rest % extent * strides[i];
      rest /= extent;
    }
    return at;
  }

  /**
   * Copies elements, in row-major order, to host memory.
   *
   * @param first the first one
   * @param count how many
   * @param to the type of the target: F32, F64 or I32, or BF16 or F16 if that is the type that is stored
   * @throws InvalidWeightsException when an integer does not fit
   */
  void copy(long first, int count, DType to, MemorySegment target) {
    if (isNative() && type.name().equals(to.name())) {
      long size = type.bytes();
      MemorySegment.copy(bytes, first * size, target, 0, count * size);
      return;
    }
    if (to == DType.F32 && isNative() && (type == StoredType.BF16 || type == StoredType.F16)) {
      widen(first, count, target);
      return;
    }
    long innermost = strides.length == 0 ? 1 : shape.columns();
    long stride = strides.length == 0 ? 1 : strides[strides.length - 1];
    for (int done = 0; done < count;) {
      long element = first + done;
      int run = (int) Math.min(count - done, innermost - element % innermost);
      copyRun(element, position(element), stride, run, to, target, done);
      done += run;
    }
  }

  /** Copies numbers of 16 bits that lie in order. */
  private void widen(long first, int count, MemorySegment target) {
    long at = first * Short.BYTES;
    if (type == StoredType.BF16) {
      for (int i = 0; i < count; i++) {
        target.setAtIndex(ValueLayout.JAVA_INT, i, bytes.get(StoredType.SHORT, at + 2L * i) << 16);
      }
    } else {
      for (int i = 0; i < count; i++) {
        target.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.float16ToFloat(bytes.get(StoredType.SHORT, at + 2L * i)));
      }
    }
  }

  private void copyRun(long element, long at, long stride, int run, DType to, MemorySegment target, int done) {
    switch (to) {
      case F32 -> {
        for (int i = 0; i < run; i++) {
          target.setAtIndex(ValueLayout.JAVA_FLOAT, done + i, (float) value(element + i, at + i * stride));
        }
      }
      case F64 -> {
        for (int i = 0; i < run; i++) {
          target.setAtIndex(ValueLayout.JAVA_DOUBLE, done + i, value(element + i, at + i * stride));
        }
      }
      case I32 -> {
        for (int i = 0; i < run; i++) {
          target.setAtIndex(ValueLayout.JAVA_INT, done + i, integer(at + i * stride));
        }
      }
      case BF16, F16, I8 -> throw new InvalidWeightsException("weights of the type " + type
          + " cannot be converted to " + to);
    }
  }

  private double value(long element, long at) {
    if (quantization == null) {
      return type.toDouble(bytes, at, order);
    }
    int index = 0;
    if (quantization.scales.length > 1) {
      long rest = element;
      for (int i = shape.rank() - 1; i > quantization.dimension; i--) {
        rest /= shape.extent(i);
      }
      index = (int) (rest % shape.extent(quantization.dimension));
    }
    return (type.toLong(bytes, at, order) - quantization.zeroPoints[index]) * quantization.scales[index];
  }

  /** An element of a tensor of integers. */
  long integerAt(long element) {
    return type.toLong(bytes, position(element), order);
  }

  private int integer(long at) {
    if (!type.isInteger() || quantization != null) {
      throw new InvalidWeightsException("weights of the type " + type + " cannot be converted to integers");
    }
    long value = type.toLong(bytes, at, order);
    if (value != (int) value) {
      throw new InvalidWeightsException("the file holds " + value + ", which does not fit 32 bits");
    }
    return (int) value;
  }
}
