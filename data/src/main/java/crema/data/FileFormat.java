package crema.data;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * A format of files of rows. To add one, implement this interface and name the class as a provider for
 * {@link ServiceLoader}: files of the format are then read like all others, by the command line too.
 *
 * <p>A format's {@code toString} must contain all of its settings: with the bytes of a file and the columns, it
 * identifies the rows.
 */
public interface FileFormat {
  /** The name, such as {@code jsonl}. */
  String key();

  /**
   * The extensions of files of this format, in lower case and without a dot. A suffix for compression may follow in the
   * name of a file.
   */
  List<String> extensions();

  /**
   * Whether a file whose name says nothing is of this format.
   *
   * @param head its first bytes, decompressed and without a byte order mark; 64 unless the file is shorter
   */
  default boolean beginsWith(byte[] head) {
    return false;
  }

  /**
   * Whether a file may hold several tables, one of which {@code FILE!/NAME} names; {@link DataFile#part} is the name.
   */
  default boolean hasParts() {
    return false;
  }

  /**
   * The names of a file's columns, in its order; none where rows of this format have no named columns.
   *
   * @throws DataException if the file cannot be read, or has no header
   */
  default List<String> columns(DataFile file) {
    return List.of();
  }

  /**
   * Starts a pass over the rows of a file.
   *
   * @param listener receives the rows that cannot be used
   * @throws DataException if the file cannot be read, or lacks one of the columns
   */
  RowCursor open(DataFile file, Columns columns, ProblemListener listener);

  /**
   * Begins to write a table of this format.
   *
   * @param out stays open
   * @throws DataException if files of this format are not written
   */
  default TableWriter writer(OutputStream out, List<TableColumn> columns) throws IOException {
    throw new DataException("files of the format " + key() + " are read, and not written");
  }

  /** All formats: Crema's own, then those of other providers. */
  static List<FileFormat> all() {
    return InstalledFormats.ALL;
  }

  /**
   * The format of a file by the extension of its name, or else by its first bytes.
   *
   * @throws DataException if neither is of any format
   */
  static FileFormat detect(DataFile file) {
    return find(file).orElseThrow(() -> new DataException(file.name()
        + " does not say by its name or its first line what format it has: say it with --input-format ("
        + all().stream().map(FileFormat::key).collect(Collectors.joining(", "))
        + "), or what stands between its fields with --separator"));
  }

  /** Whether the extension of a file's name is that of a format. */
  static boolean isNamed(DataFile file) {
    return byName(file).isPresent();
  }

  /** The format of a file by the extension of its name, or else by its first bytes; nothing if neither says. */
  static Optional<FileFormat> find(DataFile file) {
    return byName(file).or(() -> {
      byte[] head = file.head();
      return all().stream().filter(format -> format.beginsWith(head)).findFirst();
    });
  }

  private static Optional<FileFormat> byName(DataFile file) {
    String name = file.plainName();
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return all().stream().filter(format -> format.extensions().contains(extension)).findFirst();
  }
}
