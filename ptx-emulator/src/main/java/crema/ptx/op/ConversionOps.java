package crema.ptx.op;

import static crema.ptx.InstructionKind.CONVERSION;
import static crema.ptx.op.Lanewise.LANES;
import static crema.ptx.op.Opcode.row;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** Conversions between types. */
final class ConversionOps {
  private static final String INTEGERS = ".u8|.u16|.u32|.u64|.s8|.s16|.s32|.s64";
  private static final String FLOATS = ".f16|.bf16|.f32|.f64";
  private static final String TO_FLOAT = ".rn|.rz|.rm|.rp";
  private static final String TO_INTEGER = ".rni|.rzi|.rmi|.rpi";

  private ConversionOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("cvt", "[.sat] " + INTEGERS + " " + INTEGERS, CONVERSION, ConversionOps::integerToInteger),
        row("cvt", TO_FLOAT + " [.ftz] [.sat] " + FLOATS + " " + INTEGERS, CONVERSION, ConversionOps::integerToFloat),
        row("cvt", TO_INTEGER + " [.ftz] [.sat] " + INTEGERS + " " + FLOATS, CONVERSION, ConversionOps::floatToInteger),
        row("cvt", "[" + TO_FLOAT + "] [.ftz] [.relu] [.sat] " + FLOATS + " " + FLOATS, CONVERSION,
            ConversionOps::floatToFloat),
        row("cvt", TO_INTEGER + " [.ftz] [.sat] " + FLOATS + " " + FLOATS, CONVERSION, ConversionOps::floatToWhole),
        row("cvt", ".rn|.rz [.relu] .f16x2|.bf16x2 .f32", CONVERSION, ConversionOps::pack),
        row("cvt", ".rna|.rn|.rz [.relu] .tf32 .f32", CONVERSION, ConversionOps::toTf32));
  }

  /** Reads the source of a lane as a long or as a double. */
  private record Source(PtxType type, boolean wide, int register) {
    static Source of(Operands in) {
      PtxType type = in.typeAt(1);
      int bits = in.bits(in.raw(1), type.bits());
      return new Source(type, bits == 64, in.wideSource(1, type));
    }

    private long raw(Warp w, int lane) {
      return wide ? w.d[register][lane] : w.r[register][lane];
    }

    long integer(Warp w, int lane) {
      long value = raw(w, lane);
      return switch (type) {
        case U8 -> value & 0xff;
        case S8 -> (byte) value;
        case U16 -> value & 0xffff;
        case S16 -> (short) value;
        case U32 -> value & 0xffff_ffffL;
        case S32 -> (int) value;
        default -> value;
      };
    }

    double number(Warp w, int lane) {
      long value = raw(w, lane);
      return switch (type) {
        case F16 -> HalfFormat.F16.toFloat((int) value & 0xffff);
        case BF16 -> HalfFormat.BF16.toFloat((int) value & 0xffff);
        case F32 -> intBitsToFloat((int) value);
        default -> Double.longBitsToDouble(value);
      };
    }
  }

  /** Writes the result of a lane, which fills a register that may be wider than the type. */
  private record Target(PtxType type, boolean wide, int bits, int register) {
    static Target of(Operands in) {
      PtxType type = in.typeAt(0);
      int bits = in.bits(in.raw(0), type.bits());
      return new Target(type, bits == 64, bits, in.wideDestination(0, type));
    }

    void put(Warp w, int lane, long value) {
      long cut = switch (type) {
        case U8 -> value & 0xff;
        case S8 -> (byte) value;
        case U16, F16, BF16 -> value & 0xffff;
        case S16 -> (short) value;
        case U32, F32 -> value & 0xffff_ffffL;
        case S32 -> (int) value;
        default -> value;
      };
      if (wide) {
        w.d[register][lane] = cut;
      } else {
        w.r[register][lane] = bits == 16 ? (int) cut & 0xffff : (int) cut;
      }
    }

    void put(Warp w, int lane, double value, double rest, Rounding mode) {
      long result = switch (type) {
        case F16 -> HalfFormat.F16.fromDouble(mode == Rounding.NEAREST ? Rounding.odd(value, rest) : value, mode);
        case BF16 -> HalfFormat.BF16.fromDouble(mode == Rounding.NEAREST ? Rounding.odd(value, rest) : value, mode);
        case F32 -> floatToRawIntBits(FloatOps.canonical(mode.toFloat(value, rest)));
        default -> Double.doubleToRawLongBits(mode.toDouble(value, rest));
      };
      put(w, lane, result);
    }
  }

  private interface Conversion {
    void apply(Warp w, int lane);
  }

  private static Compute each(Conversion f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          f.apply(w, Integer.numberOfTrailingZeros(m));
        }
      }
    };
  }

  private static Compute integerToInteger(Operands in) {
    in.expect(2, 2);
    switch (in.opcode()) {
      case "cvt.s64.s32" -> {
        if (in.bits(in.raw(1), 32) == 32) {
          return Lanewise.dr(in.destination(0, PtxType.S64), in.source(1, PtxType.S32), (d, a) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = a[l];
            }
          });
        }
      }
      case "cvt.u64.u32" -> {
        if (in.bits(in.raw(1), 32) == 32) {
          return Lanewise.dr(in.destination(0, PtxType.U64), in.source(1, PtxType.U32), (d, a) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = a[l] & 0xffff_ffffL;
            }
          });
        }
      }
      case "cvt.u32.u64" -> {
        if (in.bits(in.raw(0), 32) == 32) {
          return Lanewise.rd(in.destination(0, PtxType.U32), in.source(1, PtxType.U64), (d, a) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = (int) a[l];
            }
          });
        }
      }
      default -> {}
    }
    Source from = Source.of(in);
    Target to = Target.of(in);
    boolean saturate = in.has(".sat");
    return each((w, lane) -> {
      long value = from.integer(w, lane);
      to.put(w, lane, saturate ? clamp(value, from.type == PtxType.U64, to.type) : value);
    });
  }

  private static long clamp(long value, boolean unsignedLong, PtxType type) {
    boolean huge = unsignedLong && value < 0;
    if (type.bits() == 64) {
      return type.signed() ? (huge ? Long.MAX_VALUE : value) : !huge && value < 0 && !unsignedLong ? 0 : value;
    }
    long low = type.signed() ? -1L << type.bits() - 1 : 0;
    long high = type.signed() ? (1L << type.bits() - 1) - 1 : (1L << type.bits()) - 1;
    return huge ? high : Math.max(low, Math.min(high, value));
  }

  private static Compute integerToFloat(Operands in) {
    in.expect(2, 2);
    Source from = Source.of(in);
    Target to = Target.of(in);
    Rounding mode = Rounding.of(in);
    boolean saturate = in.has(".sat");
    boolean unsignedLong = from.type == PtxType.U64;
    return each((w, lane) -> {
      long value = from.integer(w, lane);
      boolean huge = unsignedLong && value < 0;
      // Of a huge unsigned number, half is converted; the bit shifted out stays as a sticky bit.
      long half = huge ? value >>> 1 | value & 1 : value;
      double rounded = half;
      double rest = rounded >= 0x1p63 ? -(double) (Long.MAX_VALUE - half + 1) : half - (long) rounded;
      double scaled = huge ? rounded * 2 : rounded;
      if (saturate) {
        to.put(w, lane, scaled > 0 ? 1 : 0, 0, mode);
      } else {
        to.put(w, lane, scaled, rest, mode);
      }
    });
  }

  private static double whole(double value, String mode) {
    return switch (mode) {
      case ".rni" -> Math.rint(value);
      case ".rmi" -> Math.floor(value);
      case ".rpi" -> Math.ceil(value);
      default -> value < 0 ? Math.ceil(value) : Math.floor(value);
    };
  }

  private static double input(Source from, Warp w, int lane, boolean flush) {
    double value = from.number(w, lane);
    return flush && from.type == PtxType.F32 ? FloatOps.flush((float) value) : value;
  }

  private static Compute floatToInteger(Operands in) {
    in.expect(2, 2);
    Source from = Source.of(in);
    Target to = Target.of(in);
    String mode = in.choice(".rni", ".rzi", ".rmi", ".rpi");
    boolean flush = in.has(".ftz");
    PtxType type = to.type;
    return each((w, lane) -> {
      double value = whole(input(from, w, lane, flush), mode);
      long result;
      if (Double.isNaN(value)) {
        // A NaN becomes 0, but the most negative number where both types have 64 bits.
        result = type.bits() == 64 && from.type == PtxType.F64 ? Long.MIN_VALUE : 0;
      } else if (type == PtxType.U64) {
        result = value <= 0 ? 0 : value >= 0x1p64 ? -1 : value >= 0x1p63 ? (long) (value - 0x1p63) ^ Long.MIN_VALUE
            : (long) value;
      } else {
        double low = type.signed() ? -Math.scalb(1.0, type.bits() - 1) : 0;
        double high = Math.scalb(1.0, type.signed() ? type.bits() - 1 : type.bits()) - 1;
        result = (long) Math.max(low, Math.min(high, value));
      }
      to.put(w, lane, result);
    });
  }

  private static Compute floatToFloat(Operands in) {
    in.expect(2, 2);
    Source from = Source.of(in);
    Target to = Target.of(in);
    Rounding mode = Rounding.of(in);
    boolean flush = in.has(".ftz");
    boolean saturate = in.has(".sat");
    boolean relu = in.has(".relu");
    return each((w, lane) -> {
      double value = input(from, w, lane, flush);
      double kept = saturate ? (value > 0 ? Math.min(value, 1) : 0) : relu && value < 0 ? 0 : value;
      to.put(w, lane, kept, 0, mode);
      if (flush && to.type == PtxType.F32) {
        to.put(w, lane, floatToRawIntBits(FloatOps.flush(intBitsToFloat(w.r[to.register][lane]))));
      }
    });
  }

  private static Compute floatToWhole(Operands in) {
    in.expect(2, 2);
    Source from = Source.of(in);
    Target to = Target.of(in);
    String mode = in.choice(".rni", ".rzi", ".rmi", ".rpi");
    boolean flush = in.has(".ftz");
    boolean saturate = in.has(".sat");
    return each((w, lane) -> {
      double value = whole(input(from, w, lane, flush), mode);
      to.put(w, lane, saturate ? (value > 0 ? Math.min(value, 1) : 0) : value, 0, Rounding.NEAREST);
    });
  }

  /** {@code d = (a, b)}: the first source goes into the upper half. */
  private static Compute pack(Operands in) {
    in.expect(3, 3);
    HalfFormat format = HalfFormat.of(in.typeAt(0));
    Rounding mode = Rounding.of(in);
    boolean relu = in.has(".relu");
    boolean plain = mode == Rounding.NEAREST && !relu;
    return Lanewise.rrr(
        in.destination(0, PtxType.B32), in.source(1, PtxType.F32), in.source(2, PtxType.F32), (d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            float high = intBitsToFloat(a[l]);
            float low = intBitsToFloat(b[l]);
            d[l] = plain
                ? format.fromFloat(high) << 16 | format.fromFloat(low)
                : half(format, high, mode, relu) << 16 | half(format, low, mode, relu);
          }
        });
  }

  private static int half(HalfFormat format, float value, Rounding mode, boolean relu) {
    return format.fromDouble(relu && value < 0 ? 0 : value, mode);
  }

  /** Keeps 10 bits of fraction; {@code .rna} rounds ties away from zero. */
  private static Compute toTf32(Operands in) {
    in.expect(2, 2);
    String mode = in.choice(".rna", ".rn", ".rz");
    boolean relu = in.has(".relu");
    return Lanewise.rr(in.destination(0, PtxType.B32), in.source(1, PtxType.F32), (d, a) -> {
      for (int l = 0; l < LANES; l++) {
        int bits = a[l];
        if (relu && bits < 0) {
          bits = 0;
        }
        boolean special = (bits & 0x7f80_0000) == 0x7f80_0000;
        int add = special ? 0 : switch (mode) {
          case ".rna" -> 0x1000;
          case ".rn" -> 0xfff + (bits >>> 13 & 1);
          default -> 0;
        };
        d[l] = bits + add & ~0x1fff;
      }
    });
  }
}
