package crema.tensor.cpu;

import org.jspecify.annotations.Nullable;

/**
 * Work on pixels whose channels lie side by side: {@code n} floats each. A channel's sums are one chain over the pixels,
 * in their order, with fused multiply-adds where there is a product: all widths, and the scalar kernels, give the same
 * bits.
 */
abstract sealed class ChannelKernels permits ScalarChannelKernels, VectorChannelKernels {
  /** sums[j] += Σᵢ x[i, j] for {@code rows} pixels that lie side by side. */
  abstract void addRows(float[] x, int xo, int rows, int n, float[] sums, int so);

  /** sums[j] += Σᵢ (x[i, j] − mean[j])². */
  abstract void addSquaredDeviations(float[] x, int xo, int rows, int n, float[] mean, int mo, float[] sums, int so);

  /**
   * y = min(max((x − mean) · scale + shift + residual, low), high).
   *
   * @param residual as x; null for none
   */
  abstract void normalize(float[] x, int xo, int rows, int n, float[] mean, int mo, float[] scale, int co,
      float[] shift, int ho, float @Nullable [] residual, int ro, float low, float high, float[] y, int yo);

  /** dy = 0 where y is not between low and high. */
  abstract void rectifyBackward(float[] y, int yo, float low, float high, float[] dy, int dyo, int n);

  /** sums[j] += Σᵢ dy[i, j] and products[j] += Σᵢ dy[i, j] · (x[i, j] − mean[j]). */
  abstract void addGradients(float[] x, int xo, float[] dy, int dyo, int rows, int n, float[] mean, int mo,
      float[] sums, int so, float[] products, int po);

  /** dx = scale · dy + slope · (x − mean) + shift, or dx += that. */
  abstract void normalizeBackward(float[] x, int xo, float[] dy, int dyo, int rows, int n, float[] mean, int mo,
      float[] scale, int co, float[] slope, int lo, float[] shift, int ho, float[] dx, int dxo, boolean accumulate);

  /**
   * Depthwise sums: y[i, j] = start[i, j] + Σₜ x[xo + i · xStep + from[t] + j] · w[taps[t] · n + j], the taps in order.
   *
   * @param from where the taps' pixels are, from the first pixel's on
   * @param taps the row of w of each tap
   * @param count how many taps
   * @param pixels how many pixels of y, {@code n} floats each, side by side
   * @param startStep floats from one pixel's start to the next one's: 0 for a bias
   */
  abstract void depthwise(float[] x, int xo, int xStep, int[] from, float[] w, int wo, int[] taps, int count, int n,
      float[] start, int so, int startStep, int pixels, float[] y, int yo);

  /** sums[j] += Σᵢ x[xo + i · xStep + j] · dy[dyo + i · n + j]. */
  abstract void addProducts(float[] x, int xo, int xStep, float[] dy, int dyo, int pixels, int n, float[] sums, int so);
}
