package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Integer and floating-point instructions, against definitions in exact arithmetic. */
class ArithmeticTest {
  private static final long LOW = 0xffff_ffffL;
  private static final MathContext EXACT = new MathContext(400, RoundingMode.DOWN);

  private final Map<String, long[]> results = new HashMap<>();

  /** An integer instruction. */
  record Integers(String instruction, int bits, int inputBits, Definition definition) {
    @Override
    public String toString() {
      return instruction;
    }
  }

  /** What it computes of its sources, which come with their sign where the instruction is signed. */
  interface Definition {
    BigInteger of(BigInteger a, BigInteger b, BigInteger c);
  }

  private static Integers row(String instruction, int bits, Definition definition) {
    return new Integers(instruction, bits, bits, definition);
  }

  static Stream<Integers> integers() {
    return Stream.of(
        row("add.u16", 16, (a, b, c) -> a.add(b)), row("add.s32", 32, (a, b, c) -> a.add(b)),
        row("add.u64", 64, (a, b, c) -> a.add(b)),
        row("sub.s16", 16, (a, b, c) -> a.subtract(b)), row("sub.u32", 32, (a, b, c) -> a.subtract(b)),
        row("sub.s64", 64, (a, b, c) -> a.subtract(b)),
        row("mul.lo.u16", 16, (a, b, c) -> a.multiply(b)),
        row("mul.hi.u16", 16, (a, b, c) -> a.multiply(b).shiftRight(16)),
        row("mul.hi.s16", 16, (a, b, c) -> a.multiply(b).shiftRight(16)),
        row("mul.lo.s32", 32, (a, b, c) -> a.multiply(b)),
        row("mul.hi.s32", 32, (a, b, c) -> a.multiply(b).shiftRight(32)),
        row("mul.hi.u32", 32, (a, b, c) -> a.multiply(b).shiftRight(32)),
        row("mul.lo.u64", 64, (a, b, c) -> a.multiply(b)),
        row("mul.hi.u64", 64, (a, b, c) -> a.multiply(b).shiftRight(64)),
        row("mul.hi.s64", 64, (a, b, c) -> a.multiply(b).shiftRight(64)),
        new Integers("mul.wide.u16", 32, 16, (a, b, c) -> a.multiply(b)),
        new Integers("mul.wide.s16", 32, 16, (a, b, c) -> a.multiply(b)),
        new Integers("mul.wide.u32", 64, 32, (a, b, c) -> a.multiply(b)),
        new Integers("mul.wide.s32", 64, 32, (a, b, c) -> a.multiply(b)),
        row("div.s32", 32, ArithmeticTest::divide), row("div.u32", 32, ArithmeticTest::divide),
        row("div.s64", 64, ArithmeticTest::divide),
        row("div.u64", 64, ArithmeticTest::divide), row("div.u16", 16, ArithmeticTest::divide),
        row("div.s16", 16, ArithmeticTest::divide),
        row("rem.s32", 32, ArithmeticTest::remainder), row("rem.u64", 64, ArithmeticTest::remainder),
        row("rem.s16", 16, ArithmeticTest::remainder),
        row("min.s32", 32, (a, b, c) -> a.min(b)), row("min.u32", 32, (a, b, c) -> a.min(b)),
        row("max.u64", 64, (a, b, c) -> a.max(b)),
        row("max.s16", 16, (a, b, c) -> a.max(b)), row("min.u16", 16, (a, b, c) -> a.min(b)),
        row("max.s64", 64, (a, b, c) -> a.max(b)),
        row("max.relu.s32", 32, (a, b, c) -> a.max(b).max(BigInteger.ZERO)),
        row("and.b32", 32, (a, b, c) -> a.and(b)), row("or.b64", 64, (a, b, c) -> a.or(b)),
        row("xor.b16", 16, (a, b, c) -> a.xor(b)),
        row("mad.lo.s32", 32, (a, b, c) -> a.multiply(b).add(c)),
        row("mad.hi.u32", 32, (a, b, c) -> a.multiply(b).shiftRight(32).add(c)),
        row("mad.hi.s32", 32, (a, b, c) -> a.multiply(b).shiftRight(32).add(c)),
        row("mad.lo.u64", 64, (a, b, c) -> a.multiply(b).add(c)),
        row("mad.lo.u16", 16, (a, b, c) -> a.multiply(b).add(c)),
        row("mad.hi.s64", 64, (a, b, c) -> a.multiply(b).shiftRight(64).add(c)),
        row("sad.s32", 32, (a, b, c) -> a.subtract(b).abs().add(c)),
        row("sad.u32", 32, (a, b, c) -> a.subtract(b).abs().add(c)),
        row("add.sat.s32", 32, (a, b, c) -> clamp(a.add(b))), row("sub.sat.s32", 32, (a, b, c) -> clamp(a.subtract(b))),
        row("dp4a.u32.s32", 32, (a, b, c) -> dot(a, b, false, true).add(c)),
        row("dp4a.s32.s32", 32, (a, b, c) -> dot(a, b, true, true).add(c)));
  }

