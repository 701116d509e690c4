package crema.ptx.op;

import static crema.ptx.InstructionKind.FLOAT32;
import static crema.ptx.op.Lanewise.LANES;
import static crema.ptx.op.Opcode.row;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import crema.ptx.machine.Compute;
import java.util.List;

/**
 * F32 arithmetic. With a rounding mode, results are exact to the bit; approximations ({@code .approx}, {@code .full})
 * are computed in double and rounded once, which the hardware is not: it differs by a unit or two in the last place.
 */
final class FloatOps {
  private static final String ROUNDED = "[.rn|.rz|.rm|.rp] [.ftz] [.sat] .f32";
  private static final String MUST_ROUND = ".rn|.rz|.rm|.rp [.ftz] .f32";

  private FloatOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("add", ROUNDED, FLOAT32, in -> binary(in, FloatOps::add)),
        row("sub", ROUNDED, FLOAT32, in -> binary(in, FloatOps::subtract)),
        row("mul", ROUNDED, FLOAT32, in -> binary(in, FloatOps::multiply)),
        row("fma", ".rn|.rz|.rm|.rp [.ftz] [.sat] .f32", FLOAT32, FloatOps::fma),
        row("mad", ".rn|.rz|.rm|.rp [.ftz] [.sat] .f32", FLOAT32, FloatOps::fma),
        row("div", MUST_ROUND, FLOAT32, in -> binary(in, FloatOps::divide)),
        row("div", ".approx|.full [.ftz] .f32", FLOAT32, in -> approximate(in, (a, b) -> (double) a / b)),
        row("rcp", MUST_ROUND, FLOAT32, in -> {
          Rounding mode = Rounding.of(in);
          return unary(in, a -> mode.toFloat(1.0 / a, Rounding.restOfQuotient(1, a, 1.0 / a)));
        }),
        row("sqrt", MUST_ROUND, FLOAT32, in -> {
          Rounding mode = Rounding.of(in);
          return unary(in, a -> mode.toFloat(Math.sqrt(a), Rounding.restOfRoot(a, Math.sqrt(a))));
        }),
        row("rcp", ".approx [.ftz] .f32", FLOAT32, in -> unary(in, a -> (float) (1.0 / a))),
        row("sqrt", ".approx [.ftz] .f32", FLOAT32, in -> unary(in, a -> (float) Math.sqrt(a))),
        row("rsqrt", ".approx [.ftz] .f32", FLOAT32, in -> unary(in, a -> (float) (1 / Math.sqrt(a)))),
        row("ex2", ".approx [.ftz] .f32", FLOAT32, in -> unary(in, a -> (float) Math.pow(2, a))),
        row("lg2", ".approx [.ftz] .f32", FLOAT32, in -> unary(in, a -> (float) (Math.log(a) / Math.log(2)))),
        row("sin", ".approx [.ftz] .f32", FLOAT32, in -> unary(in, a -> (float) Math.sin(a))),
        row("cos", ".approx [.ftz] .f32", FLOAT32, in -> unary(in, a -> (float) Math.cos(a))),
        row("tanh", ".approx .f32", FLOAT32, in -> unary(in, a -> (float) Math.tanh(a))),
        row("abs", "[.ftz] .f32", FLOAT32, in -> bits(in, a -> a & 0x7fff_ffff)),
        row("neg", "[.ftz] .f32", FLOAT32, in -> bits(in, a -> a ^ 0x8000_0000)),
        row("min", "[.ftz] [.NaN] .f32", FLOAT32, in -> in.has(".NaN") ? binary(in, Math::min)
            : binary(in, FloatOps::min)),
        row("max", "[.ftz] [.NaN] .f32", FLOAT32, in -> in.has(".NaN") ? binary(in, Math::max)
            : binary(in, FloatOps::max)),
        row("copysign", ".f32", FLOAT32, in -> in.rrr(Lanewise.each((a, b) -> a & 0x8000_0000 | b & 0x7fff_ffff))),
        row("testp", ".finite|.infinite|.number|.notanumber|.normal|.subnormal .f32", FLOAT32, CompareOps::testp32));
  }

  interface Unary {
    float apply(float a);
  }

  interface Binary {
    float apply(float a, float b);
  }

  private interface DoubleBinary {
    double apply(float a, float b);
  }

  private interface OfBits {
    int apply(int a);
  }

  static float min(float a, float b) {
    return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b);
  }

  static float max(float a, float b) {
    return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b);
  }

  private static float add(float a, float b) {
    return a + b;
  }

  private static float subtract(float a, float b) {
    return a - b;
  }

  private static float multiply(float a, float b) {
    return a * b;
  }

  private static float divide(float a, float b) {
    return a / b;
  }

  private static Compute unary(Operands in, Unary f) {
    boolean flush = in.has(".ftz");
    return in.rr((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        float x = intBitsToFloat(a[l]);
        d[l] = floatToRawIntBits(canonical(flush ? flush(f.apply(flush(x))) : f.apply(x)));
      }
    });
  }

  private static Compute bits(Operands in, OfBits f) {
    boolean flush = in.has(".ftz");
    return in.rr((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = f.apply(flush ? floatToRawIntBits(flush(intBitsToFloat(a[l]))) : a[l]);
      }
    });
  }

  private static Compute approximate(Operands in, DoubleBinary f) {
    boolean flush = in.has(".ftz");
    return in.rrr((d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        float x = intBitsToFloat(a[l]);
        float y = intBitsToFloat(b[l]);
        float result = flush ? flush((float) f.apply(flush(x), flush(y))) : (float) f.apply(x, y);
        d[l] = floatToRawIntBits(canonical(result));
      }
    });
  }

  /** An operation of which {@code f} is the result to nearest; the common case gets a loop of its own. */
  private static Compute binary(Operands in, Binary f) {
    boolean flush = in.has(".ftz");
    boolean saturate = in.has(".sat");
    Rounding mode = Rounding.of(in);
    if (mode != Rounding.NEAREST) {
      String name = in.opcode().substring(0, 3);
      return in.rrr((d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          float x = flush ? flush(intBitsToFloat(a[l])) : intBitsToFloat(a[l]);
          float y = flush ? flush(intBitsToFloat(b[l])) : intBitsToFloat(b[l]);
          d[l] = floatToRawIntBits(finish(directed(name, mode, x, y), flush, saturate));
        }
      });
    }
    if (flush || saturate) {
      return in.rrr((d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          float x = flush ? flush(intBitsToFloat(a[l])) : intBitsToFloat(a[l]);
          float y = flush ? flush(intBitsToFloat(b[l])) : intBitsToFloat(b[l]);
          d[l] = floatToRawIntBits(finish(f.apply(x, y), flush, saturate));
        }
      });
    }
    return switch (in.opcode()) {
      case "add.f32", "add.rn.f32" -> in.rrr((d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          d[l] = floatToRawIntBits(canonical(intBitsToFloat(a[l]) + intBitsToFloat(b[l])));
        }
      });
      case "sub.f32", "sub.rn.f32" -> in.rrr((d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          d[l] = floatToRawIntBits(canonical(intBitsToFloat(a[l]) - intBitsToFloat(b[l])));
        }
      });
      case "mul.f32", "mul.rn.f32" -> in.rrr((d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          d[l] = floatToRawIntBits(canonical(intBitsToFloat(a[l]) * intBitsToFloat(b[l])));
        }
      });
      default -> in.rrr((d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          d[l] = floatToRawIntBits(canonical(f.apply(intBitsToFloat(a[l]), intBitsToFloat(b[l]))));
        }
      });
    };
  }

  private static float directed(String name, Rounding mode, float x, float y) {
    double a = x;
    double b = name.equals("sub") ? -(double) y : y;
    return switch (name) {
      case "add", "sub" -> zeroOfSum(mode, a, b, mode.toFloat(a + b, Rounding.restOfSum(a, b, a + b)));
      case "mul" -> mode.toFloat(a * b, 0);
      default -> mode.toFloat(a / b, Rounding.restOfQuotient(a, b, a / b));
    };
  }

  /** x − x is −0 when rounding down. */
  private static float zeroOfSum(Rounding mode, double a, double b, float sum) {
    return mode == Rounding.DOWN && sum == 0 && a == -b && a != 0 ? -0f : sum;
  }

  private static Compute fma(Operands in) {
    boolean flush = in.has(".ftz");
    boolean saturate = in.has(".sat");
    Rounding mode = Rounding.of(in);
    if (mode == Rounding.NEAREST && !flush && !saturate) {
      return in.rrrr((d, a, b, c) -> {
        for (int l = 0; l < LANES; l++) {
          d[l] = floatToRawIntBits(
              canonical(Math.fma(intBitsToFloat(a[l]), intBitsToFloat(b[l]), intBitsToFloat(c[l]))));
        }
      });
    }
    return in.rrrr((d, a, b, c) -> {
      for (int l = 0; l < LANES; l++) {
        float x = flush ? flush(intBitsToFloat(a[l])) : intBitsToFloat(a[l]);
        float y = flush ? flush(intBitsToFloat(b[l])) : intBitsToFloat(b[l]);
        float z = flush ? flush(intBitsToFloat(c[l])) : intBitsToFloat(c[l]);
        double product = (double) x * y;
        double sum = product + z;
        float result = mode == Rounding.NEAREST
            ? Math.fma(x, y, z)
            : zeroOfSum(mode, product, z, mode.toFloat(sum, Rounding.restOfSum(product, z, sum)));
        d[l] = floatToRawIntBits(finish(result, flush, saturate));
      }
    });
  }

  private static float finish(float value, boolean flush, boolean saturate) {
    float flushed = flush ? flush(value) : value;
    return canonical(saturate ? saturate(flushed) : flushed);
  }

  static float saturate(float value) {
    return value > 0 ? Math.min(value, 1) : 0;
  }

  /** Subnormal numbers become zeros of their sign. */
  static float flush(float value) {
    return Math.abs(value) < Float.MIN_NORMAL ? Math.copySign(0f, value) : value;
  }

  /** The only NaN that the hardware's F32 arithmetic gives. */
  static float canonical(float value) {
    return Float.isNaN(value) ? intBitsToFloat(0x7fff_ffff) : value;
  }
}
