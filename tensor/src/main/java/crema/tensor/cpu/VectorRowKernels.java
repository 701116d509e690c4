package crema.tensor.cpu;

import crema.tensor.cpu.simd.SimdSpecies;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RowKernels} on the Vector API.
 *
 * <p>The rows of a large table come from memory, so what matters is how many loads are in flight. Sums therefore stay
 * in registers: the rows are walked once for each strip of 8, 4, 2 or 1 vectors of columns, and every load of a strip
 * is independent of the others.
 */
public final class VectorRowKernels extends RowKernels {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;
  private static final int W = SPECIES.length();
  private static final VectorShuffle<Float> FOLD_8 = fold(8);
  private static final VectorShuffle<Float> FOLD_4 = fold(4);
  private static final VectorShuffle<Float> FOLD_2 = fold(2);
  private static final VectorShuffle<Float> FOLD_1 = fold(1);

  /** The shuffle that brings lane {@code l + distance} to lane {@code l}. */
  private static VectorShuffle<Float> fold(int distance) {
    return VectorShuffle.fromOp(SPECIES, l -> (l + distance) & (W - 1));
  }

  @Override
  public void sumRows(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] sum, int so) {
    int j = 0;
    for (; j + 8 * W <= n; j += 8 * W) {
      sumStrip8(pages, pageShift, n, rows, from, to, sum, so, j);
    }
    if (j + 4 * W <= n) {
      sumStrip4(pages, pageShift, n, rows, from, to, sum, so, j);
      j += 4 * W;
    }
    if (j + 2 * W <= n) {
      sumStrip2(pages, pageShift, n, rows, from, to, sum, so, j);
      j += 2 * W;
    }
    for (; j < n; j += W) {
      sumStrip1(pages, pageShift, n, rows, from, to, sum, so, j);
    }
  }

  private static void sumStrip8(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] sum, int so, int j) {
    int mask = (1 << pageShift) - 1;
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    var s4 = s0;
    var s5 = s0;
    var s6 = s0;
    var s7 = s0;
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * n + j;
      s0 = s0.add(FloatVector.fromArray(SPECIES, page, base));
      s1 = s1.add(FloatVector.fromArray(SPECIES, page, base + W));
      s2 = s2.add(FloatVector.fromArray(SPECIES, page, base + 2 * W));
      s3 = s3.add(FloatVector.fromArray(SPECIES, page, base + 3 * W));
      s4 = s4.add(FloatVector.fromArray(SPECIES, page, base + 4 * W));
      s5 = s5.add(FloatVector.fromArray(SPECIES, page, base + 5 * W));
      s6 = s6.add(FloatVector.fromArray(SPECIES, page, base + 6 * W));
      s7 = s7.add(FloatVector.fromArray(SPECIES, page, base + 7 * W));
    }
    s0.intoArray(sum, so + j);
    s1.intoArray(sum, so + j + W);
    s2.intoArray(sum, so + j + 2 * W);
    s3.intoArray(sum, so + j + 3 * W);
    s4.intoArray(sum, so + j + 4 * W);
    s5.intoArray(sum, so + j + 5 * W);
    s6.intoArray(sum, so + j + 6 * W);
    s7.intoArray(sum, so + j + 7 * W);
  }

  private static void sumStrip4(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] sum, int so, int j) {
    int mask = (1 << pageShift) - 1;
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * n + j;
      s0 = s0.add(FloatVector.fromArray(SPECIES, page, base));
      s1 = s1.add(FloatVector.fromArray(SPECIES, page, base + W));
      s2 = s2.add(FloatVector.fromArray(SPECIES, page, base + 2 * W));
      s3 = s3.add(FloatVector.fromArray(SPECIES, page, base + 3 * W));
    }
    s0.intoArray(sum, so + j);
    s1.intoArray(sum, so + j + W);
    s2.intoArray(sum, so + j + 2 * W);
    s3.intoArray(sum, so + j + 3 * W);
  }

  private static void sumStrip2(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] sum, int so, int j) {
    int mask = (1 << pageShift) - 1;
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * n + j;
      s0 = s0.add(FloatVector.fromArray(SPECIES, page, base));
      s1 = s1.add(FloatVector.fromArray(SPECIES, page, base + W));
    }
    s0.intoArray(sum, so + j);
    s1.intoArray(sum, so + j + W);
  }

  /** The last strips: one vector, the part of it that lies beyond the row masked out. */
  private static void sumStrip1(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] sum, int so, int j) {
    int mask = (1 << pageShift) - 1;
    VectorMask<Float> inRow = SPECIES.indexInRange(j, n);
    var s = FloatVector.zero(SPECIES);
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * n + j;
      s = s.add(FloatVector.fromArray(SPECIES, page, base, inRow));
    }
    s.intoArray(sum, so + j, inRow);
  }

  @Override
  public void addToRows(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] x, int xo) {
    int mask = (1 << pageShift) - 1;
    int whole = SPECIES.loopBound(n);
    VectorMask<Float> inRow = SPECIES.indexInRange(whole, n);
    for (int i = from; i < to; i++) {
      float[] page = pages[rows[i] >>> pageShift];
      int base = (rows[i] & mask) * n;
      for (int j = 0; j < whole; j += W) {
        FloatVector.fromArray(SPECIES, page, base + j)
            .add(FloatVector.fromArray(SPECIES, x, xo + j))
            .intoArray(page, base + j);
      }
      if (whole < n) {
        FloatVector.fromArray(SPECIES, page, base + whole, inRow)
            .add(FloatVector.fromArray(SPECIES, x, xo + whole, inRow))
            .intoArray(page, base + whole, inRow);
      }
    }
  }

  @Override
  public float dot(float[] x, int xo, float[] y, int yo, int n) {
    return switch (W) {
      case 16 -> dot16(x, xo, y, yo, n);
      case 8 -> dot8(x, xo, y, yo, n);
      default -> dot4(x, xo, y, yo, n);
    };
  }

  private static float dot16(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n & -LANES;
    var s = FloatVector.zero(SPECIES);
    for (int j = 0; j < whole; j += LANES) {
      s = FloatVector.fromArray(SPECIES, x, xo + j).fma(FloatVector.fromArray(SPECIES, y, yo + j), s);
    }
    if (whole < n) {
      s = fmaTail(x, xo, y, yo, whole, n, s);
    }
    s = s.add(s.rearrange(FOLD_8));
    return foldFour(s.add(s.rearrange(FOLD_4)));
  }

  private static float dot8(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n & -LANES;
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    for (int j = 0; j < whole; j += LANES) {
      s0 = FloatVector.fromArray(SPECIES, x, xo + j).fma(FloatVector.fromArray(SPECIES, y, yo + j), s0);
      s1 = FloatVector.fromArray(SPECIES, x, xo + j + 8)
          .fma(FloatVector.fromArray(SPECIES, y, yo + j + 8), s1);
    }
    if (whole < n) {
      s0 = fmaTail(x, xo, y, yo, whole, n, s0);
      s1 = fmaTail(x, xo, y, yo, whole + 8, n, s1);
    }
    s0 = s0.add(s1);
    return foldFour(s0.add(s0.rearrange(FOLD_4)));
  }

  private static float dot4(float[] x, int xo, float[] y, int yo, int n) {
    int whole = n & -LANES;
    var s0 = FloatVector.zero(SPECIES);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    for (int j = 0; j < whole; j += LANES) {
      s0 = FloatVector.fromArray(SPECIES, x, xo + j).fma(FloatVector.fromArray(SPECIES, y, yo + j), s0);
      s1 = FloatVector.fromArray(SPECIES, x, xo + j + 4)
          .fma(FloatVector.fromArray(SPECIES, y, yo + j + 4), s1);
      s2 = FloatVector.fromArray(SPECIES, x, xo + j + 8)
          .fma(FloatVector.fromArray(SPECIES, y, yo + j + 8), s2);
      s3 = FloatVector.fromArray(SPECIES, x, xo + j + 12)
          .fma(FloatVector.fromArray(SPECIES, y, yo + j + 12), s3);
    }
    if (whole < n) {
      s0 = fmaTail(x, xo, y, yo, whole, n, s0);
      s1 = fmaTail(x, xo, y, yo, whole + 4, n, s1);
      s2 = fmaTail(x, xo, y, yo, whole + 8, n, s2);
      s3 = fmaTail(x, xo, y, yo, whole + 12, n, s3);
    }
    return foldFour(s0.add(s2).add(s1.add(s3)));
  }

  /** Adds the products of columns {@code j} to {@code n}, at most one vector of them. */
  private static FloatVector fmaTail(float[] x, int xo, float[] y, int yo, int j, int n, FloatVector s) {
    if (j >= n) {
      return s;
    }
    VectorMask<Float> inRow = SPECIES.indexInRange(j, n);
    return FloatVector.fromArray(SPECIES, x, xo + j, inRow)
        .fma(FloatVector.fromArray(SPECIES, y, yo + j, inRow), s);
  }

  /** The last two levels of the tree, over lanes 0 to 3. */
  private static float foldFour(FloatVector s) {
    var two = s.add(s.rearrange(FOLD_2));
    return two.add(two.rearrange(FOLD_1)).lane(0);
  }

  @Override
  public void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n) {
    int whole = SPECIES.loopBound(n);
    var a = FloatVector.broadcast(SPECIES, factor);
    for (int j = 0; j < whole; j += W) {
      a.fma(FloatVector.fromArray(SPECIES, x, xo + j), FloatVector.fromArray(SPECIES, y, yo + j))
          .intoArray(y, yo + j);
    }
    if (whole < n) {
      VectorMask<Float> inRow = SPECIES.indexInRange(whole, n);
      a.fma(FloatVector.fromArray(SPECIES, x, xo + whole, inRow),
          FloatVector.fromArray(SPECIES, y, yo + whole, inRow))
          .intoArray(y, yo + whole, inRow);
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
    int whole = SPECIES.loopBound(n);
    for (int j = 0; j < whole; j += W) {
      FloatVector.fromArray(SPECIES, x, xo + j).mul(factor).intoArray(x, xo + j);
    }
    for (int j = whole; j < n; j++) {
      x[xo + j] *= factor;
    }
  }

  @Override
  public void addWeightedRows(
      float[] weights, int wo, float[] page, int firstRow, int rowCount, int n, float[] sum) {
    int base = firstRow * n;
    int j = 0;
    for (; j + 4 * W <= n; j += 4 * W) {
      weightedStrip4(weights, wo, page, base + j, rowCount, n, sum, j);
    }
    for (; j < n; j += W) {
      weightedStrip1(weights, wo, page, base + j, rowCount, n, sum, j);
    }
  }

  private static void weightedStrip4(
      float[] weights, int wo, float[] page, int base, int rowCount, int n, float[] sum, int j) {
    var s0 = FloatVector.fromArray(SPECIES, sum, j);
    var s1 = FloatVector.fromArray(SPECIES, sum, j + W);
    var s2 = FloatVector.fromArray(SPECIES, sum, j + 2 * W);
    var s3 = FloatVector.fromArray(SPECIES, sum, j + 3 * W);
    for (int i = 0; i < rowCount; i++) {
      float weight = weights[wo + i];
      if (weight != 0f) {
        var a = FloatVector.broadcast(SPECIES, weight);
        int at = base + i * n;
        s0 = a.fma(FloatVector.fromArray(SPECIES, page, at), s0);
        s1 = a.fma(FloatVector.fromArray(SPECIES, page, at + W), s1);
        s2 = a.fma(FloatVector.fromArray(SPECIES, page, at + 2 * W), s2);
        s3 = a.fma(FloatVector.fromArray(SPECIES, page, at + 3 * W), s3);
      }
    }
    s0.intoArray(sum, j);
    s1.intoArray(sum, j + W);
    s2.intoArray(sum, j + 2 * W);
    s3.intoArray(sum, j + 3 * W);
  }

  private static void weightedStrip1(
      float[] weights, int wo, float[] page, int base, int rowCount, int n, float[] sum, int j) {
    VectorMask<Float> inRow = SPECIES.indexInRange(j, n);
    var s = FloatVector.fromArray(SPECIES, sum, j, inRow);
    for (int i = 0; i < rowCount; i++) {
      float weight = weights[wo + i];
      if (weight != 0f) {
        s = FloatVector.broadcast(SPECIES, weight).fma(FloatVector.fromArray(SPECIES, page, base + i * n, inRow), s);
      }
    }
    s.intoArray(sum, j, inRow);
  }

  @Override
  public void softmax(float[] x, int xo, int n) {
    float max = max(x, xo, n);
    int whole = SPECIES.loopBound(n);
    for (int i = 0; i < whole; i += W) {
      exp(FloatVector.fromArray(SPECIES, x, xo + i).sub(max).max(LEAST_EXPONENT)).intoArray(x, xo + i);
    }
    for (int i = whole; i < n; i++) {
      x[xo + i] = exp(Math.max(x[xo + i] - max, LEAST_EXPONENT));
    }
    scale(1f / sum(x, xo, n), x, xo, n);
  }

  private static float max(float[] x, int xo, int n) {
    int whole = SPECIES.loopBound(n);
    var most = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < whole; i += W) {
      most = most.max(FloatVector.fromArray(SPECIES, x, xo + i));
    }
    float max = most.reduceLanes(VectorOperators.MAX);
    for (int i = whole; i < n; i++) {
      max = Math.max(max, x[xo + i]);
    }
    return max;
  }

  private static FloatVector exp(FloatVector x) {
    var shifted = x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
    var n = shifted.sub(ROUNDER);
    var r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
    r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    var p = FloatVector.broadcast(SPECIES, EXP_7);
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_6));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_5));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_4));
    p = p.fma(r, FloatVector.broadcast(SPECIES, EXP_3));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 0.5f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
    var exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }
}
