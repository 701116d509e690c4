package crema.tensor.cpu;

import static crema.tensor.cpu.Polynomials.*;

/**
 * Elementary functions and activations of one float: what {@link VectorMath} computes in each lane, to the bit. Errors
 * are about one unit in the last place; results below the least normal number are 0.
 */
final class ScalarMath {
  private ScalarMath() {}

  /** The exponential of a number that is neither NaN nor too large for a finite result. */
  private static float expOfSmall(float x) {
    if (x < EXP_LEAST) {
      return 0;
    }
    float shifted = Math.fma(x, LOG2_E, ROUNDER);
    float n = shifted - ROUNDER;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float q = Math.fma(EXP_6, r, EXP_5);
    q = Math.fma(q, r, EXP_4);
    q = Math.fma(q, r, EXP_3);
    q = Math.fma(q, r, EXP_2);
    q = Math.fma(q, r * r, r) + 1;
    // Adding n to the exponent multiplies by 2ⁿ; the shift drops all of the rounder's bits but n's.
    return Float.intBitsToFloat(Float.floatToRawIntBits(q) + (Float.floatToRawIntBits(shifted) << 23));
  }

  static float exp(float x) {
    return x <= EXP_GREATEST ? expOfSmall(x) : x * Float.POSITIVE_INFINITY;
  }

  static float log(float x) {
    if (!(x > 0) || x == Float.POSITIVE_INFINITY) {
      return x == 0 ? Float.NEGATIVE_INFINITY : x > 0 ? x : Float.NaN;
    }
    boolean tiny = x < LEAST_NORMAL;
    int bits = Float.floatToRawIntBits(tiny ? x * 0x1p23f : x);
    int exponent = (bits - SQRT_HALF_BITS) >> 23;
    float r = Float.intBitsToFloat(bits - (exponent << 23)) - 1;
    float n = exponent - (tiny ? 23f : 0f);
    float q = Math.fma(LOG_11, r, LOG_10);
    q = Math.fma(q, r, LOG_9);
    q = Math.fma(q, r, LOG_8);
    q = Math.fma(q, r, LOG_7);
    q = Math.fma(q, r, LOG_6);
    q = Math.fma(q, r, LOG_5);
    q = Math.fma(q, r, LOG_4);
    q = Math.fma(q, r, LOG_3);
    float square = r * r;
    q = Math.fma(n, LN2_LOW, q * (square * r));
    q = Math.fma(-0.5f, square, q);
    return Math.fma(n, LN2_HIGH, r + q);
  }

  static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  static float tanh(float x) {
    if (!(Math.abs(x) < TANH_SMALL)) {
      return 1 - 2 / (exp(x + x) + 1);
    }
    float s = x * x;
    float q = Math.fma(TANH_11, s, TANH_9);
    q = Math.fma(q, s, TANH_7);
    q = Math.fma(q, s, TANH_5);
    q = Math.fma(q, s, TANH_3);
    return Math.fma(q * s, x, x);
  }

  /** exp(−x²/2). */
  private static float bell(float x) {
    return expOfSmall(-0.5f * x * x);
  }

  /** The normal distribution function, given {@link #bell}(x). */
  private static float normal(float x, float bell) {
    float s = 1 / Math.fma(Math.abs(x), TAIL_SLOPE * SQRT_HALF, 1);
    float q = Math.fma(TAIL_8, s, TAIL_7);
    q = Math.fma(q, s, TAIL_6);
    q = Math.fma(q, s, TAIL_5);
    q = Math.fma(q, s, TAIL_4);
    q = Math.fma(q, s, TAIL_3);
    q = Math.fma(q, s, TAIL_2);
    q = Math.fma(q, s, TAIL_1);
    q = Math.fma(q, s, TAIL_0);
    float tail = q * s * bell;
    return x < 0 ? tail : 1 - tail;
  }

  static float gelu(float x) {
    return x * normal(x, bell(x));
  }

  static float geluSlope(float x) {
    float bell = bell(x);
    return Math.fma(x * NORMAL_DENSITY, bell, normal(x, bell));
  }

  /** 1 + tanh(√(2/π)(x + 0.044715 x³)), halved: a sigmoid. */
  private static float geluTanhGate(float x) {
    return sigmoid(GELU_FACTOR * x * Math.fma(GELU_CUBE, x * x, 1));
  }

  static float geluTanh(float x) {
    return x * geluTanhGate(x);
  }

  static float geluTanhSlope(float x) {
    float gate = geluTanhGate(x);
    float inner = GELU_FACTOR * Math.fma(3 * GELU_CUBE, x * x, 1);
    return Math.fma(x * gate * (1 - gate), inner, gate);
  }

  static float silu(float x) {
    return x * sigmoid(x);
  }

  static float siluSlope(float x) {
    float gate = sigmoid(x);
    return gate * Math.fma(x, 1 - gate, 1);
  }

  static float sigmoidSlope(float x) {
    float gate = sigmoid(x);
    return gate * (1 - gate);
  }

  static float tanhSlope(float x) {
    float y = tanh(x);
    return Math.fma(-y, y, 1);
  }
}
