package crema.tensor.cpu;

import crema.tensor.cpu.gemm.MicroKernel;

/**
 * Products of matrices so small that they stay in the caches: what attention does for each head. The right-hand side is
 * in panels of {@value #PANEL} columns, k-major; the left one is read where it is, with any strides, so that a matrix
 * and its transpose cost the same.
 *
 * <p>Every element is one chain of fused multiply-adds from the first step to the last, whatever the width, and a long
 * product may be cut into several calls without changing a bit.
 */
abstract sealed class TileKernels permits ScalarTileKernels, VectorTileKernels {
  /** The columns of a panel. */
  static final int PANEL = 16;

  /** The columns of the panels that hold so many columns. */
  static int padded(int columns) {
    return (columns + PANEL - 1) / PANEL * PANEL;
  }

  /**
   * c += a · b.
   *
   * @param rows rows of a and c
   * @param columns columns of b and c, a multiple of {@value #PANEL}
   * @param depth columns of a and rows of b
   * @param a element (i, k) is at {@code ao + i * rowStride + k * stepStride}
   * @param b panel p is at {@code bo + p * panelStride} with rows of {@value #PANEL}
   * @param c row i is at {@code co + i * ldc}
   */
  abstract void multiplyAdd(int rows, int columns, int depth, float[] a, int ao, int rowStride, int stepStride,
      float[] b, int bo, int panelStride, float[] c, int co, int ldc);

  /**
   * Packs a matrix into panels, each {@code [rows, PANEL]}; columns beyond the last become zero.
   *
   * @param x row i is at {@code xo + i * ldx}
   */
  static void pack(float[] x, int xo, int ldx, int rows, int columns, float[] to, int offset) {
    for (int column = 0; column < columns; column += PANEL) {
      int width = Math.min(PANEL, columns - column);
      int panel = offset + column * rows;
      for (int row = 0; row < rows; row++) {
        int at = panel + row * PANEL;
        System.arraycopy(x, xo + row * ldx + column, to, at, width);
        for (int i = width; i < PANEL; i++) {
          to[at + i] = 0;
        }
      }
    }
  }

  /**
   * Packs the transpose of a matrix into panels, each {@code [columns, PANEL]}; what the last panel holds beyond the
   * last row of the matrix is undefined.
   *
   * @param x row i is at {@code xo + i * ldx}
   */
  static void packTransposed(MicroKernel transposer, float[] x, int xo, int ldx, int rows, int columns, float[] to,
      int offset) {
    int lanes = transposer.lanes();
    int blocks = columns / lanes;
    for (int row = 0; row < rows; row += lanes) {
      int height = Math.min(lanes, rows - row);
      int from = xo + row * ldx;
      int target = offset + row / PANEL * PANEL * columns + row % PANEL;
      transposer.transpose(x, from, ldx, height, to, target, PANEL, blocks);
      for (int i = 0; i < height; i++) {
        for (int k = blocks * lanes; k < columns; k++) {
          to[target + k * PANEL + i] = x[from + i * ldx + k];
        }
      }
    }
  }
}
