package crema.data;

import crema.base.Fingerprint;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one file. Every pass opens it anew and holds one row in memory.
 *
 * <p>Rows that cannot be used are reported to the pass's listener and skipped. Blank lines are neither rows nor
 * problems. The one fault that no listener can skip is a quote in CSV that is opened and never closed, because the rest
 * of the file would be lost with it.
 */
public final class FileRows implements RowSource {
  private final DataFile file;
  private final FileFormat format;
  private final Columns columns;
  private final @Nullable String note;

  /** The rows of a file of a known format. */
  public FileRows(DataFile file, FileFormat format, Columns columns) {
    this(file, format, columns, null);
  }

  private FileRows(DataFile file, FileFormat format, Columns columns, @Nullable String note) {
    this.file = file;
    this.format = format;
    this.columns = columns;
    this.note = note;
  }

  /** The rows of a file of which nothing is known; see {@link #of(Path, Columns, FileOptions)}. */
  public static FileRows of(Path path, Columns columns) {
    return of(path, columns, FileOptions.UNKNOWN);
  }

  /**
   * The rows of a file. Its format is the one that is known, or else {@linkplain FileFormat#find found} by its name or its
   * first bytes. Where no separator of fields is known, it is the one by which the header has the columns that are asked
   * for.
   *
   * @throws DataException if the format cannot be told
   */
  public static FileRows of(Path path, Columns columns, FileOptions options) {
    DataFile file = DataFile.of(path, options.encoding());
    FileFormat named = options.formatOf(file).orElse(null);
    if (!options.hasHeader()) {
      if (named instanceof Delimited delimited) {
        return new FileRows(file, new Headerless(delimited), columns);
      }
      throw new DataException(file.name() + " is no table of which it is known how fields are separated: say it with "
          + "--separator, for instance --separator tab");
    }
    if (options.separator() == null && (named == null || named instanceof Delimited)) {
      DelimitedText.Found found = DelimitedText.find(file, (Delimited) named, columns.all());
      if (found != null) {
        return new FileRows(file, found.format(), columns, found.note());
      }
    }
    return new FileRows(file, named == null ? FileFormat.detect(file) : named, columns);
  }

  /** The rows of the same file, read in the same way, made up of other columns. */
  public FileRows withColumns(Columns others) {
    return new FileRows(file, format, others, note);
  }

  /** What makes up a row. */
  public Columns columns() {
    return columns;
  }

  /** The names of all columns of the file, in its order; none where they have no names. */
  public List<String> columnNames() {
    return format.columns(file);
  }

  /** The file. */
  public DataFile file() {
    return file;
  }

  @Override
  public RowCursor open(ProblemListener listener) {
    if (note != null) {
      listener.note(note);
    }
    return format.open(file, columns, listener);
  }

  @Override
  public String fingerprint() {
    return new Fingerprint("file").add(file.sha256()).add(format.toString()).add(columns.toString()).hex();
  }
}
