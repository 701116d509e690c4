package crema.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how the fields of a text file are separated and quoted, from the columns that it must have: the name of a file
 * says little of it, as a spreadsheet writes other separators in other countries.
 */
final class DelimitedText {
  /** What is tried where the usual separator gives no header with the columns. */
  private static final List<Character> SEPARATORS = List.of(',', ';', '\t', '|', '^', '\u0001');

  /** A first line by which a spreadsheet is told the separator. */
  private static final Pattern SEPARATOR_LINE = Pattern.compile("\"?sep=(.)\"?\\s*");

  /** Records that are looked at to see how fields are quoted. */
  private static final int RECORDS = 1000;

  /**
   * What was found.
   *
   * @param format how to read the file
   * @param note what to tell of it, in one line; null where it is what the name says
   */
  record Found(Delimited format, @Nullable String note) {}

  private final DataFile file;
  private final Columns columns;
  private final Set<String> elsewhere;
  private final FileOptions options;

  private DelimitedText(DataFile file, Columns columns, Set<String> elsewhere, FileOptions options) {
    this.file = file;
    this.columns = columns;
    this.elsewhere = elsewhere;
    this.options = options;
  }

  /**
   * Finds out how a file is to be read.
   *
   * @param usual how its name says that it is read; null if it says nothing
   * @param columns what it must have
   * @param elsewhere names of columns that it need not have
   * @param options says how fields are quoted, if that is known
   * @return null if it has the columns in no way that is known
   */
  static @Nullable Found find(DataFile file, @Nullable Delimited usual, Columns columns, Set<String> elsewhere,
      FileOptions options) {
    return new DelimitedText(file, columns, elsewhere, options).find(usual);
  }

  private @Nullable Found find(@Nullable Delimited usual) {
    Matcher first = SEPARATOR_LINE.matcher(firstLine());
    if (first.matches()) {
      char separator = first.group(1).charAt(0);
      return new Found(options.quoted(new Csv(separator, 1)),
          file.name() + ": fields separated by " + shown(separator) + ", header in line 2 after '"
              + first.group().strip()
              + "'");
    }
    Delimited best = null;
    long most = 0;
    for (Delimited format : candidates(usual)) {
      long had = had(header(format));
      if (had > most) {
        best = format;
        most = had;
      }
      if (most == columns.all().size()) {
        break;
      }
    }
    if (best == null) {
      return null;
    }
    boolean isUsual = best.equals(usual);
    return options.quote() == null && best instanceof Tsv && isQuoted()
        ? new Found(new Csv('\t'), file.name() + ": fields separated by tabs and quoted as in CSV")
        : new Found(best, isUsual ? null : file.name() + ": fields separated by " + shown(best.separator()));
  }

  private Set<Delimited> candidates(@Nullable Delimited usual) {
    var candidates = new LinkedHashSet<Delimited>();
    if (usual != null) {
      candidates.add(usual);
    }
    SEPARATORS.stream().filter(separator -> !separator.equals(options.quote()))
        .forEach(separator -> candidates.add(options.quoted(separator == '\t' ? new Tsv() : new Csv(separator))));
    return candidates;
  }

  /** How many of the wanted columns a header has; 0 if it lacks one that it must have. */
  private long had(Collection<String> header) {
    List<String> wanted = columns.all();
    boolean isUsable = wanted.stream().allMatch(name -> header.contains(name) || elsewhere.contains(name));
    return isUsable ? wanted.stream().filter(header::contains).count() : 0;
  }

  private List<String> header(Delimited format) {
    try {
      return format.columns(file);
    } catch (DataException e) {
      // No header by these rules; where it is none by any, whoever reads the file says so.
      return List.of();
    }
  }

  private static String shown(char separator) {
    return separator == '\t' ? "tabs" : separator < ' ' ? "the character U+%04X".formatted((int) separator)
        : "'" + separator + "'";
  }

  private String firstLine() {
    return LineReader.read(file, lines -> lines.advance() ? lines.text() : "");
  }

  /** Whether records are whole only if a quoted field may hold tabs and line breaks. */
  private boolean isQuoted() {
    return faults(LineReader.read(file, lines -> widths(new UnquotedRecords(lines, '\t')))) > 0
        && faults(LineReader.read(file, lines -> widths(new Csv('\t').records(file, lines)))) == 0;
  }

  private static List<Integer> widths(TableReader records) {
    var widths = new ArrayList<Integer>();
    try {
      while (widths.size() < RECORDS && records.advance()) {
        widths.add(records.problem() == null ? records.fields().size() : 0);
      }
    } catch (DataException e) {
      // A quote that is never closed.
      widths.add(0);
    }
    return widths;
  }

  private static long faults(List<Integer> widths) {
    return widths.stream().filter(width -> !width.equals(widths.getFirst())).count();
  }
}
