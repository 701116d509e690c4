package crema.tensor.cpu;

/**
 * The numbers in the elementary functions of {@link ScalarMath} and {@link VectorMath}, which run the same operations
 * in the same order and so agree to the bit.
 */
final class Polynomials {
  /** Adding and subtracting this rounds a small number to an integer, which the sum's low bits then hold. */
  static final float ROUNDER = 0x1.8p23f;

  static final float LOG2_E = 1.44269504f;
  /** The upper bits of ln 2, few enough that a product with an exponent is exact. */
  static final float LN2_HIGH = 0.693359375f;
  static final float LN2_LOW = -2.12194440e-4f;

  /** The least x whose exponential is a normal number; below it the result is 0. */
  static final float EXP_LEAST = -87.33654f;
  /** The greatest x whose exponential is finite. */
  static final float EXP_GREATEST = 88.72283f;
  // (eˣ − 1 − x) / x² on |x| ≤ ln 2 / 2, minimax in eˣ's relative error: 4e-9.
  static final float EXP_2 = 0x1.fffffcp-2f;
  static final float EXP_3 = 0x1.555492p-3f;
  static final float EXP_4 = 0x1.5558f2p-5f;
  static final float EXP_5 = 0x1.123a2p-7f;
  static final float EXP_6 = 0x1.6a23cep-10f;

  /** The bits of √½: subtracting them from a number's bits leaves the exponent of its mantissa in [√½, √2). */
  static final int SQRT_HALF_BITS = 0x3F3504F3;
  static final float LEAST_NORMAL = 0x1p-126f;
  // (ln(1 + x) − x + x²/2) / x³ on [√½ − 1, √2 − 1]: Moshier, Cephes library, logf.
  static final float LOG_3 = 3.3333331174e-1f;
  static final float LOG_4 = -2.4999993993e-1f;
  static final float LOG_5 = 2.0000714765e-1f;
  static final float LOG_6 = -1.6668057665e-1f;
  static final float LOG_7 = 1.4249322787e-1f;
  static final float LOG_8 = -1.2420140846e-1f;
  static final float LOG_9 = 1.1676998740e-1f;
  static final float LOG_10 = -1.1514610310e-1f;
  static final float LOG_11 = 7.0376836292e-2f;

  /** Up to here tanh is a polynomial, beyond it 1 − 2 / (e²ˣ + 1). */
  static final float TANH_SMALL = 0.625f;
  // (tanh x − x) / x³ in x²: Moshier, Cephes library, tanhf.
  static final float TANH_3 = -3.33332819422e-1f;
  static final float TANH_5 = 1.33314422036e-1f;
  static final float TANH_7 = -5.37397155531e-2f;
  static final float TANH_9 = 2.06390887954e-2f;
  static final float TANH_11 = -5.70498872745e-3f;

  /** The normal distribution's tail beyond z is s · p(s) · exp(−z²/2) with s = 1 / (1 + TAIL_SLOPE · z / √2). */
  static final float TAIL_SLOPE = 0.3f;
  // p, minimax in the tail's relative error up to z = 13.4, where the tail is no normal float any more: 2e-8. The form
  // is that of Hastings, "Approximations for digital computers" (1955).
  static final float TAIL_0 = 0x1.5a8016p-4f;
  static final float TAIL_1 = 0x1.5d93bep-4f;
  static final float TAIL_2 = 0x1.301778p-4f;
  static final float TAIL_3 = 0x1.b72ab8p-4f;
  static final float TAIL_4 = -0x1.7f852cp-5f;
  static final float TAIL_5 = 0x1.17c168p-2f;
  static final float TAIL_6 = -0x1.05bfcp-2f;
  static final float TAIL_7 = 0x1.f0bd64p-3f;
  static final float TAIL_8 = -0x1.0914d8p-4f;

  static final float SQRT_HALF = (float) Math.sqrt(0.5);
  /** 1 / √(2π): the normal distribution's density at 0. */
  static final float NORMAL_DENSITY = (float) (1 / Math.sqrt(2 * Math.PI));
  /** 2 √(2/π), the factor of the tanh approximation of GELU written with a sigmoid. */
  static final float GELU_FACTOR = (float) (2 * Math.sqrt(2 / Math.PI));
  static final float GELU_CUBE = 0.044715f;

  private Polynomials() {}
}
