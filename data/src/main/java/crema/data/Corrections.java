package crema.data;

import crema.base.json.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Labels that somebody has put right, by the text of rows. A row whose text is that of a correction gets its labels, and
 * is dropped if it has none; a correction whose text no row has is a row of its own. Texts are equal if they differ in
 * white space alone. Of several corrections of a text the last counts.
 */
public final class Corrections {
  /** The column with the text of a row, whatever that is called elsewhere. */
  public static final String TEXT = "text";
  /** The column with its labels. */
  public static final String LABEL = "label";

  private final Map<Long, Correction> byText = new LinkedHashMap<>();
  private final List<String> fingerprints = new ArrayList<>();

  /** None yet. */
  public Corrections() {}

  /** A row with the right labels; none to drop it. */
  private record Correction(Row row) {
    boolean drops() {
      return row.labels().isEmpty();
    }
  }

  /**
   * What corrections did to rows.
   *
   * @param changed rows that have other labels now
   * @param same rows that had the right labels before
   * @param dropped rows that are left out
   * @param added rows that no text was found for
   */
  public record Outcome(long changed, long same, long dropped, List<Row> added) {
    /** Copies the list. */
    public Outcome {
      added = List.copyOf(added);
    }

    /** In a line, for people. */
    public String describe() {
      return String.format(Locale.ROOT,
          "%,d rows get another label, %,d have the right one already, %,d are dropped, %,d are added",
          changed, same, dropped, added.size());
    }
  }

  /**
   * Reads the corrections of a file. Its columns are {@link #TEXT} and {@link #LABEL}; where it has none of that name,
   * those of the rows.
   *
   * @param columns what the rows are made of
   * @param compose makes the text of a row of its text columns, in their order
   * @throws DataException if the file lacks a column
   */
  public void read(Path path, Columns columns, Function<List<String>, String> compose, ProblemListener listener) {
    List<String> names = FileRows.of(path, Columns.text(TEXT)).columnNames();
    List<String> text = names.contains(TEXT) ? List.of(TEXT) : columns.text();
    List<String> label = names.contains(LABEL) ? List.of(LABEL) : columns.label();
    FileRows rows = FileRows.of(path,
        new Columns(text, columns.joiner(), List.of(), columns.labelFormat(), null, null).withKept(label)
            .withRecipe(text.equals(columns.text()) ? columns.recipe() : Recipe.NONE));
    fingerprints.add(rows.fingerprint());
    LabelFormat format = label.size() == 1 && label.contains(LABEL)
        ? new LabelFormat(columns.labelFormat().manySeparator(), columns.labelFormat().pathSeparator())
        : columns.labelFormat();
    rows.forEach(listener, row -> {
      try {
        if (row.text().isBlank()) {
          throw new RowRejected(RowFault.EMPTY_TEXT, "nothing in " + String.join(", ", text));
        }
        add(row, columns, text.equals(columns.text()), labels(row.meta().kept(), label, format), compose);
      } catch (RowRejected e) {
        listener.problem(e.at(row.meta().file(), row.meta().line()));
      }
    });
  }

  private static List<String> labels(List<JsonNode> cells, List<String> columns, LabelFormat format) {
    if (cells.stream().allMatch(cell -> cell.isNull() || cell.isString() && cell.stringValue().isBlank())) {
      return List.of();
    }
    if (cells.size() == 1 && !format.oneHot()) {
      return format.parse(cells.getFirst());
    }
    List<String> words = cells.stream().map(cell -> cell.isNull() ? "" : cell.asString()).toList();
    if (format.oneHot()) {
      return format.named(columns, words);
    }
    return format.manySeparator() == null ? List.of(format.joined(words))
        : words.stream().filter(word -> !word.isBlank()).flatMap(word -> format.parse(word).stream()).distinct()
            .toList();
  }

  private void add(Row read, Columns columns, boolean hasFields, List<String> labels,
      Function<List<String>, String> compose) {
    var fields = new ArrayList<>(hasFields ? read.fields() : List.of(read.text()));
    while (fields.size() < columns.text().size()) {
      fields.add("");
    }
    RowMeta meta = new RowMeta(null, null, read.meta().file(), read.meta().line());
    long key = key(read.text());
    byText.remove(key);
    byText.put(key, new Correction(new Row(compose.apply(fields), fields, labels, meta)));
  }

  /** Whether there are any. */
  public boolean isEmpty() {
    return byText.isEmpty();
  }

  /** Says what the corrections do to rows, which are read once. */
  public Outcome outcome(RowSource rows) {
    var used = new HashSet<Correction>();
    var counts = new long[3];
    rows.forEach(ProblemListener.SILENT, row -> {
      Correction found = find(row);
      if (found != null) {
        used.add(found);
        counts[found.drops() ? 2 : found.row.labels().equals(row.labels()) ? 1 : 0]++;
      }
    });
    return new Outcome(counts[0], counts[1], counts[2],
        byText.values().stream().filter(each -> !each.drops() && !used.contains(each)).map(Correction::row)
            .toList());
  }

  /** The rows with their corrections, without those that are added. */
  public RowSource applied(RowSource rows) {
    return rows.map("corrected", String.join(" ", fingerprints), row -> {
      Correction found = find(row);
      return found == null ? row : found.drops() ? null : row.withLabels(found.row.labels());
    });
  }

  /** The correction of a row: of its text as it is composed, or as its columns are. */
  private @Nullable Correction find(Row row) {
    Correction ofText = byText.get(key(row.text()));
    return ofText != null || row.fields().isEmpty() ? ofText : byText.get(key(String.join(" ", row.fields())));
  }

  private static long key(String text) {
    var words = new StringBuilder();
    boolean gap = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        gap = !words.isEmpty();
      } else {
        words.append(gap ? " " : "").append(c);
        gap = false;
      }
    }
    return TextHash.of(words.toString());
  }
}
