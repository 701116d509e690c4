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

  /** The error function for |x| up to {@link Polynomials#ERF_SMALL}. */
  private static float erfSmall(float x) {
    float s = x * x;
    float q = Math.fma(ERF_11, s, ERF_9);
    q = Math.fma(q, s, ERF_7);
    q = Math.fma(q, s, ERF_5);
    q = Math.fma(q, s, ERF_3);
    q = Math.fma(q, s, ERF_1);
    return Math.fma(q, x, x);
  }

  /** 1 − erf(x) for x above {@link Polynomials#ERF_SMALL}. */
  private static float erfcLarge(float x) {
    float q = Math.fma(ERFC_7, x, ERFC_6);
    q = Math.fma(q, x, ERFC_5);
    q = Math.fma(q, x, ERFC_4);
    q = Math.fma(q, x, ERFC_3);
    q = Math.fma(q, x, ERFC_2);
    q = Math.fma(q, x, ERFC_1);
    return expOfSmall(Math.fma(q, x, -x));
  }

  static float erf(float x) {
    float magnitude = Math.abs(x);
    return magnitude > ERF_SMALL ? Math.copySign(1 - erfcLarge(magnitude), x) : erfSmall(x);
  }

  /** Φ(x), the normal distribution function. */
  static float normal(float x) {
    float t = x * SQRT_HALF;
    float magnitude = Math.abs(t);
    if (magnitude > ERF_SMALL) {
      float tail = 0.5f * erfcLarge(magnitude);
      return t < 0 ? tail : 1 - tail;
    }
    return Math.fma(0.5f, erfSmall(t), 0.5f);
  }

  static float gelu(float x) {
    return x * normal(x);
  }

  /** The normal distribution's density. */
  static float normalDensity(float x) {
    return NORMAL_DENSITY * expOfSmall(-0.5f * x * x);
  }

  static float geluSlope(float x) {
    return Math.fma(x, normalDensity(x), normal(x));
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
