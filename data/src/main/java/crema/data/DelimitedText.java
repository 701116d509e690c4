package crema.data;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how the fields of a text file are separated and quoted, from the columns that it must have: the name of a file
 * says little of it, as a spreadsheet writes other separators in other countries.
 */
final class DelimitedText {
  /** What is tried where the usual separator gives no header with the columns. */
  private static final List<String> SEPARATORS = List.of(",", ";", "\t", "|", "^", "\u0001");

  /** A first line by which a spreadsheet is told the separator. */
  private static final Pattern SEPARATOR_LINE = Pattern.compile("\"?sep=(.)\"?\\s*");

  /** Characters of names, and those that stand around fields. */
  private static final String NO_SEPARATORS = "_-.'\"()[]{}";

  private static final char DOUBLE_QUOTE = '"';
  private static final char SINGLE_QUOTE = '\'';

  private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"]|\"\")*+\"");
  private static final Pattern ESCAPED_QUOTE = Pattern.compile("\\\\\"");

  /** How many lines may stand before a header. */
  private static final int LINES_BEFORE = 20;

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

  /**
   * Whether a header has at least one of some columns.
   *
   * @param format how the file is read; null to try what is usual
   */
  static boolean hasOne(DataFile file, @Nullable FileFormat format, Columns columns, FileOptions options) {
    var text = new DelimitedText(file, columns, Set.of(), options);
    Stream<? extends FileFormat> tried = format == null ? text.candidates(null).stream() : Stream.of(format);
    return tried.map(text::header).anyMatch(header -> columns.all(header).stream().anyMatch(header::contains));
  }

  private @Nullable Found find(@Nullable Delimited usual) {
    Matcher first = SEPARATOR_LINE.matcher(line(1));
    if (first.matches()) {
      String separator = first.group(1).substring(0, 1);
      return new Found(options.quoted(new Csv(separator, 1)),
          file.name() + ": fields separated by " + shown(separator) + ", header in line 2 after '"
              + first.group().strip() + "'");
    }
    Delimited best = best(candidates(usual));
    if (best == null && options.quote() == null) {
      best = best(SEPARATORS.stream().map(separator -> new Csv(separator, 0, SINGLE_QUOTE)).toList());
    }
    if (best == null) {
      best = unusual();
    }
    if (best == null) {
      best = behindOtherLines();
    }
    if (best == null) {
      return null;
    }
    Delimited quoted = options.quote() == null ? quoted(best) : best;
    return new Found(quoted, quoted.equals(usual) ? null : file.name() + ": " + describe(quoted, usual));
  }

  /** That by which the header has the most columns, and of equal ones the first. */
  private @Nullable Delimited best(Collection<? extends Delimited> candidates) {
    Delimited best = null;
    long most = 0;
    for (Delimited format : candidates) {
      long had = had(header(format));
      if (had > most) {
        best = format;
        most = had;
      }
      if (most == columns.all(header(format)).size()) {
        break;
      }
    }
    return best;
  }

  private Set<Delimited> candidates(@Nullable Delimited usual) {
    var candidates = new LinkedHashSet<Delimited>();
    if (usual != null) {
      candidates.add(usual);
    }
    SEPARATORS.stream().filter(separator -> !separator.equals(String.valueOf(options.quote()))).forEach(separator -> {
      if (separator.equals("\t")) {
        candidates.add(options.quoted(new Tsv()));
      }
      candidates.add(options.quoted(new Csv(separator)));
    });
    return candidates;
  }

  /** A separator that nobody else has, if it gives all columns and each record has as many fields as the header. */
  private @Nullable Delimited unusual() {
    return line(1).chars()
        .filter(c -> c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c) && NO_SEPARATORS.indexOf(c) < 0)
        .distinct().mapToObj(c -> (char) c).filter(c -> !c.equals(options.quote()))
        .map(separator -> options.quoted(new Csv(separator)))
        .filter(format -> hasAll(format) && faults(format) == 0).findFirst().orElse(null);
  }

  /** A table with a title, or with comments, before its header. */
  private @Nullable Delimited behindOtherLines() {
    for (int skipped = 1; skipped <= LINES_BEFORE; skipped++) {
      String line = line(skipped + 1);
      for (String separator : SEPARATORS) {
        if (line.contains(separator) && !separator.equals(String.valueOf(options.quote()))) {
          Delimited format = options.quoted(
              separator.equals("\t") ? new Csv(separator, skipped, Csv.UNQUOTED) : new Csv(separator, skipped));
          if (hasAll(format)) {
            return format;
          }
        }
      }
    }
    return null;
  }

  private boolean hasAll(Delimited format) {
    List<String> header = header(format);
    return had(header) == columns.all(header).size();
  }

  /** The same, quoted in another way if its records are whole by that way alone. */
  private Delimited quoted(Delimited format) {
    String separator = format.separator();
    int skipped = format instanceof Csv csv ? csv.skipped() : 0;
    var others = new ArrayList<Delimited>();
    if (format instanceof Tsv || format instanceof Csv csv && csv.quote() == Csv.UNQUOTED) {
      others.add(new Csv(separator, skipped));
    } else {
      if (isMet(ESCAPED_QUOTE)) {
        others.add(new Csv(separator, skipped, DOUBLE_QUOTE, true));
      }
      if (isMet(Pattern.compile("(^|" + Pattern.quote(separator) + ")" + SINGLE_QUOTE))) {
        others.add(new Csv(separator, skipped, SINGLE_QUOTE));
      }
    }
    if (format instanceof Tsv && areQuotesDoubled(format)) {
      return new Csv(separator);
    }
    return others.isEmpty() || faults(format) == 0 ? format
        : others.stream().filter(other -> hasAll(other) && faults(other) == 0).findFirst().orElse(format);
  }

  /** Whether each field that begins with a quote is quoted by the rules of CSV, and one has quotes that are doubled. */
  private boolean areQuotesDoubled(Delimited format) {
    return LineReader.read(file, lines -> {
      boolean areDoubled = false;
      TableReader records = format.records(file, lines);
      for (int i = 0; i < RECORDS && records.advance(); i++) {
        for (String field : records.fields()) {
          if (field.startsWith("\"")) {
            if (!QUOTED.matcher(field).matches()) {
              return false;
            }
            areDoubled |= field.substring(1, field.length() - 1).contains("\"\"");
          }
        }
      }
      return areDoubled;
    });
  }

  /** Whether one of the first lines has such a place. */
  private boolean isMet(Pattern pattern) {
    return LineReader.read(file, lines -> {
      while (lines.number() < RECORDS && lines.advance()) {
        if (pattern.matcher(lines.text()).find()) {
          return true;
        }
      }
      return false;
    });
  }

  private String describe(Delimited format, @Nullable Delimited usual) {
    var parts = new ArrayList<String>();
    Csv csv = format instanceof Csv table ? table : new Csv(format.separator());
    if (usual == null || !usual.separator().equals(csv.separator())) {
      parts.add("fields separated by " + shown(csv.separator()));
    }
    if (format instanceof Csv && csv.separator().equals("\t") && csv.quote() == DOUBLE_QUOTE) {
      parts.clear();
      parts.add("fields separated by tabs and quoted as in CSV");
    } else if (csv.quote() == SINGLE_QUOTE) {
      parts.add("fields quoted by \"" + SINGLE_QUOTE + "\"");
    }
    if (csv.isEscaped()) {
      parts.add("quotes within fields written \\" + DOUBLE_QUOTE);
    }
    if (csv.skipped() > 0) {
      parts.add("header in line " + (csv.skipped() + 1));
    }
    return String.join(", ", parts);
  }

  /** How many of the wanted columns a header has; 0 if it lacks one that it must have. */
  private long had(Collection<String> header) {
    List<String> wanted = columns.all(header);
    boolean isUsable = wanted.stream().allMatch(name -> header.contains(name) || elsewhere.contains(name));
    return isUsable ? wanted.stream().filter(header::contains).count() : 0;
  }

  private List<String> header(FileFormat format) {
    try {
      return format.columns(file);
    } catch (DataException e) {
      // No header by these rules; where it is none by any, whoever reads the file says so.
      return List.of();
    }
  }

  private static String shown(String separator) {
    return separator.equals("\t") ? "tabs" : separator.length() == 1 && separator.charAt(0) < ' ' ? String.format(
        Locale.ROOT, "the character U+%04X", (int) separator.charAt(0))
        : "'" + separator + "'";
  }

  /** A line, from 1; empty behind the last one. */
  private String line(int number) {
    return LineReader.read(file, lines -> {
      while (lines.number() < number && lines.advance()) {
        // On to the next one.
      }
      return lines.number() == number ? lines.text() : "";
    });
  }

  /** How many of the first records have another number of fields than the header, or bad quotes. */
  private long faults(Delimited format) {
    List<Integer> widths = LineReader.read(file, lines -> {
      try (TableReader records = format.records(file, lines)) {
        return widths(records);
      }
    });
    return widths.stream().filter(width -> !width.equals(widths.getFirst())).count();
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
}
