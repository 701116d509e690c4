package crema.data;

import crema.base.Fingerprint;
import java.nio.file.Path;

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

  /** The rows of a file of a known format. */
  public FileRows(DataFile file, FileFormat format, Columns columns) {
    this.file = file;
    this.format = format;
    this.columns = columns;
  }

  /** The rows of a file whose format is {@linkplain FileFormat#detect detected}. */
  public static FileRows of(Path path, Columns columns) {
    var file = DataFile.of(path);
    return new FileRows(file, FileFormat.detect(file), columns);
  }

  /** What makes up a row. */
  public Columns columns() {
    return columns;
  }

  /** The file. */
  public DataFile file() {
    return file;
  }

  @Override
  public RowCursor open(ProblemListener listener) {
    return format.open(file, columns, listener);
  }

  @Override
  public String fingerprint() {
    return new Fingerprint("file").add(file.sha256()).add(format.toString()).add(columns.toString()).hex();
  }
}
