package crema.embed;

import crema.tensor.cpu.RowKernels;

/**
 * Products of vectors with rows of a table, the same bits whatever the width of the machine's vectors.
 *
 * @param values {@code [rows, size]}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Dots(float[] values, int size) {
  private static final RowKernels KERNELS = RowKernels.best();

  /** The product of a vector, which begins somewhere in an array, with a row. */
  float of(float[] query, int begin, int row) {
    return KERNELS.dot(query, begin, values, row * size, size);
  }
}
