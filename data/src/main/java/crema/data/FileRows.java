package crema.data;

import crema.base.Fingerprint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
  private final List<String> notes;

  /** The rows of a file of a known format. */
  public FileRows(DataFile file, FileFormat format, Columns columns) {
    this(file, format, columns, List.of());
  }

  private FileRows(DataFile file, FileFormat format, Columns columns, List<String> notes) {
    this.file = file;
    this.format = format;
    this.columns = columns;
    this.notes = List.copyOf(notes);
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
    return of(path, columns, options, Set.of());
  }

  /**
   * The rows of a file that is open to be read any number of times; see {@link #of(Path, Columns, FileOptions)}. Its
   * encoding is its own.
   *
   * @throws DataException if the format cannot be told
   */
  public static FileRows of(DataFile file, Columns columns, FileOptions options) {
    return of(file, columns, options, Set.of());
  }

  /**
   * Whether a file whose name and first bytes say nothing is a table that has some columns, of which others may be missing.
   *
   * @param options how other files with these columns were written, which may hold for this one too
   */
  public static boolean isTable(DataFile file, Columns columns, FileOptions options) {
    if (FileFormat.find(file).isPresent()) {
      return false;
    }
    Optional<FileFormat> format = options.formatOf(file);
    if (format.isEmpty()) {
      return DelimitedText.find(file, null, columns, Set.of(), options) != null
          || DelimitedText.hasOne(file, null, columns, options);
    }
    return format.get() instanceof Delimited table
        && DelimitedText.hasOne(file, options.hasHeader() ? table : new Headerless(table), columns, options);
  }

  /**
   * The rows of several files, each read as if it were alone, but for columns that only some of them have: those are empty
   * in the others, which the listener of a pass is told. A file with none of the text columns, or with none of the label
   * columns, is no such file: a pass over it fails.
   *
   * @param among more files that may have the columns, whose rows are not wanted here
   * @throws DataException if the format of one cannot be told
   */
  public static List<FileRows> all(List<Path> paths, List<Path> among, Columns columns, FileOptions options) {
    var files = new LinkedHashSet<>(paths);
    files.addAll(among);
    if (files.size() < 2) {
      return paths.stream().map(path -> of(path, columns, options)).toList();
    }
    var known = new HashSet<String>();
    var widths = new LinkedHashMap<String, List<String>>();
    for (Path path : files) {
      List<String> names = of(path, columns, options, Set.copyOf(columns.all(List.of()))).columnNames();
      known.addAll(names);
      widths.put(path.toString(), names);
    }
    requireHeaders(widths, columns);
    return paths.stream().map(path -> of(path, columns, options, known)).toList();
  }

  /** Names what a tool that splits files leaves behind: parts of which only the first one has the header. */
  private static void requireHeaders(Map<String, List<String>> headers, Columns columns) {
    headers.forEach((file, names) -> headers.forEach((other, named) -> {
      List<String> wanted = columns.all(named);
      if (!names.isEmpty() && names.size() == named.size() && wanted.stream().noneMatch(names::contains)
          && named.containsAll(wanted)) {
        throw new DataException(file + " has none of the columns " + String.join(", ", wanted) + ", which "
            + other
            + " has. If it goes on where that one ends, without a header, put them together: cat " + other + " " + file
            + " > rows.csv");
      }
    }));
  }

  /**
   * The rows of a file.
   *
   * @param elsewhere names of columns that are empty in its rows if it does not have them
   */
  private static FileRows of(Path path, Columns columns, FileOptions options, Set<String> elsewhere) {
    return of(DataFile.of(path, options.encoding()), columns, options, elsewhere);
  }

  private static FileRows of(DataFile file, Columns columns, FileOptions options, Set<String> elsewhere) {
    FileFormat named = options.formatOf(file).orElse(null);
    if (!options.hasHeader()) {
      if (named instanceof Delimited delimited) {
        return new FileRows(file, new Headerless(delimited), columns).without(elsewhere);
      }
      throw new DataException(file.name() + " is no table of which it is known how fields are separated: say it with "
          + "--separator, for instance --separator tab");
    }
    if (options.separator() == null && (named == null || named instanceof Delimited)) {
      DelimitedText.Found found = DelimitedText.find(file, (Delimited) named, columns, elsewhere, options);
      if (found != null) {
        return new FileRows(file, found.format(), columns,
            found.note() == null ? List.of() : List.of(found.note())).without(elsewhere);
      }
    }
    return new FileRows(file, named == null ? FileFormat.detect(file) : named, columns).without(elsewhere);
  }

  /** The same rows, in which those of some columns are empty that the file does not have. */
  private FileRows without(Set<String> names) {
    List<String> existing = names.isEmpty() ? List.of() : columnNames();
    if (existing.isEmpty()) {
      return this;
    }
    var absent = new LinkedHashSet<>(columns.all(existing));
    absent.retainAll(names);
    existing.forEach(absent::remove);
    // In JSON, a value within the value of a column.
    absent.removeIf(name -> name.indexOf('.') > 0 && existing.contains(name.substring(0, name.indexOf('.'))));
    absent.removeAll(columns.indispensable(existing));
    if (absent.isEmpty()) {
      return this;
    }
    var more = new ArrayList<>(notes);
    more.add(file.name() + (absent.size() == 1 ? ": no column '" : ": no columns '") + String.join("', '", absent)
        + "', which "
        + (absent.size() == 1 ? "is" : "are") + " empty in its rows");
    return new FileRows(file, format, columns.withAbsent(absent), more);
  }

  /** The rows of the same file, read in the same way, made up of other columns. */
  public FileRows withColumns(Columns others) {
    return new FileRows(file, format, others, notes);
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
    notes.forEach(listener::note);
    return format.open(file, columns, listener);
  }

  @Override
  public String fingerprint() {
    return new Fingerprint("file").add(file.sha256()).add(format.toString()).add(columns.toString()).hex();
  }
}
