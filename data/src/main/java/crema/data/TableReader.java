package crema.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a table, of which the first one names the columns; {@link RowCursor#of} makes rows of them. What
 * a {@link FileFormat} with columns has to implement.
 */
public interface TableReader extends AutoCloseable {
  /**
   * Goes to the next record, sound or not.
   *
   * @return false at the end
   * @throws DataException if the file cannot be read on
   */
  boolean advance();

  /**
   * The fields of the current record; asked for beside no problem but bytes that are no UTF-8, in whose place stand
   * replacement characters.
   */
  List<String> fields();

  /** The line on which the current record begins, from 1; of a binary file, the number of the record. */
  long line();

  /** What is wrong with the current record, or null. */
  @Nullable
  RowProblem problem();

  @Override
  void close();
}
