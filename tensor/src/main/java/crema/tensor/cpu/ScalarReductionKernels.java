package crema.tensor.cpu;

/**
 * {@link ReductionKernels} without the Vector API. A lane after the other: the tree of lanes is a recursion whose
 * leaves are the lanes, reached when the stride is the number of lanes.
 */
final class ScalarReductionKernels extends ReductionKernels {
  @Override
  float sum(float[] x, int xo, int n) {
    return sum(x, xo, n, 0, 1);
  }

  private static float sum(float[] x, int xo, int n, int lane, int stride) {
    if (stride < VIRTUAL_LANES) {
      return sum(x, xo, n, lane, 2 * stride) + sum(x, xo, n, lane + stride, 2 * stride);
    }
    float sum = 0;
    for (int i = lane; i < n; i += stride) {
      sum += x[xo + i];
    }
    return sum;
  }

  @Override
  float dot(float[] x, int xo, float[] y, int yo, int n) {
    return dot(x, xo, y, yo, n, 0, 1);
  }

  private static float dot(float[] x, int xo, float[] y, int yo, int n, int lane, int stride) {
    if (stride < VIRTUAL_LANES) {
      return dot(x, xo, y, yo, n, lane, 2 * stride) + dot(x, xo, y, yo, n, lane + stride, 2 * stride);
    }
    float sum = 0;
    for (int i = lane; i < n; i += stride) {
      sum = Math.fma(x[xo + i], y[yo + i], sum);
    }
    return sum;
  }

  @Override
  float shiftedDot(float[] x, int xo, float shift, float[] y, int yo, float[] z, int zo, int n) {
    return shiftedDot(x, xo, shift, y, yo, z, zo, n, 0, 1);
  }

  private static float shiftedDot(float[] x, int xo, float shift, float[] y, int yo, float[] z, int zo, int n,
      int lane, int stride) {
    if (stride < VIRTUAL_LANES) {
      return shiftedDot(x, xo, shift, y, yo, z, zo, n, lane, 2 * stride)
          + shiftedDot(x, xo, shift, y, yo, z, zo, n, lane + stride, 2 * stride);
    }
    float sum = 0;
    for (int i = lane; i < n; i += stride) {
      sum = Math.fma((x[xo + i] - shift) * y[yo + i], z[zo + i], sum);
    }
    return sum;
  }

  @Override
  float squaredDeviations(float[] x, int xo, float mean, int n) {
    return squaredDeviations(x, xo, mean, n, 0, 1);
  }

  private static float squaredDeviations(float[] x, int xo, float mean, int n, int lane, int stride) {
    if (stride < VIRTUAL_LANES) {
      return squaredDeviations(x, xo, mean, n, lane, 2 * stride)
          + squaredDeviations(x, xo, mean, n, lane + stride, 2 * stride);
    }
    float sum = 0;
    for (int i = lane; i < n; i += stride) {
      float deviation = x[xo + i] - mean;
      sum = Math.fma(deviation, deviation, sum);
    }
    return sum;
  }

  @Override
  float max(float[] x, int xo, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xo + i]);
    }
    return max;
  }

  @Override
  double wideSum(float[] x, int xo, int n) {
    return wideSum(x, xo, n, 0, 1);
  }

  private static double wideSum(float[] x, int xo, int n, int lane, int stride) {
    if (stride < DOUBLE_LANES) {
      return wideSum(x, xo, n, lane, 2 * stride) + wideSum(x, xo, n, lane + stride, 2 * stride);
    }
    double sum = 0;
    for (int i = lane; i < n; i += stride) {
      sum += x[xo + i];
    }
    return sum;
  }

  @Override
  double wideSumOfSquares(float[] x, int xo, int n) {
    return wideSumOfSquares(x, xo, n, 0, 1);
  }

  private static double wideSumOfSquares(float[] x, int xo, int n, int lane, int stride) {
    if (stride < DOUBLE_LANES) {
      return wideSumOfSquares(x, xo, n, lane, 2 * stride) + wideSumOfSquares(x, xo, n, lane + stride, 2 * stride);
    }
    double sum = 0;
    for (int i = lane; i < n; i += stride) {
      double value = x[xo + i];
      sum = Math.fma(value, value, sum);
    }
    return sum;
  }

  @Override
  boolean isFinite(float[] x, int xo, int n) {
    // Zero times a number is zero; times anything else it is NaN, and a sum keeps that.
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum = Math.fma(x[xo + i], 0, sum);
    }
    return sum == 0;
  }
}