  private static BigInteger clamp(BigInteger value) {
    return value.max(BigInteger.valueOf(Integer.MIN_VALUE)).min(BigInteger.valueOf(Integer.MAX_VALUE));
  }

  private static BigInteger dot(BigInteger a, BigInteger b, boolean signedA, boolean signedB) {
    long sum = 0;
    for (int i = 0; i < 32; i += 8) {
      int x = a.intValue() >> i;
      int y = b.intValue() >> i;
      sum += (long) (signedA ? (byte) x : x & 255) * (signedB ? (byte) y : y & 255);
    }
    return BigInteger.valueOf(sum);
  }

  private static BigInteger divide(BigInteger a, BigInteger b, BigInteger c) {
    return b.signum() == 0 ? BigInteger.ONE.negate() : a.divide(b);
  }

  private static BigInteger remainder(BigInteger a, BigInteger b, BigInteger c) {
    return b.signum() == 0 ? a : a.remainder(b);
  }

  @ParameterizedTest
  @MethodSource("integers")
  void integerInstruction(Integers row) {
    boolean three = row.instruction().startsWith("mad") || row.instruction().startsWith("sad")
        || row.instruction().startsWith("dp4a");
    long[][] in = {edges(1), edges(2), edges(3)};
    String type = "b" + row.inputBits();
    String body = row.instruction() + " %d, %a, %b" + (three ? ", %c;" : ";");
    long[] out = three
        ? Snippet.run(body, "b" + row.bits(), List.of(type, type, type), in)
        : Snippet.run(body, "b" + row.bits(), List.of(type, type), in[0], in[1]);
    boolean signed = row.instruction().matches(".*\\.s[0-9]+") && !row.instruction().startsWith("dp4a");
    for (int l = 0; l < Snippet.LANES; l++) {
      BigInteger want = row.definition().of(
          value(in[0][l], row.inputBits(), signed), value(in[1][l], row.inputBits(), signed),
          value(in[2][l], row.inputBits(), signed));
      assertThat(out[l]).as("lane %d of %x, %x, %x", l, in[0][l], in[1][l], in[2][l])
          .isEqualTo(cut(want.longValue(), row.bits()));
    }
  }

  private static BigInteger value(long raw, int bits, boolean signed) {
    long cut = cut(raw, bits);
    if (signed && bits < 64) {
      return BigInteger.valueOf(cut << 64 - bits >> 64 - bits);
    }
    return signed ? BigInteger.valueOf(raw) : new BigInteger(Long.toUnsignedString(cut));
  }

  private static long cut(long value, int bits) {
    return bits == 64 ? value : value & (1L << bits) - 1;
  }

  /** Numbers at the edges of all sizes, and random ones. */
  private static long[] edges(long seed) {
    long[] special = {0, 1, -1, 2, 7, 31, 32, 33, 63, 64, 0x7fff, 0x8000, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE,
        LOW, Long.MAX_VALUE,
        Long.MIN_VALUE};
    var random = new Random(seed);
    long[] out = new long[Snippet.LANES];
    for (int i = 0; i < out.length; i++) {
      out[i] = i % 2 == 0 ? special[random.nextInt(special.length)] : random.nextLong();
    }
    return out;
  }

