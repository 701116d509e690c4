package crema.data;

import org.jspecify.annotations.Nullable;

/** A single pass over rows. Not safe for use by several threads. */
public interface RowCursor extends AutoCloseable {
  /**
   * Reads on to the next usable row.
   *
   * @return the row, or null at the end
   * @throws DataException if the file cannot be read on, or the problem listener stopped the reading
   */
  @Nullable
  Row next();

  @Override
  void close();

  /**
   * The rows of a table.
   *
   * @param file the file that the table is read from, for messages
   * @param table its records; closed with the cursor
   * @throws DataException if there is no header, or a column is missing
   */
  static RowCursor of(DataFile file, TableReader table, Columns columns, ProblemListener listener) {
    return new TableCursor(file, table, columns, listener);
  }
}
