package crema.tensor.cpu;

/**
 * Lays out parts of a matrix as the panels that {@link MicroKernel} reads. Panels of B of {@code depth} steps follow
 * each other without gaps, so the panel that starts at column j is at {@code j * depth}.
 */
final class Panels {
  /**
   * Where k goes down the rows of a source, so many rows are read at a time, all panels of each: whole rows suit the
   * hardware that reads ahead.
   */
  private static final int STRIP = 32;

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
   * Packs one panel of A, {@code [rows, depth]}.
   *
   * @param first where the panel's first element is in {@code a}
   * @param transposed whether {@code a} holds Aᵀ, so that k goes down its rows
   * @param rows a size that there is a kernel for, as {@link MicroKernel#panelRows} gives
   * @param to receives the panel from {@code offset}; what follows it, up to a vector, may be overwritten
   */
  void packA(boolean transposed, float[] a, int first, int lda, int rows, int depth, float[] to, int offset) {
    if (transposed) {
      copy(a, first, lda, rows, 0, depth, to, offset, rows);
    } else {
      transpose(a, first, lda, rows, depth, to, offset, rows);
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
    int strip = transposed ? depth : STRIP;
    for (int k = 0; k < depth; k += strip) {
      int end = Math.min(depth, k + strip);
      for (int j = 0; j < columns; j += kernel.columns()) {
        int width = Math.min(kernel.columns(), columns - j);
        int panel = offset + j * depth;
        if (transposed) {
          transpose(b, first + j * ldb, ldb, width, depth, to, panel, paddedColumns(width));
        } else {
          copy(b, first + j, ldb, width, k, end, to, panel, paddedColumns(width));
        }
      }
    }
  }

  // A panel's row is written in whole vectors. One that is wider than what is left of the row writes into the next row,
  // which is written after it; the rightmost vectors of the rows come first for the same reason.

  /**
   * Packs one panel, {@code [depth, width]} with row stride {@code stride}, from a source in which k goes along its
   * rows.
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
   * Packs rows {@code begin} to {@code end} of one panel, {@code [depth, width]} with row stride {@code stride}, from
   * a source in which k goes down its rows.
   */
  private void copy(
      float[] from, int first, int ldf, int width, int begin, int end, float[] to, int panel, int stride) {
    for (int column = (width - 1) / lanes * lanes; column >= 0; column -= lanes) {
      int source = first + column;
      int whole = Math.clamp(wholeVectors(from.length - source, ldf), begin, end);
      kernel.copy(from, source + begin * ldf, ldf, to, panel + column + begin * stride, stride, whole - begin);
      for (int k = whole; k < end; k++) {
        System.arraycopy(from, source + k * ldf, to, panel + column + k * stride, Math.min(lanes, width - column));
      }
    }
  }

  /** How many vectors, one every {@code stride} floats, fit in so many floats. */
  private int wholeVectors(int floats, int stride) {
    return floats < lanes ? 0 : (floats - lanes) / stride + 1;
  }
}
