package crema.tensor.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import crema.tensor.cpu.simd.SimdSpecies;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath} on vectors: operation by operation the same, and so are the results. */
final class VectorMath {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;

  // Constants are vectors: making them in place is faster, but more code than the JIT compiler inlines in the longer
  // functions. The exponential, which is in most of them, makes its own.
  private static final FloatVector ZERO = all(0);
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector MINUS_HALF = all(-0.5f);
  private static final FloatVector ONE = all(1);
  private static final FloatVector TWO = all(2);
  private static final FloatVector INFINITY = all(Float.POSITIVE_INFINITY);
  private static final FloatVector MINUS_INFINITY = all(Float.NEGATIVE_INFINITY);
  private static final FloatVector NAN = all(Float.NaN);
  private static final FloatVector LN2_HIGH = all(Polynomials.LN2_HIGH);
  private static final FloatVector LN2_LOW = all(Polynomials.LN2_LOW);
  private static final FloatVector THREE_GELU_CUBES = all(3 * Polynomials.GELU_CUBE);
  private static final FloatVector TINY_SCALE = all(0x1p23f);
  private static final FloatVector TINY_EXPONENT = all(23);
  private static final IntVector SQRT_HALF_BITS = IntVector.broadcast(SimdSpecies.INT, Polynomials.SQRT_HALF_BITS);
  private static final FloatVector LEAST_NORMAL = all(Polynomials.LEAST_NORMAL);
  private static final FloatVector LOG_3 = all(Polynomials.LOG_3);
  private static final FloatVector LOG_4 = all(Polynomials.LOG_4);
  private static final FloatVector LOG_5 = all(Polynomials.LOG_5);
  private static final FloatVector LOG_6 = all(Polynomials.LOG_6);
  private static final FloatVector LOG_7 = all(Polynomials.LOG_7);
  private static final FloatVector LOG_8 = all(Polynomials.LOG_8);
  private static final FloatVector LOG_9 = all(Polynomials.LOG_9);
  private static final FloatVector LOG_10 = all(Polynomials.LOG_10);
  private static final FloatVector LOG_11 = all(Polynomials.LOG_11);
  private static final FloatVector TANH_SMALL = all(Polynomials.TANH_SMALL);
  private static final FloatVector TANH_3 = all(Polynomials.TANH_3);
  private static final FloatVector TANH_5 = all(Polynomials.TANH_5);
  private static final FloatVector TANH_7 = all(Polynomials.TANH_7);
  private static final FloatVector TANH_9 = all(Polynomials.TANH_9);
  private static final FloatVector TANH_11 = all(Polynomials.TANH_11);
  private static final FloatVector TAIL_SLOPE = all(Polynomials.TAIL_SLOPE * Polynomials.SQRT_HALF);
  private static final FloatVector TAIL_0 = all(Polynomials.TAIL_0);
  private static final FloatVector TAIL_1 = all(Polynomials.TAIL_1);
  private static final FloatVector TAIL_2 = all(Polynomials.TAIL_2);
  private static final FloatVector TAIL_3 = all(Polynomials.TAIL_3);
  private static final FloatVector TAIL_4 = all(Polynomials.TAIL_4);
  private static final FloatVector TAIL_5 = all(Polynomials.TAIL_5);
  private static final FloatVector TAIL_6 = all(Polynomials.TAIL_6);
  private static final FloatVector TAIL_7 = all(Polynomials.TAIL_7);
  private static final FloatVector TAIL_8 = all(Polynomials.TAIL_8);
  private static final FloatVector NORMAL_DENSITY = all(Polynomials.NORMAL_DENSITY);
  private static final FloatVector GELU_FACTOR = all(Polynomials.GELU_FACTOR);
  private static final FloatVector GELU_CUBE = all(Polynomials.GELU_CUBE);

