package crema.ptx.syntax;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Types of registers, variables and operations; the constant {@code U32} is written {@code .u32}. */
public enum PtxType {
  /** A predicate. */
  PRED(1, Kind.PREDICATE),
  /** Untyped bits. */
  B8(8, Kind.BITS),
  /** Untyped bits. */
  B16(16, Kind.BITS),
  /** Untyped bits. */
  B32(32, Kind.BITS),
  /** Untyped bits. */
  B64(64, Kind.BITS),
  /** An unsigned integer. */
  U8(8, Kind.UNSIGNED),
  /** An unsigned integer. */
  U16(16, Kind.UNSIGNED),
  /** An unsigned integer. */
  U32(32, Kind.UNSIGNED),
  /** An unsigned integer. */
  U64(64, Kind.UNSIGNED),
  /** A signed integer. */
  S8(8, Kind.SIGNED),
  /** A signed integer. */
  S16(16, Kind.SIGNED),
  /** A signed integer. */
  S32(32, Kind.SIGNED),
  /** A signed integer. */
  S64(64, Kind.SIGNED),
  /** IEEE half precision. */
  F16(16, Kind.FLOAT),
  /** Two of {@link #F16}. */
  F16X2(32, Kind.FLOAT),
  /** bfloat16. */
  BF16(16, Kind.FLOAT),
  /** Two of {@link #BF16}. */
  BF16X2(32, Kind.FLOAT),
  /** F32 of which the tensor cores read 19 bits. */
  TF32(32, Kind.FLOAT),
  /** IEEE single precision. */
  F32(32, Kind.FLOAT),
  /** IEEE double precision. */
  F64(64, Kind.FLOAT);

  /** Families of types. */
  public enum Kind {
    /** One bit. */
    PREDICATE,
    /** Untyped. */
    BITS,
    /** Unsigned integers. */
    UNSIGNED,
    /** Signed integers. */
    SIGNED,
    /** Floating point. */
    FLOAT
  }

  private static final Map<String, PtxType> BY_NAME = new HashMap<>();

  static {
    for (PtxType type : values()) {
      BY_NAME.put(type.toString(), type);
    }
  }

  private final int bits;
  private final Kind kind;

  PtxType(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /** The type of this name, such as {@code .u32}, or null if it is none. */
  public static @Nullable PtxType of(String name) {
    return BY_NAME.get(name);
  }

  /** Its size in bits; 1 for a predicate. */
  public int bits() {
    return bits;
  }

  /** Its size in bytes. */
  public int bytes() {
    return (bits + 7) / 8;
  }

  /** Whether it is a signed integer. */
  public boolean signed() {
    return kind == Kind.SIGNED;
  }

  /** Whether it is a floating-point type. */
  public boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  @Override
  public String toString() {
    return "." + name().toLowerCase(Locale.ROOT);
  }
}
