package crema.ptx.op;

import static crema.ptx.InstructionKind.COMPARISON;
import static crema.ptx.op.Lanewise.LANES;
import static crema.ptx.op.Opcode.row;
import static java.lang.Float.intBitsToFloat;

import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** Comparisons, which give predicates, and selections by predicates. */
final class CompareOps {
  private static final String ORDER = ".eq|.ne|.lt|.le|.gt|.ge";
  private static final String UNSIGNED = "|.lo|.ls|.hi|.hs";
  private static final String UNORDERED = "|.equ|.neu|.ltu|.leu|.gtu|.geu|.num|.nan";
  private static final String BOOL = " [.and|.or|.xor] ";

  private CompareOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("setp", ORDER + UNSIGNED + BOOL + ".b16|.u16|.s16", COMPARISON, in -> setp(in, small(in))),
        row("setp", ORDER + UNSIGNED + BOOL + ".b32|.u32|.s32", COMPARISON, in -> setp(in, integers(in))),
        row("setp", ORDER + UNSIGNED + BOOL + ".b64|.u64|.s64", COMPARISON, in -> setp(in, longs(in))),
        row("setp", ORDER + UNORDERED + BOOL + "[.ftz] .f32", COMPARISON, in -> setp(in, floats(in))),
        row("setp", ORDER + UNORDERED + BOOL + ".f64", COMPARISON, in -> setp(in, doubles(in))),
        row("setp", ORDER + UNORDERED + BOOL + "[.ftz] .f16|.bf16", COMPARISON, in -> setp(in, halves(in))),
        row("selp", ".b16|.u16|.s16|.f16|.bf16|.b32|.u32|.s32|.f32|.f16x2|.bf16x2", COMPARISON, CompareOps::select),
        row("selp", ".b64|.u64|.s64|.f64", COMPARISON, CompareOps::selectWide),
        row("slct", "[.ftz] .b32|.u32|.s32|.f32 .s32|.f32", COMPARISON, in -> {
          PtxType type = in.expect(4, 4).typeAt(0);
          PtxType signs = in.typeAt(1);
          return Lanewise.rrrr(in.destination(0, type), in.source(1, type), in.source(2, type), in.source(3, signs),
              (d, a, b, c) -> {
                for (int l = 0; l < LANES; l++) {
                  boolean first = signs == PtxType.F32 ? intBitsToFloat(c[l]) >= 0 : c[l] >= 0;
                  d[l] = first ? a[l] : b[l];
                }
              });
        }));
  }

  /** A comparison of two registers, as a bit a lane. */
  private interface Comparison {
    int compare(Warp w, int a, int b);
  }

  /** Whether a comparison holds, given the order of its sides. */
  private interface Holds {
    boolean test(int order);
  }

  private static Compute setp(Operands in, Comparison comparison) {
    in.expect(3, 4);
    PtxType type = in.type();
    boolean pair = in.raw(0) instanceof Operand.Pair;
    int d = in.predicateDestination(0, in.raw(0) instanceof Operand.Pair p ? p.first() : in.raw(0));
    int q = in.raw(0) instanceof Operand.Pair p ? in.predicateDestination(0, p.second()) : 0;
    int a = in.source(1, type);
    int b = in.source(2, type);
    String combine = in.choice(".and", ".or", ".xor");
    if (combine.isEmpty() != (in.count() == 3)) {
      throw in.error(in.opcode() + (combine.isEmpty() ? " takes 3 operands" : " takes 4 operands"));
    }
    int c = combine.isEmpty() ? 0 : in.predicateSource(3);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        int holds = comparison.compare(w, a, b);
        int first = combine(combine, holds, c, w);
        int second = pair ? combine(combine, ~holds, c, w) : 0;
        w.p[d] = w.p[d] & ~lanes | first & lanes;
        if (pair) {
          w.p[q] = w.p[q] & ~lanes | second & lanes;
        }
      }
    };
  }

  private static int combine(String how, int holds, int c, Warp w) {
    return switch (how) {
      case ".and" -> holds & w.holds(c);
      case ".or" -> holds | w.holds(c);
      case ".xor" -> holds ^ w.holds(c);
      default -> holds;
    };
  }

  private static String comparison(Operands in) {
    return in.opcode().split("\\.")[1];
  }

  private static boolean unsigned(Operands in, String comparison) {
    return !in.type().signed() || List.of("lo", "ls", "hi", "hs").contains(comparison);
  }

  /** Integers of 32 bits: a loop for each comparison; unsigned ones compare with the top bit flipped. */
  private static Comparison integers(Operands in) {
    String name = comparison(in);
    int flip = unsigned(in, name) ? Integer.MIN_VALUE : 0;
    return switch (name) {
      case "eq" -> (w, a, b) -> {
        int[] x = w.r[a];
        int[] y = w.r[b];
        int bits = 0;
        for (int l = 0; l < LANES; l++) {
          bits |= (x[l] == y[l] ? 1 : 0) << l;
        }
        return bits;
      };
      case "ne" -> (w, a, b) -> {
        int[] x = w.r[a];
        int[] y = w.r[b];
        int bits = 0;
        for (int l = 0; l < LANES; l++) {
          bits |= (x[l] != y[l] ? 1 : 0) << l;
        }
        return bits;
      };
      case "lt", "lo" -> (w, a, b) -> less(w.r[a], w.r[b], flip);
      case "ge", "hs" -> (w, a, b) -> ~less(w.r[a], w.r[b], flip);
      case "gt", "hi" -> (w, a, b) -> less(w.r[b], w.r[a], flip);
      default -> (w, a, b) -> ~less(w.r[b], w.r[a], flip);
    };
  }

  private static int less(int[] x, int[] y, int flip) {
    int bits = 0;
    for (int l = 0; l < LANES; l++) {
      bits |= ((x[l] ^ flip) < (y[l] ^ flip) ? 1 : 0) << l;
    }
    return bits;
  }

  private static Comparison small(Operands in) {
    String name = comparison(in);
    boolean unsigned = unsigned(in, name);
    Holds holds = holds(name);
    return (w, a, b) -> {
      int bits = 0;
      for (int l = 0; l < LANES; l++) {
        int x = unsigned ? w.r[a][l] : (short) w.r[a][l];
        int y = unsigned ? w.r[b][l] : (short) w.r[b][l];
        bits |= (holds.test(Integer.compare(x, y)) ? 1 : 0) << l;
      }
      return bits;
    };
  }

  private static Comparison longs(Operands in) {
    String name = comparison(in);
    long flip = unsigned(in, name) ? Long.MIN_VALUE : 0;
    Holds holds = holds(name);
    return (w, a, b) -> {
      int bits = 0;
      for (int l = 0; l < LANES; l++) {
        bits |= (holds.test(Long.compare(w.d[a][l] ^ flip, w.d[b][l] ^ flip)) ? 1 : 0) << l;
      }
      return bits;
    };
  }

  private static Holds holds(String name) {
    return switch (name) {
      case "eq", "equ" -> order -> order == 0;
      case "ne", "neu" -> order -> order != 0;
      case "lt", "lo", "ltu" -> order -> order < 0;
      case "le", "ls", "leu" -> order -> order <= 0;
      case "gt", "hi", "gtu" -> order -> order > 0;
      default -> order -> order >= 0;
    };
  }

  /** Whether a floating-point comparison holds; one whose name ends in u also where a side is NaN. */
  private static boolean compare(String name, Holds holds, double x, double y) {
    boolean unordered = Double.isNaN(x) || Double.isNaN(y);
    return switch (name) {
      case "num" -> !unordered;
      case "nan" -> unordered;
      default -> unordered ? name.length() == 3 : holds.test(x < y ? -1 : x > y ? 1 : 0);
    };
  }

  private static Comparison floats(Operands in) {
    String name = comparison(in);
    Holds holds = holds(name);
    boolean flush = in.has(".ftz");
    boolean unorderedToo = name.length() == 3;
    if (name.equals("num") || name.equals("nan") || flush) {
      return (w, a, b) -> {
        int bits = 0;
        for (int l = 0; l < LANES; l++) {
          float x = intBitsToFloat(w.r[a][l]);
          float y = intBitsToFloat(w.r[b][l]);
          bits |= (compare(name, holds, flush ? FloatOps.flush(x) : x, flush ? FloatOps.flush(y) : y) ? 1 : 0) << l;
        }
        return bits;
      };
    }
    return (w, a, b) -> {
      int[] p = w.r[a];
      int[] q = w.r[b];
      int bits = 0;
      for (int l = 0; l < LANES; l++) {
        float x = intBitsToFloat(p[l]);
        float y = intBitsToFloat(q[l]);
        boolean result = Float.isNaN(x) || Float.isNaN(y) ? unorderedToo : holds.test(x < y ? -1 : x > y ? 1 : 0);
        bits |= (result ? 1 : 0) << l;
      }
      return bits;
    };
  }

  private static Comparison doubles(Operands in) {
    String name = comparison(in);
    Holds holds = holds(name);
    return (w, a, b) -> {
      int bits = 0;
      for (int l = 0; l < LANES; l++) {
        boolean result = compare(name, holds, Double.longBitsToDouble(w.d[a][l]), Double.longBitsToDouble(w.d[b][l]));
        bits |= (result ? 1 : 0) << l;
      }
      return bits;
    };
  }

  private static Comparison halves(Operands in) {
    String name = comparison(in);
    Holds holds = holds(name);
    HalfFormat format = HalfFormat.of(in.type());
    return (w, a, b) -> {
      int bits = 0;
      for (int l = 0; l < LANES; l++) {
        bits |= (compare(name, holds, format.toFloat(w.r[a][l]), format.toFloat(w.r[b][l])) ? 1 : 0) << l;
      }
      return bits;
    };
  }

  private static Compute select(Operands in) {
    PtxType type = in.expect(4, 4).type();
    int d = in.destination(0, type);
    int a = in.source(1, type);
    int b = in.source(2, type);
    int c = in.predicateSource(3);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        int[] to = w.r[d];
        int[] x = w.r[a];
        int[] y = w.r[b];
        int p = w.holds(c);
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          to[l] = (p >>> l & 1) != 0 ? x[l] : y[l];
        }
      }
    };
  }

  private static Compute selectWide(Operands in) {
    PtxType type = in.expect(4, 4).type();
    int d = in.destination(0, type);
    int a = in.source(1, type);
    int b = in.source(2, type);
    int c = in.predicateSource(3);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        int p = w.holds(c);
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          w.d[d][l] = (p >>> l & 1) != 0 ? w.d[a][l] : w.d[b][l];
        }
      }
    };
  }

  static Compute testp32(Operands in) {
    return testp(in, (w, a, l) -> intBitsToFloat(w.r[a][l]), Float.MIN_NORMAL);
  }

  static Compute testp64(Operands in) {
    return testp(in, (w, a, l) -> Double.longBitsToDouble(w.d[a][l]), Double.MIN_NORMAL);
  }

  private interface Value {
    double of(Warp w, int register, int lane);
  }

  private static Compute testp(Operands in, Value value, double least) {
    in.expect(2, 2);
    int d = in.predicateDestination(0, in.raw(0));
    int a = in.source(1, in.type());
    String test = comparison(in);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        int bits = 0;
        for (int l = 0; l < LANES; l++) {
          double x = value.of(w, a, l);
          boolean result = switch (test) {
            case "finite" -> Double.isFinite(x);
            case "infinite" -> Double.isInfinite(x);
            case "number" -> !Double.isNaN(x);
            case "notanumber" -> Double.isNaN(x);
            case "normal" -> Double.isFinite(x) && Math.abs(x) >= least;
            default -> Math.abs(x) < least && x != 0;
          };
          bits |= (result ? 1 : 0) << l;
        }
        w.p[d] = w.p[d] & ~lanes | bits & lanes;
      }
    };
  }
}
