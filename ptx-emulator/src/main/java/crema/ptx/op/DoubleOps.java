package crema.ptx.op;

import static crema.ptx.InstructionKind.FLOAT64;
import static crema.ptx.op.Lanewise.LANES;
import static crema.ptx.op.Opcode.row;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;

import crema.ptx.machine.Compute;
import java.util.List;

/** F64 arithmetic. */
final class DoubleOps {
  private static final String ROUNDED = "[.rn|.rz|.rm|.rp] .f64";
  private static final String MUST_ROUND = ".rn|.rz|.rm|.rp .f64";

  private DoubleOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("add", ROUNDED, FLOAT64, in -> {
          Rounding mode = Rounding.of(in);
          return binary(in, (a, b) -> sum(mode, a, b));
        }),
        row("sub", ROUNDED, FLOAT64, in -> {
          Rounding mode = Rounding.of(in);
          return binary(in, (a, b) -> sum(mode, a, -b));
        }),
        row("mul", ROUNDED, FLOAT64, in -> {
          Rounding mode = Rounding.of(in);
          return binary(in, (a, b) -> mode.toDouble(a * b, Rounding.restOfProduct(a, b, a * b)));
        }),
        row("div", MUST_ROUND, FLOAT64, in -> {
          Rounding mode = Rounding.of(in);
          return binary(in, (a, b) -> mode.toDouble(a / b, Rounding.restOfQuotient(a, b, a / b)));
        }),
        // The other modes of fma need more than a double's rest; nvcc gives them only for intrinsics that name them.
        row("fma", ".rn .f64", FLOAT64, in -> in.dddd((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = doubleToRawLongBits(
                Math.fma(longBitsToDouble(a[l]), longBitsToDouble(b[l]), longBitsToDouble(c[l])));
          }
        })),
        row("rcp", MUST_ROUND, FLOAT64, in -> {
          Rounding mode = Rounding.of(in);
          return unary(in, a -> mode.toDouble(1 / a, Rounding.restOfQuotient(1, a, 1 / a)));
        }),
        row("sqrt", MUST_ROUND, FLOAT64, in -> {
          Rounding mode = Rounding.of(in);
          return unary(in, a -> mode.toDouble(Math.sqrt(a), Rounding.restOfRoot(a, Math.sqrt(a))));
        }),
        // These two give the upper half of a result, to begin Newton's iteration from.
        row("rcp", ".approx .ftz .f64", FLOAT64, in -> unary(in, a -> upper(1 / a))),
        row("rsqrt", ".approx [.ftz] .f64", FLOAT64, in -> unary(in, a -> upper(1 / Math.sqrt(a)))),
        row("abs", ".f64", FLOAT64, in -> in.dd(Lanewise.eachLong(a -> a & Long.MAX_VALUE))),
        row("neg", ".f64", FLOAT64, in -> in.dd(Lanewise.eachLong(a -> a ^ Long.MIN_VALUE))),
        row("min", ".f64", FLOAT64,
            in -> binary(in, (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b))),
        row("max", ".f64", FLOAT64,
            in -> binary(in, (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b))),
        row("copysign", ".f64", FLOAT64,
            in -> in.ddd(Lanewise.eachLong((a, b) -> a & Long.MIN_VALUE | b & Long.MAX_VALUE))),
        row("testp", ".finite|.infinite|.number|.notanumber|.normal|.subnormal .f64", FLOAT64, CompareOps::testp64));
  }

  private interface Unary {
    double apply(double a);
  }

  private interface Binary {
    double apply(double a, double b);
  }

  private static double sum(Rounding mode, double a, double b) {
    double sum = a + b;
    if (mode == Rounding.DOWN && sum == 0 && a == -b && a != 0) {
      return -0.0;
    }
    return mode.toDouble(sum, Rounding.restOfSum(a, b, sum));
  }

  private static double upper(double value) {
    return longBitsToDouble(doubleToRawLongBits(value) & 0xffff_ffff_0000_0000L);
  }

  private static Compute unary(Operands in, Unary f) {
    return in.dd((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = doubleToRawLongBits(f.apply(longBitsToDouble(a[l])));
      }
    });
  }

  private static Compute binary(Operands in, Binary f) {
    return in.ddd((d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = doubleToRawLongBits(f.apply(longBitsToDouble(a[l]), longBitsToDouble(b[l])));
      }
    });
  }
}
