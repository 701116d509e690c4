package crema.data;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A pass over rows that are changed, or left out, as they are read.
 *
 * @param rows is closed with it
 * @param function gives null for a row that is left out
 */
record MappedCursor(RowCursor rows, Function<Row, @Nullable Row> function) implements RowCursor {
  @Override
  public @Nullable Row next() {
    for (Row row = rows.next(); row != null; row = rows.next()) {
      Row changed = function.apply(row);
      if (changed != null) {
        return changed;
      }
    }
    return null;
  }

  @Override
  public void close() {
    rows.close();
  }
}
