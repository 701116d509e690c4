package crema.data;

import java.util.function.Function;
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
   * The rest of the rows, changed or left out one by one as they are read.
   *
   * @param function gives null for a row that is left out
   * @return is closed in place of this one
   */
  default RowCursor map(Function<Row, @Nullable Row> function) {
    return new MappedCursor(this, function);
  }

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
