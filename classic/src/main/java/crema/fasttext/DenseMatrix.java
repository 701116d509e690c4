package crema.fasttext;

import crema.base.IntList;
import crema.base.LargeArrays;
import crema.tensor.cpu.RowKernels;
import java.util.Arrays;

/**
 * A matrix of floats, paged by rows so that it may exceed what one array holds.
 *
 * <p>Predictions follow the original's order of additions to the bit. Its losses look probabilities up in a table, so
 * that a difference in the last bit of a score may show in the third digit of a probability.
 */
final class DenseMatrix implements RowMatrix {
  /** A page holds at most 256 MiB. */
  private static final long PAGE_FLOATS = 1L << 26;

  /** The rows that are worked on together, to hide the latency of additions that depend on each other. */
  private static final int UNROLL = 8;

  private final long rows;
  private final int dim;
  private final float[][] pages;
  private final int pageShift;
  private final RowKernels kernels = RowKernels.best();

  /** A matrix of zeros. */
  DenseMatrix(long rows, int dim) {
    if (rows > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the table would have " + rows + " rows; at most 2,147,483,647 can be numbered: lower bucket");
    }
    this.rows = rows;
    this.dim = dim;
    pageShift = Math.max(0, 63 - Long.numberOfLeadingZeros(PAGE_FLOATS / dim));
    long pageRows = 1L << pageShift;
    pages = new float[(int) ((rows + pageRows - 1) / pageRows)][];
    for (int p = 0; p < pages.length; p++) {
      pages[p] = LargeArrays.floats(Math.min(pageRows, rows - p * pageRows) * dim);
    }
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public int dim() {
    return dim;
  }

  float[][] pages() {
    return pages;
  }

  int pageShift() {
    return pageShift;
  }

  float[] page(int row) {
    return pages[row >>> pageShift];
  }

  /** Where a row starts in its {@link #page}. */
  int offset(int row) {
    return (row & (1 << pageShift) - 1) * dim;
  }

  void copyRow(int row, float[] target, int targetOffset) {
    System.arraycopy(page(row), offset(row), target, targetOffset, dim);
  }

  void setRow(int row, float[] source, int sourceOffset) {
    System.arraycopy(source, sourceOffset, page(row), offset(row), dim);
  }

  @Override
  public void addRow(int row, float[] x) {
    float[] page = page(row);
    int base = offset(row);
    for (int j = 0; j < dim; j++) {
      x[j] += page[base + j];
    }
  }

  @Override
  public void averageRows(IntList rowList, float[] hidden) {
    if (rowList.isEmpty()) {
      Arrays.fill(hidden, 0, dim, 0f);
      return;
    }
    kernels.sumRows(pages, pageShift, dim, rowList.array(), 0, rowList.size(), hidden, 0);
    kernels.scale((float) (1.0 / rowList.size()), hidden, 0, dim);
  }

  @Override
  public float dot(float[] x, int row) {
    float[] page = page(row);
    int base = offset(row);
    float sum = 0f;
    for (int j = 0; j < dim; j++) {
      sum += page[base + j] * x[j];
    }
    return sum;
  }

  @Override
  public void dotRows(float[] x, int count, float[] out) {
    int row = 0;
    while (row < count) {
      int inPage = Math.min(count - row, pages[row >>> pageShift].length / dim - (row & (1 << pageShift) - 1));
      dotRowsOfPage(page(row), offset(row), x, inPage, out, row);
      row += inPage;
    }
  }

  private void dotRowsOfPage(float[] page, int base, float[] x, int count, float[] out, int outOffset) {
    int row = 0;
    for (; row + UNROLL <= count; row += UNROLL) {
      dotEight(page, base + row * dim, x, dim, out, outOffset + row);
    }
    for (; row < count; row++) {
      float sum = 0f;
      for (int j = 0; j < dim; j++) {
        sum += page[base + row * dim + j] * x[j];
      }
      out[outOffset + row] = sum;
    }
  }

  private static void dotEight(float[] page, int base, float[] x, int dim, float[] out, int outOffset) {
    float s0 = 0f;
    float s1 = 0f;
    float s2 = 0f;
    float s3 = 0f;
    float s4 = 0f;
    float s5 = 0f;
    float s6 = 0f;
    float s7 = 0f;
    for (int j = 0; j < dim; j++) {
      int at = base + j;
      float xj = x[j];
      s0 += page[at] * xj;
      s1 += page[at + dim] * xj;
      s2 += page[at + 2 * dim] * xj;
      s3 += page[at + 3 * dim] * xj;
      s4 += page[at + 4 * dim] * xj;
      s5 += page[at + 5 * dim] * xj;
      s6 += page[at + 6 * dim] * xj;
      s7 += page[at + 7 * dim] * xj;
    }
    out[outOffset] = s0;
    out[outOffset + 1] = s1;
    out[outOffset + 2] = s2;
    out[outOffset + 3] = s3;
    out[outOffset + 4] = s4;
    out[outOffset + 5] = s5;
    out[outOffset + 6] = s6;
    out[outOffset + 7] = s7;
  }

  /** The training version of {@link #dotRows}: fused, in the kernels' order. */
  void score(float[] x, int count, float[] out) {
    int pageRows = 1 << pageShift;
    for (int row = 0; row < count; row += pageRows) {
      kernels.dotRows(pages[row >>> pageShift], 0, Math.min(pageRows, count - row), dim, x, 0, out, row);
    }
  }

  /** {@code x += weights[0] * row 0 + weights[1] * row 1 + ...} */
  void addWeightedRows(float[] weights, int count, float[] x) {
    int pageRows = 1 << pageShift;
    for (int row = 0; row < count; row += pageRows) {
      kernels.addWeightedRows(weights, row, pages[row >>> pageShift], 0, Math.min(pageRows, count - row), dim, x);
    }
  }

  DenseMatrix copy() {
    var copy = new DenseMatrix(rows, dim);
    for (int p = 0; p < pages.length; p++) {
      System.arraycopy(pages[p], 0, copy.pages[p], 0, pages[p].length);
    }
    return copy;
  }
}
