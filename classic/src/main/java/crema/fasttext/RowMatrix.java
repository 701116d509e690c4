package crema.fasttext;

import crema.base.IntList;

/** A matrix whose rows are read: vectors of words and n-grams, {@code [rows, dim]}. */
sealed interface RowMatrix permits DenseMatrix, QuantizedMatrix {
  long rows();

  int dim();

  /** {@code x[j] += row[j]}, in single precision and in the order of the original. */
  void addRow(int row, float[] x);

  /**
   * The mean of rows: {@code hidden[j] = (table[rows[0], j] + table[rows[1], j] + ...) * (1 / rows.size())}, each
   * column summed in the order of the rows. Zero if there are none.
   */
  void averageRows(IntList rows, float[] hidden);

  /** The dot product of {@code x} with a row, products added from the first column to the last, none fused. */
  float dot(float[] x, int row);

  /** {@link #dot} for rows 0 to {@code count}. */
  void dotRows(float[] x, int count, float[] out);
}