  private VectorMath() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /** The exponential of a number that is neither NaN nor too large for a finite result. */
  private static FloatVector expOfSmall(FloatVector x) {
    var shifted = x.fma(all(Polynomials.LOG2_E), all(Polynomials.ROUNDER));
    var n = shifted.sub(all(Polynomials.ROUNDER));
    var r = n.fma(all(-Polynomials.LN2_LOW), n.fma(all(-Polynomials.LN2_HIGH), x));
    var q = all(Polynomials.EXP_6).fma(r, all(Polynomials.EXP_5));
    q = q.fma(r, all(Polynomials.EXP_4));
    q = q.fma(r, all(Polynomials.EXP_3));
    q = q.fma(r, all(Polynomials.EXP_2));
    q = q.fma(r.mul(r), r).add(1);
    return q.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(LSHL, 23)).reinterpretAsFloats()
        .blend(ZERO, x.compare(LT, all(Polynomials.EXP_LEAST)));
  }

  static FloatVector exp(FloatVector x) {
    return expOfSmall(x).blend(x.mul(INFINITY), x.compare(LE, all(Polynomials.EXP_GREATEST)).not());
  }

  static FloatVector log(FloatVector x) {
    var tiny = x.compare(LT, LEAST_NORMAL);
    var bits = x.blend(x.mul(TINY_SCALE), tiny).reinterpretAsInts();
    var exponent = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, 23);
    var r = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(ONE);
    var n = ((FloatVector) exponent.convert(VectorOperators.I2F, 0)).sub(ZERO.blend(TINY_EXPONENT, tiny));
    var q = LOG_11.fma(r, LOG_10);
    q = q.fma(r, LOG_9);
    q = q.fma(r, LOG_8);
    q = q.fma(r, LOG_7);
    q = q.fma(r, LOG_6);
    q = q.fma(r, LOG_5);
    q = q.fma(r, LOG_4);
    q = q.fma(r, LOG_3);
    var square = r.mul(r);
    q = n.fma(LN2_LOW, q.mul(square.mul(r)));
    q = square.fma(MINUS_HALF, q);
    var result = n.fma(LN2_HIGH, r.add(q));
    var special = x.blend(NAN, x.compare(GT, ZERO).not()).blend(MINUS_INFINITY, x.eq(ZERO));
    return result.blend(special, x.compare(GT, ZERO).not().or(x.eq(INFINITY)));
  }

  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(x.neg()).add(ONE));
  }

  static FloatVector tanh(FloatVector x) {
    var large = ONE.sub(TWO.div(exp(x.add(x)).add(ONE)));
    var s = x.mul(x);
    var q = TANH_11.fma(s, TANH_9);
    q = q.fma(s, TANH_7);
    q = q.fma(s, TANH_5);
    q = q.fma(s, TANH_3);
    return large.blend(q.mul(s).fma(x, x), x.abs().compare(LT, TANH_SMALL));
  }

  private static FloatVector bell(FloatVector x) {
    return expOfSmall(x.mul(MINUS_HALF).mul(x));
  }

  private static FloatVector normal(FloatVector x, FloatVector bell) {
    var s = ONE.div(x.abs().fma(TAIL_SLOPE, ONE));
    var q = TAIL_8.fma(s, TAIL_7);
    q = q.fma(s, TAIL_6);
    q = q.fma(s, TAIL_5);
    q = q.fma(s, TAIL_4);
    q = q.fma(s, TAIL_3);
    q = q.fma(s, TAIL_2);
    q = q.fma(s, TAIL_1);
    q = q.fma(s, TAIL_0);
    var tail = q.mul(s).mul(bell);
    return ONE.sub(tail).blend(tail, x.compare(LT, ZERO));
  }

  static FloatVector gelu(FloatVector x) {
    return x.mul(normal(x, bell(x)));
  }

  static FloatVector geluSlope(FloatVector x) {
    var bell = bell(x);
    return x.mul(NORMAL_DENSITY).fma(bell, normal(x, bell));
  }

  private static FloatVector geluTanhGate(FloatVector x) {
    return sigmoid(x.mul(GELU_FACTOR).mul(x.mul(x).fma(GELU_CUBE, ONE)));
  }

  static FloatVector geluTanh(FloatVector x) {
    return x.mul(geluTanhGate(x));
  }

  static FloatVector geluTanhSlope(FloatVector x) {
    var gate = geluTanhGate(x);
    var inner = x.mul(x).fma(THREE_GELU_CUBES, ONE).mul(GELU_FACTOR);
    return x.mul(gate).mul(ONE.sub(gate)).fma(inner, gate);
  }

  static FloatVector silu(FloatVector x) {
    return x.mul(sigmoid(x));
  }

  static FloatVector siluSlope(FloatVector x) {
    var gate = sigmoid(x);
    return gate.mul(x.fma(ONE.sub(gate), ONE));
  }

  static FloatVector sigmoidSlope(FloatVector x) {
    var gate = sigmoid(x);
    return gate.mul(ONE.sub(gate));
  }

  static FloatVector tanhSlope(FloatVector x) {
    var y = tanh(x);
    return y.neg().fma(y, ONE);
  }
}
