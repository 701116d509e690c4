package crema.tensor.cpu;

import crema.tensor.cpu.simd.SimdSpecies;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** {@link ChannelKernels} on vectors of channels; what is left after whole vectors goes to the scalar kernels. */
final class VectorChannelKernels extends ChannelKernels {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;
  private static final int LANES = SPECIES.length();
  private static final ScalarChannelKernels REST = new ScalarChannelKernels();

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  @Override
  void addRows(float[] x, int xo, int rows, int n, float[] sums, int so) {
    int whole = SPECIES.loopBound(n);
    for (int j = 0; j < whole; j += LANES) {
      var sum = load(sums, so + j);
      for (int i = 0; i < rows; i++) {
        sum = sum.add(load(x, xo + i * n + j));
      }
      sum.intoArray(sums, so + j);
    }
    REST.addRows(x, xo, rows, n, whole, sums, so);
  }

  @Override
  void addSquaredDeviations(float[] x, int xo, int rows, int n, float[] mean, int mo, float[] sums, int so) {
    int whole = SPECIES.loopBound(n);
    for (int j = 0; j < whole; j += LANES) {
      var center = load(mean, mo + j);
      var sum = load(sums, so + j);
      for (int i = 0; i < rows; i++) {
        var deviation = load(x, xo + i * n + j).sub(center);
        sum = deviation.fma(deviation, sum);
      }
      sum.intoArray(sums, so + j);
    }
    REST.addSquaredDeviations(x, xo, rows, n, whole, mean, mo, sums, so);
  }

  @Override
  void normalize(float[] x, int xo, int rows, int n, float[] mean, int mo, float[] scale, int co, float[] shift, int ho,
      float @Nullable [] residual, int ro, float low, float high, float[] y, int yo) {
    int whole = SPECIES.loopBound(n);
    for (int j = 0; j < whole; j += LANES) {
      var center = load(mean, mo + j);
      var factor = load(scale, co + j);
      var added = load(shift, ho + j);
      if (residual == null) {
        for (int i = 0; i < rows; i++) {
          load(x, xo + i * n + j).sub(center).fma(factor, added).max(low).min(high).intoArray(y, yo + i * n + j);
        }
      } else {
        for (int i = 0; i < rows; i++) {
          load(x, xo + i * n + j).sub(center).fma(factor, added).add(load(residual, ro + i * n + j)).max(low).min(high)
              .intoArray(y, yo + i * n + j);
        }
      }
    }
    REST.normalize(x, xo, rows, n, whole, mean, mo, scale, co, shift, ho, residual, ro, low, high, y, yo);
  }

  @Override
  void rectifyBackward(float[] y, int yo, float low, float high, float[] dy, int dyo, int n) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += LANES) {
      var value = load(y, yo + i);
      var open = value.compare(VectorOperators.GT, low).and(value.compare(VectorOperators.LT, high));
      FloatVector.zero(SPECIES).blend(load(dy, dyo + i), open).intoArray(dy, dyo + i);
    }
    REST.rectifyBackward(y, yo + whole, low, high, dy, dyo + whole, n - whole);
  }

  @Override
  void addGradients(float[] x, int xo, float[] dy, int dyo, int rows, int n, float[] mean, int mo, float[] sums, int so,
      float[] products, int po) {
    int whole = SPECIES.loopBound(n);
    for (int j = 0; j < whole; j += LANES) {
      var center = load(mean, mo + j);
      var sum = load(sums, so + j);
      var product = load(products, po + j);
      for (int i = 0; i < rows; i++) {
        var gradient = load(dy, dyo + i * n + j);
        sum = sum.add(gradient);
        product = gradient.fma(load(x, xo + i * n + j).sub(center), product);
      }
      sum.intoArray(sums, so + j);
      product.intoArray(products, po + j);
    }
    REST.addGradients(x, xo, dy, dyo, rows, n, whole, mean, mo, sums, so, products, po);
  }

  @Override
  void normalizeBackward(float[] x, int xo, float[] dy, int dyo, int rows, int n, float[] mean, int mo, float[] scale,
      int co, float[] slope, int lo, float[] shift, int ho, float[] dx, int dxo, boolean accumulate) {
    int whole = SPECIES.loopBound(n);
    for (int j = 0; j < whole; j += LANES) {
      var center = load(mean, mo + j);
      var factor = load(scale, co + j);
      var slopes = load(slope, lo + j);
      var added = load(shift, ho + j);
      if (accumulate) {
        for (int i = 0; i < rows; i++) {
          int at = i * n + j;
          var rest = load(x, xo + at).sub(center).fma(slopes, added);
          load(dx, dxo + at).add(load(dy, dyo + at).fma(factor, rest)).intoArray(dx, dxo + at);
        }
      } else {
        for (int i = 0; i < rows; i++) {
          int at = i * n + j;
          var rest = load(x, xo + at).sub(center).fma(slopes, added);
          load(dy, dyo + at).fma(factor, rest).intoArray(dx, dxo + at);
        }
      }
    }
    REST.normalizeBackward(x, xo, dy, dyo, rows, n, whole, mean, mo, scale, co, slope, lo, shift, ho, dx, dxo,
        accumulate);
  }

  @Override
  void depthwise(float[] x, int xo, int xStep, int[] from, float[] w, int wo, int[] taps, int count, int n,
      float[] start, int so, int startStep, int pixels, float[] y, int yo) {
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < pixels; i++) {
      for (int j = 0; j < whole; j += LANES) {
        var sum = load(start, so + i * startStep + j);
        for (int t = 0; t < count; t++) {
          sum = load(x, xo + i * xStep + from[t] + j).fma(load(w, wo + taps[t] * n + j), sum);
        }
        sum.intoArray(y, yo + i * n + j);
      }
    }
    REST.depthwise(x, xo, xStep, from, w, wo, taps, count, n, whole, start, so, startStep, pixels, y, yo);
  }

  @Override
  void addProducts(float[] x, int xo, int xStep, float[] dy, int dyo, int pixels, int n, float[] sums, int so) {
    int whole = SPECIES.loopBound(n);
    for (int j = 0; j < whole; j += LANES) {
      var sum = load(sums, so + j);
      for (int i = 0; i < pixels; i++) {
        sum = load(x, xo + i * xStep + j).fma(load(dy, dyo + i * n + j), sum);
      }
      sum.intoArray(sums, so + j);
    }
    REST.addProducts(x, xo, xStep, dy, dyo, pixels, n, whole, sums, so);
  }
}
