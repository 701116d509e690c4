package crema.cli.fuzz;

import crema.data.Columns;
import crema.data.Csv;
import crema.data.FileOptions;
import crema.data.FileRows;
import crema.data.LabelFormat;
import crema.data.ProblemLog;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads files of rows in the ways that commands do, and checks what holds for all files. */
final class Rows {
  private static final List<LabelFormat> LABELS = List.of(LabelFormat.SINGLE, LabelFormat.many(","),
      LabelFormat.path(">"), LabelFormat.many(",").withOneHot(), LabelFormat.many("|"));
  private static final Pattern TABLES = Pattern.compile(".*\\.[ct]sv");
  private static final Set<String> MISSING = Set.of("NA", "NaN", "null");

  private Rows() {}

  /** What a pass found: how many rows, and what they hold. */
  private record Pass(long rows, long problems, long hash) {}

  /** Reads the rows, twice, with columns of the file; some bytes decide on what the columns are for. */
  static void read(Path file, byte[] bytes) {
    int variant = Math.floorMod(Arrays.hashCode(bytes), 1 << 16);
    FileOptions options = variant % 7 == 0 && TABLES.matcher(file.toString()).matches()
        ? new FileOptions(null, null, variant % 2 == 0 ? Csv.UNQUOTED : null, false, null) : FileOptions.UNKNOWN;
    FileRows rows = FileRows.of(file, Columns.text(options.hasHeader() ? "title" : "1"), options);
    List<String> names = rows.columnNames();
    Columns columns = names.isEmpty() ? Columns.text("title") : columns(names, variant / 7);
    LabelFormat labels = LABELS.get(variant % LABELS.size());
    rows = rows.withColumns(names.size() == 1 ? columns
        : columns.withLabels(labels, names.isEmpty() ? "label" : names.get(1)));
    Pass first = pass(rows);
    if (!pass(rows).equals(first)) {
      throw new AssertionError("a second pass finds other rows");
    }
    rows.fingerprint();
  }

  private static Columns columns(List<String> names, int variant) {
    String last = names.getLast();
    return switch (variant % 5) {
      case 0 -> Columns.text(names.getFirst());
      case 1 -> Columns.text(names.getFirst()).withMissing(MISSING).withGroup(last);
      case 2 -> Columns.text(names.getFirst()).withWeight(last);
      case 3 -> Columns.text(names.getFirst()).withKept(names).withLanguage(last);
      default -> Columns.text(names.toArray(String[]::new));
    };
  }

  private static Pass pass(FileRows rows) {
    var problems = new ProblemLog();
    long count = 0;
    long hash = 0;
    long line = 0;
    try (var cursor = rows.open(problems)) {
      for (var row = cursor.next(); row != null; row = cursor.next()) {
        count++;
        hash = 31 * hash + row.text().hashCode() + 7L * row.labels().hashCode();
        if (row.meta().line() < line) {
          throw new AssertionError("line " + row.meta().line() + " follows line " + line);
        }
        line = row.meta().line();
      }
    }
    return new Pass(count, problems.total(), hash);
  }
}
