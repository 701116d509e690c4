package crema.tensor.cpu.gemm;

/**
 * Lays out parts of a matrix as the panels that {@link MicroKernel} reads. Panels of B of {@code depth} steps follow
 * each other without gaps, so the panel that starts at column j is at {@code j * depth}.
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
   * Packs rows of A, {@code [rows, depth]}, as panels of as many rows as {@link MicroKernel#panelRows} gives. The panel
   * that starts at row i is at {@code i * depth}.
   *
   * @param first where the first element is in {@code a}
   * @param transposed whether {@code a} holds Aᵀ, so that k goes down its rows
   * @param to receives the panels from {@code offset}; what follows them, up to a vector, may be overwritten
   */
  void packA(boolean transposed, float[] a, int first, int lda, int rows, int depth, float[] to, int offset) {
    int done = 0;
    if (transposed) {
      int panels = rows / kernel.rows();
      copy(a, first, lda, kernel.rows(), panels, depth, to, offset);
      done = panels * kernel.rows();
    }
    while (done < rows) {
      int height = kernel.panelRows(rows - done);
      int panel = offset + done * depth;
      if (transposed) {
        copyRows(a, first + done, lda, height, 0, depth, to, panel, height);
      } else {
        transpose(a, first + done * lda, lda, height, depth, to, panel, height);
      }
      done += height;
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
    int panelColumns = kernel.columns();
    int done = 0;
    if (!transposed) {
      int panels = columns / panelColumns;
      copy(b, first, ldb, panelColumns, panels, depth, to, offset);
      done = panels * panelColumns;
    }
    for (; done < columns; done += panelColumns) {
      int width = Math.min(panelColumns, columns - done);
      int panel = offset + done * depth;
      if (transposed) {
        transpose(b, first + done * ldb, ldb, width, depth, to, panel, paddedColumns(width));
      } else {
        copyRows(b, first + done, ldb, width, 0, depth, to, panel, paddedColumns(width));
      }
    }
  }

  /**
   * Packs one panel, {@code [depth, width]} with row stride {@code stride}, from a source in which k goes along its
   * rows. Its rows are written in whole vectors. One that is wider than what is left of the row writes into the next
   * row, which is written after it; the rightmost vectors of the rows come first for the same reason.
   */
  private void transpose(
      float[] from, int first, int ldf, int width, int depth, float[] to, int panel, int stride) {
    if (stride == 1) {
      System.arraycopy(from, first, to, panel, depth);
      return;
    }
    for (int column = (width - 1) / lanes * lanes; column >= 0; column -= lanes) {
      int columns = Math.min(lanes, width - column);
      int source = first + column * ldf;
      int blocks = depth / lanes;
      kernel.transpose(from, source, ldf, columns, to, panel + column, stride, blocks);
      for (int i = 0; i < columns; i++) {
        for (int k = blocks * lanes; k < depth; k++) {
          to[panel + column + i + k * stride] = from[source + i * ldf + k];
        }
      }
    }
  }

  /**
   * Packs panels of {@code width} columns, each {@code [depth, width]}, from a source in which k goes down its rows. A
   * few rows are read at a time, all panels of each: that suits the hardware that reads ahead. They are written in
   * whole vectors, rightmost first, for the reason above; only the last rows are copied float by float, since what
   * follows them is the next panel, and their source may end.
   */
  private void copy(
      float[] from, int first, int ldf, int width, int panels, int depth, float[] to, int offset) {
    int strip = MicroKernel.COPIED_ROWS;
    int strips = Math.max(0, width % lanes == 0 ? depth / strip : (depth - 1) / strip);
    for (int k = 0; k < strips * strip; k += strip) {
      for (int column = (width - 1) / lanes * lanes; column >= 0; column -= lanes) {
        kernel.copy(from, first + k * ldf + column, ldf, width, to, offset + k * width + column, width,
            width * depth, panels);
      }
    }
    for (int panel = 0; panel < panels; panel++) {
      copyRows(from, first + panel * width, ldf, width, strips * strip, depth, to, offset
          + panel * width * depth, width);
    }
  }

  /** Packs rows {@code begin} to {@code end} of one panel from a source in which k goes down its rows. */
  private static void copyRows(
      float[] from, int first, int ldf, int width, int begin, int end, float[] to, int panel, int stride) {
    for (int k = begin; k < end; k++) {
      System.arraycopy(from, first + k * ldf, to, panel + k * stride, width);
    }
  }
}
