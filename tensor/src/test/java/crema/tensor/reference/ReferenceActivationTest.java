package crema.tensor.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.tensor.Activation;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceActivationTest {
  /** Values of the normal distribution function to 15 digits, from SciPy's {@code norm.cdf}. */
  @ParameterizedTest
  @CsvSource({"0, 0.5", "1, 0.841344746068543", "-1, 0.158655253931457", "0.5, 0.691462461274013",
      "3.9, 0.999951903655982", "-3.9, 4.80963440175902e-05", "-4.1, 2.06575069125467e-05",
      "-8, 6.22096057427178e-16", "-20, 2.75362411860623e-89", "8, 1"})
  void normalDistributionFunction(double x, double expected) {
    assertThat(ReferenceActivation.normalCdf(x)).isCloseTo(expected, Percentage.withPercentage(1e-9));
  }

  @Test
  void theSeriesAndTheContinuedFractionMeet() {
    double below = ReferenceActivation.normalCdf(Math.nextUp(-4.0));
    assertThat(ReferenceActivation.normalCdf(-4)).isCloseTo(below, Percentage.withPercentage(1e-9));
  }

  /**
   * From PyTorch 1.13 in double precision: {@code gelu}, {@code gelu(approximate="tanh")} and {@code silu}.
   */
  @Test
  void knownValues() {
    assertThat(ReferenceActivation.value(Activation.GELU, 1.5)).isCloseTo(1.399789198096713, within(1e-14));
    assertThat(ReferenceActivation.value(Activation.GELU_TANH, 1.5)).isCloseTo(1.3995715769802328, within(1e-14));
    assertThat(ReferenceActivation.value(Activation.SILU, -2)).isCloseTo(-0.2384058440442351, within(1e-15));
    assertThat(ReferenceActivation.value(Activation.SIGMOID, -800)).isZero();
    assertThat(ReferenceActivation.value(Activation.SILU, -800)).isZero();
    assertThat(ReferenceActivation.value(Activation.RELU, -0.1)).isZero();
  }
}
