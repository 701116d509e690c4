package crema.data;

import crema.base.Fingerprint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows whose texts are {@linkplain TextColumn#compose composed} of their columns anew. */
record ComposedRows(RowSource rows, List<TextColumn> columns) implements RowSource {
  @Override
  public RowCursor open(ProblemListener listener) {
    RowCursor cursor = rows.open(listener);
    return new RowCursor() {
      @Override
      public @Nullable Row next() {
        Row row = cursor.next();
        return row == null ? null : new Row(TextColumn.compose(columns, row.fields()), row.fields(), row.labels(),
            row.group(), row.language(), row.file(), row.line());
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }

  @Override
  public String fingerprint() {
    return new Fingerprint("composed").add(rows.fingerprint()).add(columns.toString()).hex();
  }
}
