package crema.parquet;

import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.data.ProblemListener;
import crema.data.RowCursor;
import crema.data.TableColumn;
import crema.data.TableWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Parquet files, read by Hardwood. Values become text by {@link crema.data.TypedText}; lists, maps and groups become JSON.
 * Only the columns that are asked for are read. A row's line is its number in the file, from 1.
 */
public record Parquet() implements FileFormat {
  /** How a file begins and ends. */
  static final byte[] MAGIC = {'P', 'A', 'R', '1'};

  @Override
  public String key() {
    return "parquet";
  }

  @Override
  public List<String> extensions() {
    return List.of("parquet", "pq");
  }

  @Override
  public boolean beginsWith(byte[] head) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (i >= head.length || head[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public List<String> columns(DataFile file) {
    try (StoredTable table = StoredTable.open(file)) {
      return table.columns();
    }
  }

  @Override
  public TableWriter writer(OutputStream out, List<TableColumn> columns) throws IOException {
    return new ParquetWriter(out, columns);
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    StoredTable table = StoredTable.open(file);
    try {
      List<String> existing = table.columns();
      List<String> wanted = columns.all(existing);
      // Where one is missing, whoever looks for it names those that there are.
      List<String> read = existing.containsAll(wanted) ? existing.stream().filter(wanted::contains).toList() : existing;
      return RowCursor.of(file, table.records(read), columns, listener);
    } catch (RuntimeException e) {
      table.close();
      throw e;
    }
  }
}
