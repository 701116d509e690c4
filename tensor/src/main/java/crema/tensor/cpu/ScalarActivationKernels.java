package crema.tensor.cpu;

import crema.tensor.Activation;

/** {@link ActivationKernels} without the Vector API. */
final class ScalarActivationKernels extends ActivationKernels {
  @Override
  void activate(Activation f, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = value(f, x[xo + i]);
    }
  }

  private static float value(Activation f, float x) {
    return switch (f) {
      case IDENTITY -> x;
      case RELU -> Math.max(x, 0);
      case GELU -> ScalarMath.gelu(x);
      case GELU_TANH -> ScalarMath.geluTanh(x);
      case SILU -> ScalarMath.silu(x);
      case SIGMOID -> ScalarMath.sigmoid(x);
      case TANH -> ScalarMath.tanh(x);
      case EXP -> ScalarMath.exp(x);
      case LOG -> ScalarMath.log(x);
      case SQUARE -> x * x;
      case SQRT -> (float) Math.sqrt(x);
    };
  }

  @Override
  void slope(Activation f, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = slope(f, x[xo + i]);
    }
  }

  private static float slope(Activation f, float x) {
    return switch (f) {
      case IDENTITY -> 1;
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> ScalarMath.geluSlope(x);
      case GELU_TANH -> ScalarMath.geluTanhSlope(x);
      case SILU -> ScalarMath.siluSlope(x);
      case SIGMOID -> ScalarMath.sigmoidSlope(x);
      case TANH -> ScalarMath.tanhSlope(x);
      case EXP -> ScalarMath.exp(x);
      case LOG -> 1 / x;
      case SQUARE -> 2 * x;
      case SQRT -> 0.5f / (float) Math.sqrt(x);
    };
  }

  @Override
  void exponential(float scale, float[] x, int xo, float shift, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.exp(Math.fma(scale, x[xo + i], -shift));
    }
  }

  @Override
  void swiglu(float[] gate, int go, float[] up, int uo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = ScalarMath.silu(gate[go + i]) * up[uo + i];
    }
  }

  @Override
  void swigluBackward(float[] gate, int go, float[] up, int uo, float[] dy, int dyo, float[] dgate, int dgo,
      float[] dup, int duo, int n) {
    for (int i = 0; i < n; i++) {
      float g = gate[go + i];
      float gradient = dy[dyo + i];
      float sigmoid = ScalarMath.sigmoid(g);
      float slope = sigmoid * Math.fma(g, 1 - sigmoid, 1);
      float dg = gradient * up[uo + i] * slope;
      dup[duo + i] = gradient * (g * sigmoid);
      dgate[dgo + i] = dg;
    }
  }
}
