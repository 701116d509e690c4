package crema.tensor.cpu;

import java.util.Arrays;

/** The specification of {@link RowKernels}, and what runs where the Vector API is missing. */
public final class ScalarRowKernels extends RowKernels {

  @Override
  public void sumRows(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] sum, int so) {
    Arrays.fill(sum, so, so + n, 0f);
    int mask = (1 << pageShift) - 1;
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * n;
      for (int j = 0; j < n; j++) {
        sum[so + j] += page[base + j];
      }
    }
  }

  @Override
  public void addToRows(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] x, int xo) {
    int mask = (1 << pageShift) - 1;
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * n;
      for (int j = 0; j < n; j++) {
        page[base + j] += x[xo + j];
      }
    }
  }

  @Override
  public float dot(float[] x, int xo, float[] y, int yo, int n) {
    var lanes = new float[LANES];
    for (int j = 0; j < n; j++) {
      lanes[j % LANES] = Math.fma(x[xo + j], y[yo + j], lanes[j % LANES]);
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  @Override
  public void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = Math.fma(factor, x[xo + j], y[yo + j]);
    }
  }

  @Override
  public void dotRows(
      float[] page, int firstRow, int rowCount, int n, float[] x, int xo, float[] out, int oo) {
    for (int i = 0; i < rowCount; i++) {
      out[oo + i] = dot(x, xo, page, (firstRow + i) * n, n);
    }
  }

  @Override
  public void scale(float factor, float[] x, int xo, int n) {
    for (int j = 0; j < n; j++) {
      x[xo + j] *= factor;
    }
  }

  @Override
  public void addWeightedRows(
      float[] weights, int wo, float[] page, int firstRow, int rowCount, int n, float[] sum) {
    for (int i = 0; i < rowCount; i++) {
      if (weights[wo + i] != 0f) {
        addScaled(weights[wo + i], page, (firstRow + i) * n, sum, 0, n);
      }
    }
  }

  @Override
  public void softmax(float[] x, int xo, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xo + i]);
    }
    for (int i = 0; i < n; i++) {
      x[xo + i] = exp(Math.max(x[xo + i] - max, LEAST_EXPONENT));
    }
    scale(1f / sum(x, xo, n), x, xo, n);
  }
}
