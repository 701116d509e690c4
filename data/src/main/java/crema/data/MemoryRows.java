package crema.data;

import crema.base.Fingerprint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows held in memory. */
final class MemoryRows implements RowSource {
  private final List<Row> rows;

  MemoryRows(List<Row> rows) {
    this.rows = List.copyOf(rows);
  }

  @Override
  public RowCursor open(ProblemListener listener) {
    var iterator = rows.iterator();
    return new RowCursor() {
      @Override
      public @Nullable Row next() {
        if (!iterator.hasNext()) {
          return null;
        }
        listener.row();
        return iterator.next();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public String fingerprint() {
    var hash = new Fingerprint("rows");
    for (var row : rows) {
      hash.add(row.fields()).add(row.text()).add(row.labels()).add(row.meta().group()).add(row.meta().language());
      if (row.meta().picture() != null) {
        hash.add(row.meta().picture());
      }
    }
    return hash.hex();
  }
}
