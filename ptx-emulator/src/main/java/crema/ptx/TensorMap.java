package crema.ptx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What TMA knows of a tensor: as {@code cuTensorMapEncodeTiled} takes it, with the same limits. Lists run from the
 * innermost dimension outwards. Interleaved layouts and im2col are not modelled.
 *
 * @param type the elements
 * @param address of element 0 in device memory, a multiple of 16
 * @param sizes elements in each of 1 to 5 dimensions
 * @param strides bytes from one index to the next, for all dimensions but the innermost; multiples of 16
 * @param box elements of a tile in each dimension, 1 to 256; its innermost row a multiple of 16 bytes and no longer
 *     than the swizzle's span
 * @param elementStrides the step between the elements of a tile in each dimension, 1 to 8
 * @param swizzle how rows of a tile lie in shared memory
 * @param fill what stands for elements outside the tensor
 */
public record TensorMap(
    ElementType type,
    long address,
    List<Long> sizes,
    List<Long> strides,
    List<Integer> box,
    List<Integer> elementStrides,
    Swizzle swizzle,
    Fill fill) {
  /** Bytes of an encoded map. */
  public static final int BYTES = 128;

  private static final int MAGIC = 0x544D4150;

  /** Types of elements. */
  public enum ElementType {
    /** Unsigned bytes. */
    U8(1, false),
    /** Unsigned 16-bit integers. */
    U16(2, false),
    /** Unsigned 32-bit integers. */
    U32(4, false),
    /** Signed 32-bit integers. */
    S32(4, false),
    /** Unsigned 64-bit integers. */
    U64(8, false),
    /** Signed 64-bit integers. */
    S64(8, false),
    /** Half precision. */
    F16(2, true),
    /** Single precision. */
    F32(4, true),
    /** Double precision. */
    F64(8, true),
    /** bfloat16. */
    BF16(2, true);

    private final int bytes;
    private final boolean floating;

    ElementType(int bytes, boolean floating) {
      this.bytes = bytes;
      this.floating = floating;
    }

    /** Bytes of an element. */
    public int bytes() {
      return bytes;
    }
  }

  /** Elements outside the tensor. */
  public enum Fill {
    /** Zeros. */
    ZERO,
    /** NaN; only for floating-point elements. */
    NAN
  }

  /** Checks all limits. */
  public TensorMap {
    sizes = List.copyOf(sizes);
    strides = List.copyOf(strides);
    box = List.copyOf(box);
    elementStrides = List.copyOf(elementStrides);
    int rank = sizes.size();
    check(rank >= 1 && rank <= 5, "a tensor map has 1 to 5 dimensions, not " + rank);
    check(strides.size() == rank - 1, "a tensor map of " + rank + " dimensions has " + (rank - 1) + " strides");
    check(box.size() == rank && elementStrides.size() == rank, "box and element strides have one number a dimension");
    check((address & 15) == 0, "the address of a tensor map is a multiple of 16");
    for (int i = 0; i < rank; i++) {
      check(sizes.get(i) >= 1 && sizes.get(i) <= 1L << 32, "a tensor map's sizes are 1 to 2^32, not " + sizes.get(i));
      check(box.get(i) >= 1 && box.get(i) <= 256, "a tensor map's box is 1 to 256 long, not " + box.get(i));
      check(elementStrides.get(i) >= 1 && elementStrides.get(i) <= 8, "a tensor map's element strides are 1 to 8");
    }
    for (long stride : strides) {
      check((stride & 15) == 0 && stride >= 0 && stride < 1L << 40,
          "a tensor map's strides are multiples of 16 bytes below 2^40, not " + stride);
    }
    int row = box.getFirst() * type.bytes();
    check((row & 15) == 0, "the inner row of a box is a multiple of 16 bytes, not " + row);
    check(swizzle == Swizzle.NONE || row <= swizzle.span(),
        "the inner row of a box has at most the swizzle's " + swizzle.span() + " bytes, not " + row);
    check(fill == Fill.ZERO || type.floating, "only floating-point elements can be filled with NaN");
  }

  /**
   * A map of a matrix {@code [rows, columns]}, whose rows are {@code rowBytes} apart, read in tiles {@code [boxRows,
   * boxColumns]}.
   */
  public static TensorMap matrix(
      ElementType type, long address, long rows, long columns, long rowBytes, int boxRows, int boxColumns,
      Swizzle swizzle) {
    return new TensorMap(
        type, address, List.of(columns, rows), List.of(rowBytes), List.of(boxColumns, boxRows), List.of(1, 1), swizzle,
        Fill.ZERO);
  }

  /** Dimensions. */
  public int rank() {
    return sizes.size();
  }

  /** Bytes of a whole tile in shared memory, elements outside the tensor included. */
  public int boxBytes() {
    int bytes = type.bytes();
    for (int n : box) {
      bytes = Math.multiplyExact(bytes, n);
    }
    return bytes;
  }

  /** The {@value #BYTES} bytes that a kernel takes as a parameter: the emulator's own form, not NVIDIA's. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).put((byte) type.ordinal()).put((byte) rank()).put((byte) swizzle.ordinal())
        .put((byte) fill.ordinal());
    out.putLong(address);
    for (int i = 0; i < rank(); i++) {
      out.putInt((int) (sizes.get(i) - 1)).putShort(box.get(i).shortValue()).put(elementStrides.get(i).byteValue());
      out.putLong(i == 0 ? 0 : strides.get(i - 1));
    }
    return out.array();
  }

  /**
   * The map that {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no map
   */
  public static TensorMap decode(ByteBuffer bytes) {
    ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    check(in.remaining() >= BYTES && in.getInt() == MAGIC, "no tensor map lies there");
    ElementType type = pick(ElementType.values(), in.get());
    int rank = in.get();
    Swizzle swizzle = pick(Swizzle.values(), in.get());
    Fill fill = pick(Fill.values(), in.get());
    long address = in.getLong();
    check(rank >= 1 && rank <= 5, "no tensor map lies there");
    var sizes = new ArrayList<Long>();
    var strides = new ArrayList<Long>();
    var box = new ArrayList<Integer>();
    var elementStrides = new ArrayList<Integer>();
    for (int i = 0; i < rank; i++) {
      sizes.add(Integer.toUnsignedLong(in.getInt()) + 1);
      box.add((int) in.getShort());
      elementStrides.add((int) in.get());
      long stride = in.getLong();
      if (i > 0) {
        strides.add(stride);
      }
    }
    return new TensorMap(type, address, sizes, strides, box, elementStrides, swizzle, fill);
  }

  private static <T> T pick(T[] values, int index) {
    check(index >= 0 && index < values.length, "no tensor map lies there");
    return values[index];
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
