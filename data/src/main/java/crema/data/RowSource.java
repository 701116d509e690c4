package crema.data;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows that can be read any number of times, always the same and in the same order, without ever being all in memory.
 */
public interface RowSource {
  /**
   * Starts a pass over the rows.
   *
   * @param listener receives the problems of rows that are skipped in this pass
   * @throws DataException if the source cannot be opened, or lacks a column that was asked for
   */
  RowCursor open(ProblemListener listener);

  /**
   * A SHA-256 in hexadecimal over everything that decides which rows come out: the bytes of the files, the format, the
   * columns, the part of a split. Reads the files once.
   */
  String fingerprint();

  /** Passes every row to a consumer, in order. */
  default void forEach(ProblemListener listener, Consumer<Row> consumer) {
    try (var cursor = open(listener)) {
      for (var row = cursor.next(); row != null; row = cursor.next()) {
        consumer.accept(row);
      }
    }
  }

  /**
   * The rows, changed or left out one by one as they are read.
   *
   * @param change what is done to a row, in a word or two
   * @param parameters all that decides what the function does; rows with other parameters have other fingerprints
   * @param function gives null for a row that is left out
   */
  default RowSource map(String change, String parameters, Function<Row, @Nullable Row> function) {
    return new MappedRows(this, change, parameters, function);
  }

  /** Rows held in memory. */
  static RowSource of(List<Row> rows) {
    return new MemoryRows(rows);
  }

  /** The rows of several sources, one source after the other. */
  static RowSource concat(List<? extends RowSource> sources) {
    return sources.size() == 1 ? sources.getFirst() : new ConcatenatedRows(sources);
  }
}