  @Test
  void bits() {
    long[] a = edges(4);
    long[] b = edges(5);
    long[] c = new long[Snippet.LANES];
    for (int i = 0; i < c.length; i++) {
      c[i] = i * 3 % 80;
    }
    List<String> three = List.of("b32", "b32", "b32");
    for (int l = 0; l < Snippet.LANES; l++) {
      int x = (int) a[l];
      int y = (int) b[l];
      int n = (int) c[l];
      assertThat(one("shl.b32 %d, %a, %c;", three, l, a, b, c)).isEqualTo(n > 31 ? 0 : x << n);
      assertThat(one("shr.u32 %d, %a, %c;", three, l, a, b, c)).isEqualTo(n > 31 ? 0 : x >>> n);
      assertThat(one("shr.s32 %d, %a, %c;", three, l, a, b, c)).isEqualTo(x >> Math.min(n, 31));
      assertThat(one("shf.l.wrap.b32 %d, %a, %b, %c;", three, l, a, b, c))
          .isEqualTo((int) ((((long) y << 32 | x & LOW) << (n & 31)) >>> 32));
      assertThat(one("shf.r.clamp.b32 %d, %a, %b, %c;", three, l, a, b, c))
          .isEqualTo((int) (((long) y << 32 | x & LOW) >>> Math.min(n, 32)));
      assertThat(one("not.b32 %d, %a;", three, l, a, b, c)).isEqualTo(~x);
      assertThat(one("cnot.b32 %d, %a;", three, l, a, b, c)).isEqualTo(x == 0 ? 1 : 0);
      assertThat(one("popc.b32 %d, %a;", three, l, a, b, c)).isEqualTo(Integer.bitCount(x));
      assertThat(one("clz.b32 %d, %a;", three, l, a, b, c)).isEqualTo(Integer.numberOfLeadingZeros(x));
      assertThat(one("brev.b32 %d, %a;", three, l, a, b, c)).isEqualTo(Integer.reverse(x));
      assertThat(one("bfind.u32 %d, %a;", three, l, a, b, c)).isEqualTo(31 - Integer.numberOfLeadingZeros(x));
      assertThat(one("bfind.s32 %d, %a;", three, l, a, b, c))
          .isEqualTo(31 - Integer.numberOfLeadingZeros(x < 0 ? ~x : x));
      assertThat(one("lop3.b32 %d, %a, %b, %c, 0xE8;", three, l, a, b, c)).isEqualTo(x & y | x & n | y & n);
      assertThat(one("lop3.b32 %d, %a, %b, %c, 0x96;", three, l, a, b, c)).isEqualTo(x ^ y ^ n);
      assertThat(one("prmt.b32 %d, %a, %b, 0x7214;", three, l, a, b, c))
          .isEqualTo(y & 255 | (x >>> 8 & 255) << 8 | (x >>> 16 & 255) << 16 | (y >>> 24) << 24);
      assertThat(one("prmt.b32 %d, %a, %b, 0xB8BB;", three, l, a, b, c))
          .isEqualTo((x < 0 ? -1 : 0) & 0xff00ffff | ((byte) x < 0 ? 0xff0000 : 0));
      assertThat(one("bfe.u32 %d, %a, 5, 9;", three, l, a, b, c)).isEqualTo(x >>> 5 & 511);
      assertThat(one("bfe.s32 %d, %a, 5, 9;", three, l, a, b, c)).isEqualTo(x << 18 >> 23);
      assertThat(one("bfe.s32 %d, %a, 28, 9;", three, l, a, b, c)).isEqualTo(x >> 28);
      assertThat(one("bfe.u32 %d, %a, 40, 9;", three, l, a, b, c)).isZero();
      assertThat(one("bfi.b32 %d, %a, %b, 4, 8;", three, l, a, b, c)).isEqualTo(y & ~0xff0 | x << 4 & 0xff0);
      assertThat(one("bfi.b32 %d, %a, %b, 28, 8;", three, l, a, b, c)).isEqualTo(y & 0x0fffffff | x << 28);
      assertThat(one("slct.s32.s32 %d, %a, %b, %c;", three, l, a, b, c)).isEqualTo(x);
    }
  }

  /** The result of one lane; instructions run once for all lanes. */
  private int one(String body, List<String> types, int lane, long[]... in) {
    return (int) results.computeIfAbsent(body, k -> Snippet.run(body, "b32", types, in))[lane];
  }

