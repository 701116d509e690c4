package crema.data;

import crema.base.Fingerprint;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are changed, or left out, as they are read.
 *
 * @param change what is done to a row, in words
 * @param parameters all that decides what the function does
 * @param function gives null for a row that is left out
 */
record MappedRows(RowSource rows, String change, String parameters, Function<Row, @Nullable Row> function)
    implements RowSource {
  @Override
  public RowCursor open(ProblemListener listener) {
    return rows.open(listener).map(function);
  }

  @Override
  public String fingerprint() {
    return new Fingerprint(change).add(rows.fingerprint()).add(parameters).hex();
  }
}
