package crema.tensor.cpu;

import crema.tensor.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** {@link ArithmeticKernels} without the Vector API. */
final class ScalarArithmeticKernels extends ArithmeticKernels {
  @Override
  void binary(BinaryOperator operator, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      float left = a[ao + i];
      float right = b[bo + i];
      y[yo + i] = switch (operator) {
        case ADD -> left + right;
        case SUBTRACT -> left - right;
        case MULTIPLY -> left * right;
        case DIVIDE -> left / right;
      };
    }
  }

  @Override
  void scale(float factor, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = factor * x[xo + i];
    }
  }

  @Override
  void addScaledTo(float factor, float[] a, int ao, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = Math.fma(factor, a[ao + i], x[xo + i]);
    }
  }

  @Override
  void scaledProduct(float factor, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = factor * a[ao + i] * b[bo + i];
    }
  }

  @Override
  void addScaledProduct(float factor, float[] a, int ao, float[] b, int bo, float[] x, int xo, float[] y, int yo,
      int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = Math.fma(factor * a[ao + i], b[bo + i], x[xo + i]);
    }
  }

  @Override
  void maximum(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = Math.max(x[xo + i], y[yo + i]);
    }
  }

  @Override
  void subtract(float first, float second, float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = x[xo + i] - first - second;
    }
  }

  @Override
  void scaleAndSubtract(float factor, float[] x, int xo, float shift, float @Nullable [] w, int wo, float[] y, int yo,
      int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = Math.fma(factor, x[xo + i], w == null ? -shift : -shift * w[wo + i]);
    }
  }

  @Override
  void softmaxBackward(float factor, float[] y, int yo, float[] dy, int dyo, float mean, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      dx[dxo + i] = factor * y[yo + i] * (dy[dyo + i] - mean);
    }
  }

  @Override
  void logSoftmaxBackward(float[] y, int yo, float[] dy, int dyo, float sum, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      dx[dxo + i] = Math.fma(-sum, ScalarMath.exp(y[yo + i]), dy[dyo + i]);
    }
  }

  @Override
  void normalize(float[] x, int xo, float mean, float inverse, float[] weight, int wo, float @Nullable [] bias, int bo,
      float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      float standard = (x[xo + i] - mean) * inverse;
      y[yo + i] = bias == null ? standard * weight[wo + i] : Math.fma(standard, weight[wo + i], bias[bo + i]);
    }
  }

  @Override
  void normalizeBackward(float[] x, int xo, float mean, float inverse, float[] weight, int wo, float[] dy, int dyo,
      float shift, float slope, float[] dx, int dxo, int n, boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float gradient = Math.fma(x[xo + i] - mean, -slope, Math.fma(dy[dyo + i], weight[wo + i], -shift));
      dx[dxo + i] = accumulate ? Math.fma(inverse, gradient, dx[dxo + i]) : inverse * gradient;
    }
  }

  @Override
  void addNormalizedProduct(float[] x, int xo, float mean, float inverse, float[] dy, int dyo, float[] sums, int so,
      int n) {
    for (int i = 0; i < n; i++) {
      sums[so + i] = Math.fma(dy[dyo + i], (x[xo + i] - mean) * inverse, sums[so + i]);
    }
  }

  @Override
  void rotate(float[] x, int xo, float[] cosines, float[] sines, int to, float turn, int half, float[] y, int yo) {
    rotate(x, xo, cosines, sines, to, turn, 0, half, y, yo);
  }

  /** {@link #rotate} for the pairs from {@code first} on. */
  void rotate(float[] x, int xo, float[] cosines, float[] sines, int to, float turn, int first, int half, float[] y,
      int yo) {
    for (int i = first; i < half; i++) {
      float low = x[xo + i];
      float high = x[xo + half + i];
      float cosine = cosines[to + i];
      float sine = turn * sines[to + i];
      y[yo + i] = Math.fma(low, cosine, -(high * sine));
      y[yo + half + i] = Math.fma(high, cosine, low * sine);
    }
  }

  @Override
  void adamW(float[] parameter, int po, float[] gradient, int go, float[] firstMoment, int mo, float[] secondMoment,
      int vo, int n, AdamWFactors factors) {
    for (int i = 0; i < n; i++) {
      float g = factors.gradientScale() * gradient[go + i];
      float m = Math.fma(factors.beta1(), firstMoment[mo + i], factors.gradientShare() * g);
      float v = Math.fma(factors.beta2(), secondMoment[vo + i], factors.squareShare() * g * g);
      float divisor = Math.fma((float) Math.sqrt(v), factors.rootFactor(), factors.epsilon());
      firstMoment[mo + i] = m;
      secondMoment[vo + i] = v;
      parameter[po + i] = Math.fma(-factors.stepSize(), m / divisor, factors.decay() * parameter[po + i]);
    }
  }
}
