package crema.tensor.cpu;

/**
 * Lays out parts of a matrix as the panels that {@link MicroKernel} reads. Panels of {@code depth} steps follow each
 * other without gaps, so the panel that starts at row i of A, or column j of B, is at {@code i * depth} or
 * {@code j * depth}.
 */
final class Panels {
  private final MicroKernel kernel;
  private final int lanes;

  Panels(MicroKernel kernel) {
    this.kernel = kernel;
    this.lanes = kernel.lanes();
  }

  /** The floats in a row of panels for so many columns of B: a multiple of a vector. */
  int paddedColumns(int columns) {
    return Math.toIntExact(((long) columns + lanes - 1) / lanes * lanes);
  }

  /**
   * Packs a block of A, {@code [rows, depth]}.
   *
   * @param first where the block's first element is in {@code a}
   * @param transposed whether {@code a} holds Aᵀ, so that k goes down its rows
   */
  void packA(
      boolean transposed, float[] a, int first, int lda, int rows, int depth, float[] to, int offset) {
    for (int i = 0; i < rows; ) {
      int panelRows = kernel.panelRows(rows - i);
      int source = first + i * (transposed ? 1 : lda);
      pack(!transposed, a, source, lda, panelRows, depth, to, offset + i * depth, panelRows);
      i += panelRows;
    }
  }

  /**
   * Packs a block of B, {@code [depth, columns]}. The last panel is as wide as the fewest vectors that hold its
   * columns; what the other lanes of its last vector hold does not matter.
   *
   * @param first where the block's first element is in {@code b}
   * @param transposed whether {@code b} holds Bᵀ, so that k goes along its rows
   */
  void packB(
      boolean transposed, float[] b, int first, int ldb, int columns, int depth, float[] to, int offset) {
    for (int j = 0; j < columns; j += kernel.columns()) {
      int width = Math.min(kernel.columns(), columns - j);
      pack(transposed, b, first + j * (transposed ? ldb : 1), ldb, width, depth, to, offset + j * depth,
          paddedColumns(width));
    }
  }

  /** Packs one panel, {@code [depth, width]} with row stride {@code stride}. */
  private void pack(
      boolean depthAlongRows, float[] from, int first, int ldf, int width, int depth,
      float[] to, int offset, int stride) {
    if (depthAlongRows && stride == 1) {
      System.arraycopy(from, first, to, offset, depth);
      return;
    }
    // Whole vectors are stored, so a vector that is wider than what is left of the panel's row writes into the next
    // row, which is then written itself, and after the last row would write into the next panel, which another thread
    // may be packing: the last row takes the slow way. The rightmost vectors come first for the same reason.
    for (int group = (width - 1) / lanes * lanes; group >= 0; group -= lanes) {
      int groupWidth = Math.min(lanes, width - group);
      int vectorRows = group + lanes <= stride ? depth : depth - 1;
      if (depthAlongRows) {
        int blocks = vectorRows / lanes;
        int source = first + group * ldf;
        kernel.transpose(from, source, ldf, groupWidth, to, offset + group, stride, blocks);
        for (int i = 0; i < groupWidth; i++) {
          for (int k = blocks * lanes; k < depth; k++) {
            to[offset + group + i + k * stride] = from[source + i * ldf + k];
          }
        }
      } else {
        int source = first + group;
        int rows = Math.min(vectorRows, wholeVectors(from.length - source, ldf));
        kernel.copy(from, source, ldf, to, offset + group, stride, rows);
        for (int k = rows; k < depth; k++) {
          System.arraycopy(from, source + k * ldf, to, offset + group + k * stride, groupWidth);
        }
      }
    }
  }

  /** How many vectors, one every {@code stride} floats, fit in so many floats. */
  private int wholeVectors(int floats, int stride) {
    return floats < lanes ? 0 : (floats - lanes) / stride + 1;
  }
}
