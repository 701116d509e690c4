package crema.tensor.cpu;

import static crema.tensor.cpu.Polynomials.*;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath} on vectors: operation by operation the same, and so are the results. */
final class VectorMath {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;

  private VectorMath() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  static FloatVector exp(FloatVector x) {
    var shifted = x.fma(all(LOG2_E), all(ROUNDER));
    var n = shifted.sub(ROUNDER);
    var r = n.fma(all(-LN2_LOW), n.fma(all(-LN2_HIGH), x));
    var q = all(EXP_6).fma(r, all(EXP_5));
    q = q.fma(r, all(EXP_4));
    q = q.fma(r, all(EXP_3));
    q = q.fma(r, all(EXP_2));
    q = q.fma(r.mul(r), r).add(1);
    var scaled = q.reinterpretAsInts().add(shifted.reinterpretAsInts().lanewise(LSHL, 23)).reinterpretAsFloats();
    return scaled.blend(0, x.compare(LT, EXP_LEAST))
        .blend(x.mul(Float.POSITIVE_INFINITY), x.compare(LE, EXP_GREATEST).not());
  }

  static FloatVector log(FloatVector x) {
    var tiny = x.compare(LT, LEAST_NORMAL);
    var bits = x.mul(0x1p23f, tiny).reinterpretAsInts();
    var exponent = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, 23);
    var r = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1);
    var n = ((FloatVector) exponent.convert(VectorOperators.I2F, 0)).sub(FloatVector.zero(SPECIES).blend(23, tiny));
    var q = all(LOG_11).fma(r, all(LOG_10));
    q = q.fma(r, all(LOG_9));
    q = q.fma(r, all(LOG_8));
    q = q.fma(r, all(LOG_7));
    q = q.fma(r, all(LOG_6));
    q = q.fma(r, all(LOG_5));
    q = q.fma(r, all(LOG_4));
    q = q.fma(r, all(LOG_3));
    var square = r.mul(r);
    q = n.fma(all(LN2_LOW), q.mul(square.mul(r)));
    q = square.fma(all(-0.5f), q);
    var result = n.fma(all(LN2_HIGH), r.add(q));
    var special = x.blend(Float.NaN, x.compare(GT, 0).not()).blend(Float.NEGATIVE_INFINITY, x.eq(0));
    return result.blend(special, x.compare(GT, 0).not().or(x.eq(Float.POSITIVE_INFINITY)));
  }

  static FloatVector sigmoid(FloatVector x) {
    return all(1).div(exp(x.neg()).add(1));
  }

  /** The numbers {@code magnitude}, not negative, with the signs of {@code sign}. */
  private static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
    IntVector signs = sign.reinterpretAsInts().and(Integer.MIN_VALUE);
    return magnitude.reinterpretAsInts().or(signs).reinterpretAsFloats();
  }

  static FloatVector tanh(FloatVector x) {
    var magnitude = x.abs();
    var large = copySign(all(1).sub(all(2).div(exp(magnitude.add(magnitude)).add(1))), x);
    var s = x.mul(x);
    var q = all(TANH_11).fma(s, all(TANH_9));
    q = q.fma(s, all(TANH_7));
    q = q.fma(s, all(TANH_5));
    q = q.fma(s, all(TANH_3));
    return large.blend(q.mul(s).fma(x, x), magnitude.compare(LT, TANH_SMALL));
  }

  private static FloatVector erfSmall(FloatVector x) {
    var s = x.mul(x);
    var q = all(ERF_11).fma(s, all(ERF_9));
    q = q.fma(s, all(ERF_7));
    q = q.fma(s, all(ERF_5));
    q = q.fma(s, all(ERF_3));
    q = q.fma(s, all(ERF_1));
    return q.fma(x, x);
  }

  private static FloatVector erfcLarge(FloatVector x) {
    var q = all(ERFC_7).fma(x, all(ERFC_6));
    q = q.fma(x, all(ERFC_5));
    q = q.fma(x, all(ERFC_4));
    q = q.fma(x, all(ERFC_3));
    q = q.fma(x, all(ERFC_2));
    q = q.fma(x, all(ERFC_1));
    return exp(q.fma(x, x.neg()));
  }

  static FloatVector erf(FloatVector x) {
    var magnitude = x.abs();
    var large = copySign(all(1).sub(erfcLarge(magnitude)), x);
    return erfSmall(x).blend(large, magnitude.compare(GT, ERF_SMALL));
  }

  static FloatVector normal(FloatVector x) {
    var t = x.mul(SQRT_HALF);
    var magnitude = t.abs();
    var tail = erfcLarge(magnitude).mul(0.5f);
    var large = all(1).sub(tail).blend(tail, t.compare(LT, 0));
    return erfSmall(t).fma(all(0.5f), all(0.5f)).blend(large, magnitude.compare(GT, ERF_SMALL));
  }

  static FloatVector gelu(FloatVector x) {
    return x.mul(normal(x));
  }

  static FloatVector geluSlope(FloatVector x) {
    var density = exp(x.mul(-0.5f).mul(x)).mul(NORMAL_DENSITY);
    return x.fma(density, normal(x));
  }

  private static FloatVector geluTanhGate(FloatVector x) {
    return sigmoid(x.mul(GELU_FACTOR).mul(x.mul(x).fma(all(GELU_CUBE), all(1))));
  }

  static FloatVector geluTanh(FloatVector x) {
    return x.mul(geluTanhGate(x));
  }

  static FloatVector geluTanhSlope(FloatVector x) {
    var gate = geluTanhGate(x);
    var inner = x.mul(x).fma(all(3 * GELU_CUBE), all(1)).mul(GELU_FACTOR);
    return x.mul(gate).mul(all(1).sub(gate)).fma(inner, gate);
  }

  static FloatVector silu(FloatVector x) {
    return x.mul(sigmoid(x));
  }

  static FloatVector siluSlope(FloatVector x) {
    var gate = sigmoid(x);
    return gate.mul(x.fma(all(1).sub(gate), all(1)));
  }

  static FloatVector sigmoidSlope(FloatVector x) {
    var gate = sigmoid(x);
    return gate.mul(all(1).sub(gate));
  }

  static FloatVector tanhSlope(FloatVector x) {
    var y = tanh(x);
    return y.neg().fma(y, all(1));
  }
}
