package crema.nn.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The types of elements in a safetensors file, under their names there. */
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

  /** Element {@code index} of a run of this type, as a double (integers beyond 2⁵³ are rounded). */
  double toDouble(MemorySegment data, long index) {
    long at = index * bytes;
    return switch (this) {
      case F64 -> Double.longBitsToDouble(data.get(LONG, at));
      case F32 -> Float.intBitsToFloat(data.get(INT, at));
      case F16 -> Float.float16ToFloat(data.get(SHORT, at));
      case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
      case I64, I32, I16, I8, U8, BOOL -> toLong(data, index);
    };
  }

  /** Element {@code index} of a run of this integer type. */
  long toLong(MemorySegment data, long index) {
    long at = index * bytes;
    return switch (this) {
      case I64 -> data.get(LONG, at);
      case I32 -> data.get(INT, at);
      case I16 -> data.get(SHORT, at);
      case I8 -> data.get(ValueLayout.JAVA_BYTE, at);
      case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
      case F64, F32, F16, BF16 -> throw new IllegalArgumentException(this + " is not a type of integers");
    };
  }
}
