package crema.data;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a table row by row; {@link FileFormat#writer} makes one. What was written is a whole file once it is closed. */
public interface TableWriter extends AutoCloseable {
  /**
   * Appends a row.
   *
   * @param cells a value for each column, of the type that its {@linkplain TableColumn.Kind kind} says
   */
  void write(List<@Nullable Object> cells) throws IOException;

  @Override
  void close() throws IOException;
}