  @Test
  void carries() {
    long[] a = edges(6);
    long[] b = edges(7);
    long[] out = Snippet.run("""
        mov.b64 {%r0, %r1}, %a;
        mov.b64 {%r2, %r3}, %b;
        add.cc.u32 %r4, %r0, %r2;
        addc.u32 %r5, %r1, %r3;
        mov.b64 %d, {%r4, %r5};""", "b64", List.of("b64", "b64"), a, b);
    long[] difference = Snippet.run("""
        mov.b64 {%r0, %r1}, %a;
        mov.b64 {%r2, %r3}, %b;
        sub.cc.u32 %r4, %r0, %r2;
        subc.u32 %r5, %r1, %r3;
        mov.b64 %d, {%r4, %r5};""", "b64", List.of("b64", "b64"), a, b);
    long[] high = Snippet.run("add.cc.u64 %q0, %a, %b; addc.u64 %d, 0, 0;", "b64", List.of("b64", "b64"), a, b);
    long[] product = Snippet.run("""
        cvt.u32.u64 %r0, %a;
        cvt.u32.u64 %r1, %b;
        mad.lo.cc.u32 %r2, %r0, %r1, %r0;
        madc.hi.u32 %r3, %r0, %r1, 5;
        mov.b64 %d, {%r2, %r3};""", "b64", List.of("b64", "b64"), a, b);
    for (int l = 0; l < Snippet.LANES; l++) {
      assertThat(out[l]).isEqualTo(a[l] + b[l]);
      assertThat(difference[l]).isEqualTo(a[l] - b[l]);
      assertThat(high[l]).isEqualTo(Long.compareUnsigned(a[l] + b[l], a[l]) < 0 ? 1 : 0);
      assertThat(product[l]).isEqualTo((a[l] & LOW) * (b[l] & LOW) + (a[l] & LOW) + (5L << 32));
    }
  }

