package crema.data;

import crema.base.Fingerprint;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are changed as they are read.
 *
 * @param change what is done to a row, in words
 * @param parameters all that decides what the function does
 */
record MappedRows(RowSource rows, String change, String parameters, UnaryOperator<Row> function) implements RowSource {
  @Override
  public RowCursor open(ProblemListener listener) {
    RowCursor cursor = rows.open(listener);
    return new RowCursor() {
      @Override
      public @Nullable Row next() {
        Row row = cursor.next();
        return row == null ? null : function.apply(row);
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }

  @Override
  public String fingerprint() {
    return new Fingerprint(change).add(rows.fingerprint()).add(parameters).hex();
  }
}
