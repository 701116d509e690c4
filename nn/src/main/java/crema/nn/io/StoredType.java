package crema.nn.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The types of elements in files of weights, under the names that safetensors has for them. */
public enum StoredType {
  /** 64-bit floating point. */
  F64(8),
  /** 32-bit floating point. */
  F32(4),
  /** 16-bit floating point (IEEE 754). */
  F16(2),
  /** 16-bit floating point with the exponent of 32 bits. */
  BF16(2),
  /** 64-bit integers. */
  I64(8),
  /** 32-bit integers. */
  I32(4),
  /** 16-bit integers. */
  I16(2),
  /** 8-bit integers. */
  I8(1),
  /** 8-bit integers without a sign. */
  U8(1),
  /** True and false, a byte each. */
  BOOL(1);

  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether the elements are whole numbers. */
  boolean isInteger() {
    return switch (this) {
      case I64, I32, I16, I8, U8, BOOL -> true;
      case F64, F32, F16, BF16 -> false;
    };
  }

  /** Element {@code index} of a run of this type, as a double (integers beyond 2⁵³ are rounded). */
  double toDouble(MemorySegment data, long index, ByteOrder order) {
    long at = index * bytes;
    return switch (this) {
      case F64 -> Double.longBitsToDouble(getLong(data, at, order));
      case F32 -> Float.intBitsToFloat(getInt(data, at, order));
      case F16 -> Float.float16ToFloat(getShort(data, at, order));
      case BF16 -> Float.intBitsToFloat(getShort(data, at, order) << 16);
      case I64, I32, I16, I8, U8, BOOL -> toLong(data, index, order);
    };
  }

  /** Element {@code index} of a run of this integer type. */
  long toLong(MemorySegment data, long index, ByteOrder order) {
    long at = index * bytes;
    return switch (this) {
      case I64 -> getLong(data, at, order);
      case I32 -> getInt(data, at, order);
      case I16 -> getShort(data, at, order);
      case I8 -> data.get(ValueLayout.JAVA_BYTE, at);
      case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
      case F64, F32, F16, BF16 -> throw new IllegalArgumentException(this + " is not a type of integers");
    };
  }

  private static long getLong(MemorySegment data, long at, ByteOrder order) {
    long value = data.get(LONG, at);
    return order == ByteOrder.LITTLE_ENDIAN ? value : Long.reverseBytes(value);
  }

  private static int getInt(MemorySegment data, long at, ByteOrder order) {
    int value = data.get(INT, at);
    return order == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
  }

  private static short getShort(MemorySegment data, long at, ByteOrder order) {
    short value = data.get(SHORT, at);
    return order == ByteOrder.LITTLE_ENDIAN ? value : Short.reverseBytes(value);
  }
}
