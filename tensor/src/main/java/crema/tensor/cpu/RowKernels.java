package crema.tensor.cpu;

import crema.tensor.cpu.simd.Simd;

/**
 * Kernels on the rows of a large table: gather and sum, scatter and add, dot products.
 *
 * <p>The vector and the scalar version agree to the bit at every width. Sums over rows run in the order of the rows,
 * column by column; a dot product keeps 16 virtual lanes, lane {@code l} adding the products of columns
 * {@code l, l + 16, l + 32, ...} with fused multiply-adds, and combines them in the tree
 * {@code (l, l + 8), (l, l + 4), (l, l + 2), (l, l + 1)}.
 *
 * <p>A table is an array of pages of {@code 1 << pageShift} rows of {@code n} floats each; the last page may be
 * shorter. No kernel allocates.
 */
public abstract sealed class RowKernels permits ScalarRowKernels, VectorRowKernels {

  /** The virtual lanes of a dot product. */
  static final int LANES = 16;

  static final float LEAST_EXPONENT = -87f;
  static final float LOG2_E = 1.442695f;
  static final float LN2_HIGH = 0.693145752f;
  static final float LN2_LOW = 1.42860677e-6f;
  static final float EXP_3 = 1f / 6;
  static final float EXP_4 = 1f / 24;
  static final float EXP_5 = 1f / 120;
  static final float EXP_6 = 1f / 720;
  static final float EXP_7 = 1f / 5040;

  /** Adding this to a small float leaves the nearest integer in its lowest bits. */
  static final float ROUNDER = 0x1.8p23f;

  RowKernels() {}

  /** The fastest kernels this JVM can run, or those that the property {@code crema.simd} asks for. */
  public static RowKernels best() {
    return Simd.isVector() ? new VectorRowKernels() : new ScalarRowKernels();
  }

  /**
   * Sums rows of a table: {@code sum[j] = table[rows[from], j] + ... + table[rows[to - 1], j]}, zero if there is none.
   *
   * @param pages the table, {@code [rows, n]}
   * @param sum receives {@code n} sums
   */
  public abstract void sumRows(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] sum, int so);

  /** Adds one vector to rows of a table, in their order: {@code table[rows[i], j] += x[xo + j]}. */
  public abstract void addToRows(
      float[][] pages, int pageShift, int n, int[] rows, int from, int to, float[] x, int xo);

  /** The dot product of {@code n} columns of {@code x} and {@code y}. */
  public abstract float dot(float[] x, int xo, float[] y, int yo, int n);

  /** {@code y[j] = fma(factor, x[j], y[j])} for {@code n} columns. */
  public abstract void addScaled(float factor, float[] x, int xo, float[] y, int yo, int n);

  /**
   * Dot products of one vector with consecutive rows of one page:
   * {@code out[i] = dot(x, page[(firstRow + i) * n ...])}.
   */
  public abstract void dotRows(
      float[] page, int firstRow, int rowCount, int n, float[] x, int xo, float[] out, int oo);

  /** {@code x[j] *= factor} for {@code n} columns. */
  public abstract void scale(float factor, float[] x, int xo, int n);

  /**
   * Adds a weighted sum of consecutive rows of one page: {@code sum[j] = fma(weights[i], page[firstRow + i, j],
   * sum[j])} for {@code i} from 0 to {@code rowCount}, rows of weight 0 left out.
   */
  public abstract void addWeightedRows(
      float[] weights, int wo, float[] page, int firstRow, int rowCount, int n, float[] sum);

  /**
   * Replaces {@code n} scores by their softmax. Scores more than 87 below the largest become {@code exp(-87)} of it;
   * a score that is not a finite number makes all of them NaN.
   */
  public abstract void softmax(float[] x, int xo, int n);

  /** {@code exp(x)} for {@code x} in [-87, 0]: range reduction by ln 2, and its Taylor series to the seventh power. */
  static float exp(float x) {
    float shifted = Math.fma(x, LOG2_E, ROUNDER);
    float n = shifted - ROUNDER;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float p = EXP_7;
    p = Math.fma(p, r, EXP_6);
    p = Math.fma(p, r, EXP_5);
    p = Math.fma(p, r, EXP_4);
    p = Math.fma(p, r, EXP_3);
    p = Math.fma(p, r, 0.5f);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    return Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
  }

  /** The sum of {@code n} floats, in four interleaved chains. */
  static float sum(float[] x, int xo, int n) {
    float s0 = 0f;
    float s1 = 0f;
    float s2 = 0f;
    float s3 = 0f;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += x[xo + i];
      s1 += x[xo + i + 1];
      s2 += x[xo + i + 2];
      s3 += x[xo + i + 3];
    }
    for (; i < n; i++) {
      s0 += x[xo + i];
    }
    return s0 + s2 + (s1 + s3);
  }
}
