package crema.tensor.cpu;

import org.jspecify.annotations.Nullable;

/** {@link ChannelKernels} without vectors. */
final class ScalarChannelKernels extends ChannelKernels {
  @Override
  void addRows(float[] x, int xo, int rows, int n, float[] sums, int so) {
    addRows(x, xo, rows, n, 0, sums, so);
  }

  /** The columns from {@code first} on. */
  void addRows(float[] x, int xo, int rows, int n, int first, float[] sums, int so) {
    for (int j = first; j < n; j++) {
      float sum = sums[so + j];
      for (int i = 0; i < rows; i++) {
        sum += x[xo + i * n + j];
      }
      sums[so + j] = sum;
    }
  }

  @Override
  void addSquaredDeviations(float[] x, int xo, int rows, int n, float[] mean, int mo, float[] sums, int so) {
    addSquaredDeviations(x, xo, rows, n, 0, mean, mo, sums, so);
  }

  /** The columns from {@code first} on. */
  void addSquaredDeviations(float[] x, int xo, int rows, int n, int first, float[] mean, int mo, float[] sums, int so) {
    for (int j = first; j < n; j++) {
      float center = mean[mo + j];
      float sum = sums[so + j];
      for (int i = 0; i < rows; i++) {
        float deviation = x[xo + i * n + j] - center;
        sum = Math.fma(deviation, deviation, sum);
      }
      sums[so + j] = sum;
    }
  }

  @Override
  void normalize(float[] x, int xo, int rows, int n, float[] mean, int mo, float[] scale, int co, float[] shift, int ho,
      float @Nullable [] residual, int ro, float low, float high, float[] y, int yo) {
    normalize(x, xo, rows, n, 0, mean, mo, scale, co, shift, ho, residual, ro, low, high, y, yo);
  }

  /** The columns from {@code first} on. */
  void normalize(float[] x, int xo, int rows, int n, int first, float[] mean, int mo, float[] scale, int co,
      float[] shift, int ho, float @Nullable [] residual, int ro, float low, float high, float[] y, int yo) {
    for (int i = 0; i < rows; i++) {
      for (int j = first; j < n; j++) {
        float value = Math.fma(x[xo + i * n + j] - mean[mo + j], scale[co + j], shift[ho + j]);
        if (residual != null) {
          value += residual[ro + i * n + j];
        }
        y[yo + i * n + j] = Math.min(Math.max(value, low), high);
      }
    }
  }

  @Override
  void rectifyBackward(float[] y, int yo, float low, float high, float[] dy, int dyo, int n) {
    for (int i = 0; i < n; i++) {
      float value = y[yo + i];
      if (!(value > low && value < high)) {
        dy[dyo + i] = 0;
      }
    }
  }

  @Override
  void addGradients(float[] x, int xo, float[] dy, int dyo, int rows, int n, float[] mean, int mo, float[] sums, int so,
      float[] products, int po) {
    addGradients(x, xo, dy, dyo, rows, n, 0, mean, mo, sums, so, products, po);
  }

  /** The columns from {@code first} on. */
  void addGradients(float[] x, int xo, float[] dy, int dyo, int rows, int n, int first, float[] mean, int mo,
      float[] sums, int so, float[] products, int po) {
    for (int j = first; j < n; j++) {
      float center = mean[mo + j];
      float sum = sums[so + j];
      float product = products[po + j];
      for (int i = 0; i < rows; i++) {
        float gradient = dy[dyo + i * n + j];
        sum += gradient;
        product = Math.fma(gradient, x[xo + i * n + j] - center, product);
      }
      sums[so + j] = sum;
      products[po + j] = product;
    }
  }

  @Override
  void normalizeBackward(float[] x, int xo, float[] dy, int dyo, int rows, int n, float[] mean, int mo, float[] scale,
      int co, float[] slope, int lo, float[] shift, int ho, float[] dx, int dxo, boolean accumulate) {
    normalizeBackward(x, xo, dy, dyo, rows, n, 0, mean, mo, scale, co, slope, lo, shift, ho, dx, dxo, accumulate);
  }

  /** The columns from {@code first} on. */
  void normalizeBackward(float[] x, int xo, float[] dy, int dyo, int rows, int n, int first, float[] mean, int mo,
      float[] scale, int co, float[] slope, int lo, float[] shift, int ho, float[] dx, int dxo, boolean accumulate) {
    for (int i = 0; i < rows; i++) {
      for (int j = first; j < n; j++) {
        int at = i * n + j;
        float rest = Math.fma(x[xo + at] - mean[mo + j], slope[lo + j], shift[ho + j]);
        float value = Math.fma(dy[dyo + at], scale[co + j], rest);
        dx[dxo + at] = accumulate ? dx[dxo + at] + value : value;
      }
    }
  }

  @Override
  void depthwise(float[] x, int xo, int xStep, int[] from, float[] w, int wo, int[] taps, int count, int n,
      float[] start, int so, int startStep, int pixels, float[] y, int yo) {
    depthwise(x, xo, xStep, from, w, wo, taps, count, n, 0, start, so, startStep, pixels, y, yo);
  }

  /** The columns from {@code first} on. */
  void depthwise(float[] x, int xo, int xStep, int[] from, float[] w, int wo, int[] taps, int count, int n, int first,
      float[] start, int so, int startStep, int pixels, float[] y, int yo) {
    for (int i = 0; i < pixels; i++) {
      for (int j = first; j < n; j++) {
        float sum = start[so + i * startStep + j];
        for (int t = 0; t < count; t++) {
          sum = Math.fma(x[xo + i * xStep + from[t] + j], w[wo + taps[t] * n + j], sum);
        }
        y[yo + i * n + j] = sum;
      }
    }
  }

  @Override
  void addProducts(float[] x, int xo, int xStep, float[] dy, int dyo, int pixels, int n, float[] sums, int so) {
    addProducts(x, xo, xStep, dy, dyo, pixels, n, 0, sums, so);
  }

  /** The columns from {@code first} on. */
  void addProducts(float[] x, int xo, int xStep, float[] dy, int dyo, int pixels, int n, int first, float[] sums,
      int so) {
    for (int j = first; j < n; j++) {
      float sum = sums[so + j];
      for (int i = 0; i < pixels; i++) {
        sum = Math.fma(x[xo + i * xStep + j], dy[dyo + i * n + j], sum);
      }
      sums[so + j] = sum;
    }
  }
}
