package crema.tensor.reference;

import crema.tensor.Activation;

/** The specification of {@link Activation}: each function and its derivative. */
final class ReferenceActivation {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBIC = 0.044715;

  private ReferenceActivation() {}

  /** f(x). */
  static double value(Activation f, double x) {
    return switch (f) {
      case IDENTITY -> x;
      case RELU -> Math.max(x, 0);
      case GELU -> x * normalCdf(x);
      case GELU_TANH -> 0.5 * x * (1 + Math.tanh(geluTanhArgument(x)));
      case SILU -> x * sigmoid(x);
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
    };
  }

  /** f′(x). */
  static double derivative(Activation f, double x) {
    return switch (f) {
      case IDENTITY -> 1;
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> normalCdf(x) + x * normalDensity(x);
      case GELU_TANH -> {
        double tanh = Math.tanh(geluTanhArgument(x));
        double argumentDerivative = SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * x * x);
        yield 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * argumentDerivative;
      }
      case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
      case SIGMOID -> sigmoid(x) * (1 - sigmoid(x));
      case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
      case EXP -> Math.exp(x);
      case LOG -> 1 / x;
      case SQUARE -> 2 * x;
      case SQRT -> 0.5 / Math.sqrt(x);
    };
  }

  /** σ(x). */
  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double geluTanhArgument(double x) {
    return SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x);
  }

  private static double normalDensity(double x) {
    return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  }

  /**
   * Φ(x): near zero by the series ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …) (Marsaglia, "Evaluating the normal
   * distribution", 2004); in the tails, where that cancels, by Laplace's continued fraction φ(x) / (x + 1/(x + 2/(x +
   * 3/(…)))).
   */
  static double normalCdf(double x) {
    if (Math.abs(x) < 4) {
      double sum = 0;
      double term = x;
      for (int odd = 3; sum + term != sum; odd += 2) {
        sum += term;
        term *= x * x / odd;
      }
      return 0.5 + sum * normalDensity(x);
    }
    double distance = Math.abs(x);
    double fraction = distance;
    for (int i = 100; i > 0; i--) {
      fraction = distance + i / fraction;
    }
    double tail = normalDensity(x) / fraction;
    return x < 0 ? tail : 1 - tail;
  }
}
