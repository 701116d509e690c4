package crema.parquet;

import crema.data.DataException;
import crema.data.DataFile;
import crema.data.PlainFile;
import crema.data.TableReader;
import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open Parquet file. */
final class StoredTable implements AutoCloseable {
  /** Pages are decoded while rows are made of those before. */
  private static final int THREADS = 2;

  private final DataFile file;
  private final PlainFile plain;
  private final HardwoodContext context;
  private final ParquetFileReader reader;

  private StoredTable(DataFile file, PlainFile plain, HardwoodContext context, ParquetFileReader reader) {
    this.file = file;
    this.plain = plain;
    this.context = context;
    this.reader = reader;
  }

  /** Opens a file, and checks what it says of itself. */
  static StoredTable open(DataFile file) {
    PlainFile plain = file.openPlain();
    HardwoodContext context = HardwoodContext.create(THREADS);
    @Nullable ParquetFileReader reader = null;
    try {
      reader = ParquetFileReader.open(InputFile.of(plain.path()), context);
      PageBounds.check(plain.path(), file.name(), reader.getFileMetaData());
      return new StoredTable(file, plain, context, reader);
    } catch (IOException | RuntimeException e) {
      close(plain, context, reader);
      throw damaged(file, e, 0);
    }
  }

  /** The names of the columns: those at the top of the schema. */
  List<String> columns() {
    return fields().stream().map(SchemaNode::name).toList();
  }

  private List<SchemaNode> fields() {
    return reader.getFileSchema().getRootNode().children();
  }

  /**
   * The records, header first. They close this table with them.
   *
   * @param names which columns, in the order of the file
   */
  TableReader records(List<String> names) {
    List<SchemaNode> read = fields().stream().filter(field -> names.contains(field.name())).toList();
    // With a dot, a name would be taken for the path of a value within another.
    boolean isPath = names.stream().anyMatch(name -> name.indexOf('.') >= 0);
    try {
      return new StoredRecords(this, file, read, reader.buildRowReader().projection(
          isPath ? ColumnProjection.all() : ColumnProjection.columns(names.toArray(String[]::new))).build());
    } catch (RuntimeException e) {
      throw damaged(file, e, 0);
    }
  }

  /** What is to be said where a file cannot be read on after some rows; what says so already stays as it is. */
  static DataException damaged(DataFile file, Throwable e, long rows) {
    if (e instanceof DataException said) {
      return said;
    }
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new DataException(file.name() + (rows == 0 ? "" : ", after row " + rows)
        + ": cannot be read as Parquet; it is damaged, or made in a way that is not read ("
        + (e.getMessage() == null ? e.getClass().getSimpleName() : message) + ")", e);
  }

  @Override
  public void close() {
    close(plain, context, reader);
  }

  private static void close(PlainFile plain, HardwoodContext context, @Nullable ParquetFileReader reader) {
    try (plain; context; reader) {
      // All are closed, also where one of them fails.
      return;
    } catch (IOException e) {
      throw new DataException(plain.path() + ": cannot be closed: " + e.getMessage(), e);
    }
  }
}
