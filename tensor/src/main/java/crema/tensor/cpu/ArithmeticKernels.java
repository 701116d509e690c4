package crema.tensor.cpu;

import crema.tensor.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Arithmetic on runs of {@code n} floats. Outputs may be inputs. */
abstract sealed class ArithmeticKernels permits ScalarArithmeticKernels, VectorArithmeticKernels {
  /** y = a ∘ b. */
  abstract void binary(BinaryOperator operator, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** y = factor · x. */
  abstract void scale(float factor, float[] x, int xo, float[] y, int yo, int n);

  /** y += factor · x. */
  final void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n) {
    addScaledTo(factor, x, xo, y, yo, y, yo, n);
  }

  /** y = x + factor · a. */
  abstract void addScaledTo(float factor, float[] a, int ao, float[] x, int xo, float[] y, int yo, int n);

  /** y = factor · a · b. */
  abstract void scaledProduct(float factor, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** y = x + factor · a · b. */
  abstract void addScaledProduct(float factor, float[] a, int ao, float[] b, int bo, float[] x, int xo, float[] y,
      int yo, int n);

  /** y = max(x, y). */
  abstract void maximum(float[] x, int xo, float[] y, int yo, int n);

  /** y = (x − first) − second. */
  abstract void subtract(float first, float second, float[] x, int xo, float[] y, int yo, int n);

  /** y = factor · x − shift · w, or factor · x − shift where w is null. */
  abstract void scaleAndSubtract(float factor, float[] x, int xo, float shift, float @Nullable [] w, int wo, float[] y,
      int yo, int n);

  /** dx = factor · y · (dy − mean): the gradient of a softmax. */
  abstract void softmaxBackward(float factor, float[] y, int yo, float[] dy, int dyo, float mean, float[] dx, int dxo,
      int n);

  /** dx = dy − sum · exp(y): the gradient of a softmax's logarithm. */
  abstract void logSoftmaxBackward(float[] y, int yo, float[] dy, int dyo, float sum, float[] dx, int dxo, int n);

  /** y = weight · (x − mean) · inverse + bias; no bias where it is null. */
  abstract void normalize(float[] x, int xo, float mean, float inverse, float[] weight, int wo,
      float @Nullable [] bias, int bo, float[] y, int yo, int n);

  /** dx = inverse · (dy · weight − shift − slope · (x − mean)), or dx += that. */
  abstract void normalizeBackward(float[] x, int xo, float mean, float inverse, float[] weight, int wo, float[] dy,
      int dyo, float shift, float slope, float[] dx, int dxo, int n, boolean accumulate);

  /** sums += dy · (x − mean) · inverse. */
  abstract void addNormalizedProduct(float[] x, int xo, float mean, float inverse, float[] dy, int dyo, float[] sums,
      int so, int n);

  /**
   * Turns pairs (x[i], x[i + half]) by angles given by their cosines and sines, i &lt; half.
   *
   * @param turn 1, or −1 to turn back
   */
  abstract void rotate(float[] x, int xo, float[] cosines, float[] sines, int to, float turn, int half, float[] y,
      int yo);

  /** One AdamW update. */
  abstract void adamW(float[] parameter, int po, float[] gradient, int go, float[] firstMoment, int mo,
      float[] secondMoment, int vo, int n, AdamWFactors factors);
}
