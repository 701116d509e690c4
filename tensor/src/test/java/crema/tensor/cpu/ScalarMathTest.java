package crema.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** How far the elementary functions are from the exact ones, in units in the last place. */
class ScalarMathTest {
  @FunctionalInterface
  interface FloatFunction {
    float apply(float x);
  }

  /** The largest error over floats spread evenly by their bits over both signs of a range of magnitudes. */
  private static double worstUlps(FloatFunction f, DoubleUnaryOperator exact, float least, float most) {
    double worst = 0;
    int last = Float.floatToIntBits(most);
    for (int bits = Float.floatToIntBits(least); bits <= last; bits += 997) {
      float magnitude = Float.intBitsToFloat(bits);
      worst = Math.max(worst, ulps(f, exact, magnitude));
      worst = Math.max(worst, ulps(f, exact, -magnitude));
    }
    return worst;
  }

  private static double ulps(FloatFunction f, DoubleUnaryOperator exact, float x) {
    double expected = exact.applyAsDouble(x);
    if (Math.abs(expected) < Float.MIN_NORMAL || Math.abs(expected) > Float.MAX_VALUE) {
      return 0;
    }
    return Math.abs(f.apply(x) - expected) / Math.ulp((float) expected);
  }

  /** erf by its series for small numbers and by the continued fraction of erfc for large ones. */
  private static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude > 3) {
      return Math.copySign(1 - erfc(magnitude), x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  /** erfc for x above 0, by its series or by Lentz's continued fraction. */
  private static double erfc(double x) {
    if (x < 2) {
      return 1 - erf(x);
    }
    double fraction = 0;
    for (int k = 200; k > 0; k--) {
      fraction = k / 2.0 / (x + fraction);
    }
    return StrictMath.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }

  @Test
  void expIsWithinOneUlp() {
    assertThat(worstUlps(ScalarMath::exp, StrictMath::exp, 1e-10f, 88.8f)).isLessThan(1.01);
  }

  @Test
  void expOfExtremes() {
    assertThat(ScalarMath.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(ScalarMath.exp(-1000)).isZero();
    assertThat(ScalarMath.exp(Float.POSITIVE_INFINITY)).isInfinite();
    assertThat(ScalarMath.exp(88.73f)).isInfinite();
    assertThat(ScalarMath.exp(Polynomials.EXP_GREATEST)).isFinite();
    assertThat(ScalarMath.exp(Float.NaN)).isNaN();
    assertThat(ScalarMath.exp(0)).isEqualTo(1);
    assertThat(ScalarMath.exp(Float.MIN_VALUE)).isEqualTo(1);
  }

  @Test
  void logIsWithinOneUlp() {
    assertThat(worstUlps(x -> x > 0 ? ScalarMath.log(x) : 0, x -> x > 0 ? StrictMath.log(x) : 0, Float.MIN_VALUE,
        Float.MAX_VALUE)).isLessThan(1.1);
  }

  @Test
  void logOfExtremes() {
    assertThat(ScalarMath.log(0)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(ScalarMath.log(-0f)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(ScalarMath.log(-1)).isNaN();
    assertThat(ScalarMath.log(Float.NaN)).isNaN();
    assertThat(ScalarMath.log(Float.POSITIVE_INFINITY)).isInfinite();
    assertThat(ScalarMath.log(1)).isZero();
  }

  @Test
  void tanhIsWithinThreeUlps() {
    assertThat(worstUlps(ScalarMath::tanh, StrictMath::tanh, 1e-10f, 100)).isLessThan(3);
    assertThat(ScalarMath.tanh(Float.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(ScalarMath.tanh(Float.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(ScalarMath.tanh(Float.NaN)).isNaN();
  }

  @Test
  void sigmoidIsWithinThreeUlps() {
    assertThat(worstUlps(ScalarMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), 1e-10f, 80)).isLessThan(3);
    assertThat(ScalarMath.sigmoid(-200)).isZero();
    assertThat(ScalarMath.sigmoid(200)).isEqualTo(1);
  }

  @Test
  void geluIsWithinAMillionth() {
    // Also in its tail, where 1 + erf(x) would have lost all digits.
    DoubleUnaryOperator gelu = x -> x * (x < 0 ? 0.5 * erfc(-x / Math.sqrt(2)) : 1 - 0.5 * erfc(x / Math.sqrt(2)));
    double worst = 0;
    for (float x = -9; x < 9; x += 0.001f) {
      double error = Math.abs(ScalarMath.gelu(x) / gelu.applyAsDouble(x) - 1);
      worst = Math.max(worst, error / Math.max(1, x * x / 2));
    }
    assertThat(worst).isLessThan(1e-6);
    assertThat(ScalarMath.gelu(Float.POSITIVE_INFINITY)).isInfinite();
    assertThat(ScalarMath.gelu(Float.NaN)).isNaN();
    assertThat(ScalarMath.gelu(-40)).isZero();
  }

  @Test
  void theSlopeOfGeluIsItsDerivative() {
    DoubleUnaryOperator slope = x -> 0.5 * (1 + erf(x / Math.sqrt(2)))
        + x * StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    for (float x = -9; x < 9; x += 0.01f) {
      assertThat((double) ScalarMath.geluSlope(x)).isCloseTo(slope.applyAsDouble(x), within(4e-7));
    }
  }
}