  @Test
  void comparisons() {
    long[] a = edges(8);
    long[] b = a.clone();
    for (int i = 0; i < b.length; i += 3) {
      b[i] = edges(9)[i];
    }
    for (String name : List.of("eq", "ne", "lt", "le", "gt", "ge")) {
      for (String type : List.of("s16", "u16", "s32", "u32", "s64", "u64")) {
        int bits = Integer.parseInt(type.substring(1));
        long[] out = Snippet.run("setp." + name + "." + type + " %d, %a, %b;", "pred", List.of("b" + bits, "b" + bits),
            a, b);
        for (int l = 0; l < Snippet.LANES; l++) {
          boolean signed = type.startsWith("s");
          assertThat(out[l]).as(name + type)
              .isEqualTo(holds(name, value(a[l], bits, signed).compareTo(value(b[l], bits, signed))) ? 1 : 0);
        }
      }
    }
    float[] special = {0f, -0f, 1f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, -3f, 1f};
    long[] x = new long[Snippet.LANES];
    long[] y = new long[Snippet.LANES];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.floatToRawIntBits(special[i % 8]);
      y[i] = Float.floatToRawIntBits(special[(i / 4 + i) % 8]);
    }
    for (String name : List.of("eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num",
        "nan")) {
      long[] out = Snippet.run("setp." + name + ".f32 %d, %a, %b;", "pred", List.of("f32", "f32"), x, y);
      for (int l = 0; l < Snippet.LANES; l++) {
        float u = Float.intBitsToFloat((int) x[l]);
        float v = Float.intBitsToFloat((int) y[l]);
        boolean unordered = Float.isNaN(u) || Float.isNaN(v);
        boolean want = switch (name) {
          case "num" -> !unordered;
          case "nan" -> unordered;
          default -> unordered ? name.length() == 3 : holds(name.substring(0, 2), u < v ? -1 : u > v ? 1 : 0);
        };
        assertThat(out[l]).as("%s of %s and %s", name, u, v).isEqualTo(want ? 1 : 0);
      }
    }
    long[] both = Snippet.run("setp.lt.and.s32 %p1|%p2, %a, %b, !%c; and.pred %d, %p1, !%p2;", "pred",
        List.of("b32", "b32", "pred"),
        a, edges(10), new long[Snippet.LANES]);
    for (int l = 0; l < Snippet.LANES; l++) {
      assertThat(both[l]).isEqualTo((int) a[l] < (int) edges(10)[l] ? 1 : 0);
    }
  }

  private static boolean holds(String name, int order) {
    return switch (name) {
      case "eq" -> order == 0;
      case "ne" -> order != 0;
      case "lt" -> order < 0;
      case "le" -> order <= 0;
      case "gt" -> order > 0;
      default -> order >= 0;
    };
  }

  /** Rounding of exact results, in all modes; compared with a definition by neighbours. */
  @ParameterizedTest
  @ValueSource(strings = {"rn", "rz", "rm", "rp"})
  void f32Rounds(String mode) {
    long[][] in = {floats(11), floats(12), floats(13)};
    for (String op : List.of("add", "sub", "mul", "div", "fma", "sqrt", "rcp")) {
      int n = op.equals("fma") ? 3 : op.equals("sqrt") || op.equals("rcp") ? 1 : 2;
      String body = op + "." + mode + ".f32 %d, %a" + (n > 1 ? ", %b" : "") + (n > 2 ? ", %c" : "") + ";";
      long[] out = Snippet.run(body, "f32", List.of("f32", "f32", "f32"), in);
      for (int l = 0; l < Snippet.LANES; l++) {
        BigDecimal a = new BigDecimal(Float.intBitsToFloat((int) in[0][l]));
        BigDecimal b = new BigDecimal(Float.intBitsToFloat((int) in[1][l]));
        BigDecimal c = new BigDecimal(Float.intBitsToFloat((int) in[2][l]));
        BigDecimal exact = switch (op) {
          case "add" -> a.add(b);
          case "sub" -> a.subtract(b);
          case "mul" -> a.multiply(b);
          case "div" -> a.divide(b, EXACT);
          case "fma" -> a.multiply(b).add(c);
          case "sqrt" -> a.signum() < 0 ? null : a.sqrt(EXACT);
          default -> BigDecimal.ONE.divide(a, EXACT);
        };
        float got = Float.intBitsToFloat((int) out[l]);
        if (exact == null) {
          assertThat(got).isNaN();
        } else {
          assertThat(got).as("%s.%s of %s, %s, %s", op, mode, a, b, c).isEqualTo(rounded(exact, mode));
        }
      }
    }
  }

  /** Of the two floats around an exact number, the one that the mode takes. */
  private static float rounded(BigDecimal exact, String mode) {
    float near = exact.floatValue();
    if (mode.equals("rn")) {
      return near;
    }
    float below = Float.isInfinite(near) && near > 0 || !Float.isInfinite(near)
        && new BigDecimal(near).compareTo(exact) > 0 ? Math.nextDown(near) : near;
    float above = Float.isInfinite(near) && near < 0 || !Float.isInfinite(near)
        && new BigDecimal(near).compareTo(exact) < 0 ? Math.nextUp(near) : near;
    return switch (mode) {
      case "rm" -> below;
      case "rp" -> above;
      default -> exact.signum() > 0 ? below : above;
    };
  }

  private static long[] floats(long seed) {
    var random = new Random(seed);
    long[] out = new long[Snippet.LANES];
    for (int i = 0; i < out.length; i++) {
      float value = switch (i % 4) {
        case 0 -> (float) random.nextGaussian();
        case 1 -> Float.intBitsToFloat(random.nextInt(0x0100_0000, 0x7000_0000));
        case 2 -> -(1 + random.nextInt(4)) * 0.25f;
        default -> (float) Math.scalb(random.nextGaussian(), random.nextInt(-30, 30));
      };
      out[i] = Float.floatToRawIntBits(value);
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"rn", "rz", "rm", "rp"})
  void f64Rounds(String mode) {
    var random = new Random(14);
    long[][] in = new long[2][Snippet.LANES];
    for (int l = 0; l < Snippet.LANES; l++) {
      in[0][l] = Double.doubleToRawLongBits(Math.scalb(random.nextGaussian(), random.nextInt(-30, 30)));
      in[1][l] = Double.doubleToRawLongBits(Math.scalb(random.nextGaussian(), random.nextInt(-30, 30)));
    }
    for (String op : List.of("add", "sub", "mul", "div", "sqrt", "rcp")) {
      String body = op + "." + mode + ".f64 %d, %a" + (op.equals("sqrt") || op.equals("rcp") ? ";" : ", %b;");
      long[] out = Snippet.run(body, "f64", List.of("f64", "f64"), in);
      for (int l = 0; l < Snippet.LANES; l++) {
        BigDecimal a = new BigDecimal(Double.longBitsToDouble(in[0][l]));
        BigDecimal b = new BigDecimal(Double.longBitsToDouble(in[1][l]));
        if (op.equals("sqrt") && a.signum() < 0) {
          continue;
        }
        BigDecimal exact = switch (op) {
          case "add" -> a.add(b);
          case "sub" -> a.subtract(b);
          case "mul" -> a.multiply(b);
          case "div" -> a.divide(b, EXACT);
          case "sqrt" -> a.sqrt(EXACT);
          default -> BigDecimal.ONE.divide(a, EXACT);
        };
        double near = exact.doubleValue();
        int order = new BigDecimal(near).compareTo(exact);
        double below = order > 0 ? Math.nextDown(near) : near;
        double above = order < 0 ? Math.nextUp(near) : near;
        double want = switch (mode) {
          case "rn" -> near;
          case "rm" -> below;
          case "rp" -> above;
          default -> exact.signum() > 0 ? below : above;
        };
        assertThat(Double.longBitsToDouble(out[l])).as("%s.%s", op, mode).isEqualTo(want);
      }
    }
  }

  @Test
  void flushingAndSaturation() {
    long[] in = new long[Snippet.LANES];
    float[] values = {1e-40f, -1e-40f, 0.5f, -2f, 7f, Float.NaN, 1e-38f, Float.MIN_NORMAL};
    for (int i = 0; i < in.length; i++) {
      in[i] = Float.floatToRawIntBits(values[i % 8]);
    }
    long[] flushed = Snippet.run("add.ftz.f32 %d, %a, 0f00000000;", "f32", List.of("f32"), in);
    long[] halved = Snippet.run("mul.ftz.f32 %d, %a, 0f3F000000;", "f32", List.of("f32"), in);
    long[] saturated = Snippet.run("mul.sat.f32 %d, %a, 0f3F800000;", "f32", List.of("f32"), in);
    assertThat(Float.intBitsToFloat((int) flushed[0])).isZero();
    assertThat((int) Snippet.run("neg.ftz.f32 %d, %a;", "f32", List.of("f32"), in)[0]).isEqualTo(0x8000_0000);
    assertThat(Float.intBitsToFloat((int) halved[7])).isZero();
    assertThat(Float.intBitsToFloat((int) saturated[2])).isEqualTo(0.5f);
    assertThat(saturated[3]).isZero();
    assertThat(Float.intBitsToFloat((int) saturated[4])).isEqualTo(1f);
    assertThat(saturated[5]).isZero();
    assertThat((int) Snippet.run("add.f32 %d, %a, %a;", "f32", List.of("f32"), in)[5]).isEqualTo(0x7fff_ffff);
    assertThat(Float.intBitsToFloat(
        (int) Snippet.run("max.f32 %d, %a, %b;", "f32", List.of("f32", "f32"), in, floats(15))[5])).isNotNaN();
    assertThat(Float.intBitsToFloat(
        (int) Snippet.run("max.NaN.f32 %d, %a, %b;", "f32", List.of("f32", "f32"), in, floats(15))[5])).isNaN();
  }

  @Test
  void conversionsToIntegers() {
    float[] values = {2.5f, -2.5f, 3.5f, 1e10f, -1e10f, Float.NaN, 0.49999997f, -0.5f, 300f, -3e38f};
    long[] in = new long[Snippet.LANES];
    for (int i = 0; i < in.length; i++) {
      in[i] = Float.floatToRawIntBits(values[i % values.length]);
    }
    for (String mode : List.of("rni", "rzi", "rmi", "rpi")) {
      for (String type : List.of("s32", "u32", "s64", "u64", "u16", "s16", "s8", "u8")) {
        int bits = Integer.parseInt(type.substring(1));
        String register = bits < 16 ? "b16" : "b" + bits;
        long[] out = Snippet.run("cvt." + mode + "." + type + ".f32 %d, %a;", register, List.of("f32"), in);
        for (int l = 0; l < values.length; l++) {
          double whole = switch (mode) {
            case "rni" -> Math.rint(values[l]);
            case "rmi" -> Math.floor(values[l]);
            case "rpi" -> Math.ceil(values[l]);
            default -> values[l] < 0 ? Math.ceil(values[l]) : Math.floor(values[l]);
          };
          boolean signed = type.startsWith("s");
          BigInteger least = signed ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
          BigInteger most = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits).subtract(BigInteger.ONE);
          BigInteger want = Double.isNaN(whole) ? BigInteger.ZERO
              : new BigDecimal(whole).toBigInteger().max(least).min(most);
          assertThat(out[l]).as("cvt.%s.%s of %s", mode, type, values[l])
              .isEqualTo(cut(want.longValue(), Math.max(bits, 16)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rn", "rz", "rm", "rp"})
  void conversionsFromIntegers(String mode) {
    long[] in = edges(16);
    for (String type : List.of("s32", "u32", "s64", "u64")) {
      int bits = Integer.parseInt(type.substring(1));
      long[] out = Snippet.run("cvt." + mode + ".f32." + type + " %d, %a;", "f32", List.of("b" + bits), in);
      for (int l = 0; l < Snippet.LANES; l++) {
        BigDecimal exact = new BigDecimal(value(in[l], bits, type.startsWith("s")));
        assertThat(Float.intBitsToFloat((int) out[l])).as("cvt.%s.f32.%s of %s", mode, type, exact)
            .isEqualTo(rounded(exact, mode));
      }
    }
  }

  @Test
  void conversionsOfHalves() {
    var random = new Random(17);
    long[] in = new long[Snippet.LANES];
    for (int l = 0; l < in.length; l++) {
      in[l] = l < 4
          ? Float.floatToRawIntBits(new float[] {65520f, 1e-8f, -70000f, 2.9802322E-8f}[l])
          : Float.floatToRawIntBits((float) Math.scalb(random.nextGaussian(), random.nextInt(-20, 14)));
    }
    long[] f16 = Snippet.run("cvt.rn.f16.f32 %d, %a;", "b16", List.of("f32"), in);
    long[] zero = Snippet.run("cvt.rz.f16.f32 %d, %a;", "b16", List.of("f32"), in);
    long[] bf16 = Snippet.run("cvt.rn.bf16.f32 %d, %a;", "b16", List.of("f32"), in);
    long[] packed = Snippet.run("cvt.rn.bf16x2.f32 %d, %a, %b;", "b32", List.of("f32", "f32"), in,
        new long[Snippet.LANES]);
    long[] back = Snippet.run("cvt.rn.f16.f32 %h1, %a; cvt.f32.f16 %d, %h1;", "f32", List.of("f32"), in);
    long[] tf32 = Snippet.run("cvt.rna.tf32.f32 %d, %a;", "b32", List.of("f32"), in);
    for (int l = 0; l < Snippet.LANES; l++) {
      float v = Float.intBitsToFloat((int) in[l]);
      short nearest = Float.floatToFloat16(v);
      assertThat((short) f16[l]).isEqualTo(nearest);
      float towardsZero = Float.float16ToFloat((short) zero[l]);
      assertThat(Math.abs(towardsZero)).isLessThanOrEqualTo(Math.abs(v));
      assertThat(Float.float16ToFloat((short) (zero[l] + 1)) > Math.abs(v)
          || Math.abs(Float.float16ToFloat((short) (zero[l] + 1))) > Math.abs(v)).isTrue();
      assertThat((short) bf16[l]).isEqualTo(TestKernels.toBf16(v));
      assertThat((int) packed[l]).isEqualTo(TestKernels.toBf16(v) << 16);
      assertThat(Float.intBitsToFloat((int) back[l])).isEqualTo(Float.float16ToFloat(nearest));
      assertThat(tf32[l] & 0x1fff).isZero();
      assertThat(Math.abs(Float.intBitsToFloat((int) tf32[l]) - v)).isLessThanOrEqualTo(Math.ulp(v) * 4096);
    }
  }
}
