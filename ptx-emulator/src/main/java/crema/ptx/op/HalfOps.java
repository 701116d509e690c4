package crema.ptx.op;

import static crema.ptx.InstructionKind.HALF;
import static crema.ptx.op.Lanewise.LANES;
import static crema.ptx.op.Opcode.row;

import crema.ptx.machine.Compute;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** F16 and BF16 arithmetic, of one number or of two packed in 32 bits, rounded once. */
final class HalfOps {
  private static final String TYPES = ".f16|.f16x2|.bf16|.bf16x2";

  private HalfOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("add", "[.rn] [.ftz] [.sat] " + TYPES, HALF, in -> binary(in, (a, b) -> (double) a + b)),
        row("sub", "[.rn] [.ftz] [.sat] " + TYPES, HALF, in -> binary(in, (a, b) -> (double) a - b)),
        row("mul", "[.rn] [.ftz] [.sat] " + TYPES, HALF, in -> binary(in, (a, b) -> (double) a * b)),
        row("fma", ".rn [.ftz] [.sat] [.relu] " + TYPES, HALF, HalfOps::fma),
        row("neg", "[.ftz] " + TYPES, HALF, in -> unary(in, a -> -a)),
        row("abs", "[.ftz] " + TYPES, HALF, in -> unary(in, Math::abs)),
        row("min", "[.ftz] [.NaN] " + TYPES, HALF, in -> in.has(".NaN")
            ? binary(in, (a, b) -> Math.min(a, b)) : binary(in, (a, b) -> FloatOps.min(a, b))),
        row("max", "[.ftz] [.NaN] " + TYPES, HALF, in -> in.has(".NaN")
            ? binary(in, (a, b) -> Math.max(a, b)) : binary(in, (a, b) -> FloatOps.max(a, b))),
        row("ex2", ".approx [.ftz] " + TYPES, HALF, in -> unary(in, a -> Math.pow(2, a))),
        row("tanh", ".approx " + TYPES, HALF, in -> unary(in, a -> Math.tanh(a))));
  }

  private interface Unary {
    double apply(float a);
  }

  private interface Binary {
    double apply(float a, float b);
  }

  private interface OfHalf {
    int apply(int a, int b, int c);
  }

  /** {@code f} of the one number or of both. */
  private static int both(boolean packed, int a, int b, int c, OfHalf f) {
    int low = f.apply(a & 0xffff, b & 0xffff, c & 0xffff);
    return packed ? low | f.apply(a >>> 16, b >>> 16, c >>> 16) << 16 : low;
  }

  private static boolean packed(PtxType type) {
    return type.bits() == 32;
  }

  private static Compute unary(Operands in, Unary f) {
    HalfFormat format = HalfFormat.of(in.type());
    boolean packed = packed(in.type());
    boolean flush = in.has(".ftz");
    return in.rr((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = both(packed, a[l], 0, 0,
            (x, y, z) -> finish(format, f.apply(load(format, x, flush)), flush, false, false));
      }
    });
  }

  private static Compute binary(Operands in, Binary f) {
    HalfFormat format = HalfFormat.of(in.type());
    boolean packed = packed(in.type());
    boolean flush = in.has(".ftz");
    boolean saturate = in.has(".sat");
    return in.rrr((d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = both(packed, a[l], b[l], 0, (x, y, z) -> finish(format,
            f.apply(load(format, x, flush), load(format, y, flush)), flush, saturate, false));
      }
    });
  }

  private static Compute fma(Operands in) {
    HalfFormat format = HalfFormat.of(in.type());
    boolean packed = packed(in.type());
    boolean flush = in.has(".ftz");
    boolean saturate = in.has(".sat");
    boolean relu = in.has(".relu");
    return in.rrrr((d, a, b, c) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = both(packed, a[l], b[l], c[l], (x, y, z) -> {
          double product = (double) load(format, x, flush) * load(format, y, flush);
          double addend = load(format, z, flush);
          double sum = product + addend;
          return finish(format, Rounding.odd(sum, Rounding.restOfSum(product, addend, sum)), flush, saturate, relu);
        });
      }
    });
  }

  private static float load(HalfFormat format, int half, boolean flush) {
    float value = format.toFloat(half);
    return flush ? flush(format, value) : value;
  }

  private static float flush(HalfFormat format, float value) {
    float normal = format == HalfFormat.F16 ? 0x1p-14f : Float.MIN_NORMAL;
    return Math.abs(value) < normal ? Math.copySign(0f, value) : value;
  }

  private static int finish(HalfFormat format, double value, boolean flush, boolean saturate, boolean relu) {
    double kept = saturate ? value > 0 ? Math.min(value, 1) : 0 : relu && value < 0 ? 0 : value;
    int half = format.fromDouble(kept, Rounding.NEAREST);
    return flush ? format.fromFloat(flush(format, format.toFloat(half))) : half;
  }
}
