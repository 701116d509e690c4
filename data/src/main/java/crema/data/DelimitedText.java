package crema.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how the fields of a text file are separated, from the columns that it must have: the name of a file says
 * little of it, as a spreadsheet writes other separators in other countries.
 */
final class DelimitedText {
  /** What is tried where the usual separator gives no header with the columns. */
  private static final List<Character> SEPARATORS = List.of(',', ';', '\t', '|');

  /** A first line by which a spreadsheet is told the separator. */
  private static final Pattern SEPARATOR_LINE = Pattern.compile("sep=(.)\\s*");

  /** Records that are looked at to see whether fields are quoted. */
  private static final int RECORDS = 1000;

  /**
   * What was found.
   *
   * @param format how to read the file
   * @param note what to tell of it, in one line; null where it is what the name says
   */
  record Found(Delimited format, @Nullable String note) {}

  private final DataFile file;
  private final List<String> needed;

  private DelimitedText(DataFile file, List<String> needed) {
    this.file = file;
    this.needed = needed;
  }

  /**
   * Finds out how a file is to be read.
   *
   * @param usual how its name says that it is read; null if it says nothing
   * @param needed the names of columns that it must have
   * @return null if it has the columns in no way that is known
   */
  static @Nullable Found find(DataFile file, @Nullable Delimited usual, List<String> needed) {
    return new DelimitedText(file, needed).find(usual);
  }

  private @Nullable Found find(@Nullable Delimited usual) {
    Matcher first = SEPARATOR_LINE.matcher(firstLine());
    if (first.matches()) {
      char separator = first.group(1).charAt(0);
      return new Found(new Csv(separator, 1),
          file.name() + ": fields separated by " + shown(separator) + ", header in line 2 after '"
              + first.group().strip()
              + "'");
    }
    for (Delimited format : candidates(usual)) {
      if (hasColumns(format)) {
        String note = format.equals(usual) ? null : file.name() + ": fields separated by " + shown(format.separator());
        return format instanceof Tsv && isQuoted()
            ? new Found(new Csv('\t'), file.name() + ": fields separated by tabs and quoted as in CSV")
            : new Found(format, note);
      }
    }
    return null;
  }

  private static Set<Delimited> candidates(@Nullable Delimited usual) {
    var candidates = new LinkedHashSet<Delimited>();
    if (usual != null) {
      candidates.add(usual);
    }
    SEPARATORS.forEach(separator -> candidates.add(separator == '\t' ? new Tsv() : new Csv(separator)));
    return candidates;
  }

  private boolean hasColumns(Delimited format) {
    try {
      return format.columns(file).containsAll(needed);
    } catch (DataException e) {
      // No header by these rules; where it is none by any, whoever reads the file says so.
      return false;
    }
  }

  private static String shown(char separator) {
    return separator == '\t' ? "tabs" : "'" + separator + "'";
  }

  private String firstLine() {
    return LineReader.read(file, lines -> lines.advance() ? lines.text() : "");
  }

  /** Whether records are whole only if a quoted field may hold tabs and line breaks. */
  private boolean isQuoted() {
    return faults(LineReader.read(file, lines -> widths(new TsvRecords(lines)))) > 0
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
