package crema.tensor.cpu;

import java.util.Arrays;

/** The specification of {@link RowKernels}, and what runs where the Vector API is missing. */
public final class ScalarRowKernels extends RowKernels {

  @Override
  public void sumRows(
      float[][] pages, int pageShift, int dim, int[] rows, int from, int to, float[] sum, int sumOffset) {
    Arrays.fill(sum, sumOffset, sumOffset + dim, 0f);
    int mask = (1 << pageShift) - 1;
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * dim;
      for (int j = 0; j < dim; j++) {
        sum[sumOffset + j] += page[base + j];
      }
    }
  }

  @Override
  public void addToRows(
      float[][] pages, int pageShift, int dim, int[] rows, int from, int to, float[] x, int xOffset) {
    int mask = (1 << pageShift) - 1;
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * dim;
      for (int j = 0; j < dim; j++) {
        page[base + j] += x[xOffset + j];
      }
    }
  }

  @Override
  public float dot(float[] x, int xOffset, float[] y, int yOffset, int dim) {
    var lanes = new float[LANES];
    for (int j = 0; j < dim; j++) {
      lanes[j % LANES] = Math.fma(x[xOffset + j], y[yOffset + j], lanes[j % LANES]);
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int dim) {
    for (int j = 0; j < dim; j++) {
      y[yOffset + j] = Math.fma(alpha, x[xOffset + j], y[yOffset + j]);
    }
  }

  @Override
  public void dotRows(
      float[] page, int firstRow, int rowCount, int dim, float[] x, int xOffset, float[] out, int outOffset) {
    for (int i = 0; i < rowCount; i++) {
      out[outOffset + i] = dot(x, xOffset, page, (firstRow + i) * dim, dim);
    }
  }

  @Override
  public void scale(float alpha, float[] x, int xOffset, int dim) {
    for (int j = 0; j < dim; j++) {
      x[xOffset + j] *= alpha;
    }
  }

  @Override
  public void addWeightedRows(
      float[] weights, int weightOffset, float[] page, int firstRow, int rowCount, int dim, float[] sum) {
    for (int i = 0; i < rowCount; i++) {
      if (weights[weightOffset + i] != 0f) {
        axpy(weights[weightOffset + i], page, (firstRow + i) * dim, sum, 0, dim);
      }
    }
  }

  @Override
  public void softmax(float[] x, int offset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[offset + i]);
    }
    for (int i = 0; i < n; i++) {
      x[offset + i] = exp(Math.max(x[offset + i] - max, LEAST_EXPONENT));
    }
    scale(1f / sum(x, offset, n), x, offset, n);
  }
}
