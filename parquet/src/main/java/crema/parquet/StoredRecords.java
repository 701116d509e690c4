package crema.parquet;

import crema.data.DataFile;
import crema.data.RowFault;
import crema.data.RowProblem;
import crema.data.TableReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.SchemaNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The records of some columns, the names of the columns first. */
final class StoredRecords implements TableReader {
  private final StoredTable table;
  private final DataFile file;
  private final List<SchemaNode> columns;
  private final RowReader rows;
  /** Where the columns are among those that are read. */
  private final int[] places;
  private List<String> fields = List.of();
  private @Nullable RowProblem problem;
  /** The number of the current row; -1 before the header, and 0 at it. */
  private long row = -1;

  StoredRecords(StoredTable table, DataFile file, List<SchemaNode> columns, RowReader rows) {
    this.table = table;
    this.file = file;
    this.columns = columns;
    this.rows = rows;
    var names = IntStream.range(0, rows.getFieldCount()).mapToObj(rows::getFieldName).toList();
    places = columns.stream().mapToInt(column -> names.indexOf(column.name())).toArray();
  }

  @Override
  public boolean advance() {
    if (row < 0) {
      row = 0;
      fields = columns.stream().map(SchemaNode::name).toList();
      return true;
    }
    try {
      if (!rows.hasNext()) {
        return false;
      }
      rows.next();
      row++;
      problem = null;
      var read = new ArrayList<String>(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        read.add(text(columns.get(i), places[i]));
      }
      fields = read;
      return true;
    } catch (RuntimeException e) {
      throw StoredTable.damaged(file, e, Math.max(0, row));
    }
  }

  private String text(SchemaNode column, int place) {
    if (rows.isNull(place)) {
      return "";
    }
    try {
      return CellText.of(rows.getValue(place), column);
    } catch (NotText e) {
      problem = new RowProblem(RowFault.INVALID_UTF8, file.name(), row,
          "the value of '" + column.name() + "' is binary and no UTF-8");
      return "";
    }
  }

  @Override
  public List<String> fields() {
    return fields;
  }

  @Override
  public long line() {
    return Math.max(1, row);
  }

  @Override
  public @Nullable RowProblem problem() {
    return problem;
  }

  @Override
  public void close() {
    try (table; rows) {
      // Both are closed, also where one of them fails.
      return;
    }
  }
}
