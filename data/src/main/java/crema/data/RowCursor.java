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
  @Nullable Row next();

  @Override
  void close();
}
