package crema.report;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A table with aligned columns for a terminal. Where it would be too wide, its text columns are cut, the widest
 * first; numbers are never cut. Texts are cut in their middle, since the end of a path says most, and so that different
 * ones stay different.
 */
public final class TextTable {

  private static final String GAP = "  ";
  private static final int LEAST_TEXT_COLUMNS = 8;
  /** How much of a cut text is its beginning: the first at which it differs from those above it. */
  private static final double[] HEAD_SHARES = {0.4, 0.25, 0, 0.6, 0.8, 1};

  /** A column's heading and what it holds. */
  public sealed interface Column {

    /** The heading. */
    String title();
  }

  /** Left-aligned text, which may be cut. */
  public record Text(String title) implements Column {}

  /** Right-aligned numbers, which are always whole. */
  public record Number(String title) implements Column {}

  /** White space, and characters that cannot be seen. */
  private static final Pattern BLANKS = Pattern.compile("[\\p{Z}\\p{Cf}\\s]+");

  private final List<Column> columns;
  private final List<String[]> rows = new ArrayList<>();

  /** An empty table. */
  public TextTable(Column... columns) {
    this.columns = List.of(columns);
  }

  /**
   * Adds a row. Control characters in it are replaced.
   *
   * @throws IllegalArgumentException if there is not one cell for each column
   */
  public TextTable row(String... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "%d cells for %d columns", cells.length, columns.size()));
    }
    rows.add(Arrays.stream(cells).map(DisplayWidth::printable).toArray(String[]::new));
    return this;
  }

  /** The table as lines, each ending in a line feed, without trailing blanks. */
  public String render(TerminalStyle style) {
    List<String[]> all = toldApart();
    var widths = widths(all, style.columns());
    var out = new StringBuilder();
    var titles = columns.stream().map(Column::title).toArray(String[]::new);
    out.append(style.bold(line(titles, widths))).append('\n');
    int total = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1);
    out.append(style.faint("─".repeat(total))).append('\n');
    for (var row : fitted(all, widths)) {
      out.append(line(row, widths)).append('\n');
    }
    return out.toString();
  }

  /** The rows, their cells no wider than columns. */
  private List<String[]> fitted(List<String[]> all, int[] widths) {
    for (int c = 0; c < widths.length; c++) {
      int width = widths[c];
      replace(all, c, texts -> shortened(texts, width));
    }
    return all;
  }

  /** A copy of the rows in which different texts of a column differ to the eye. */
  private List<String[]> toldApart() {
    var all = rows.stream().map(String[]::clone).toList();
    for (int c = 0; c < columns.size(); c++) {
      replace(all, c, texts -> {
        var looks = new HashMap<String, Integer>();
        texts.forEach(text -> looks.merge(look(text), 1, Integer::sum));
        var shown = new HashMap<String, String>();
        texts.forEach(text -> shown.put(text, looks.getOrDefault(look(text), 0) > 1 ? visible(text) : text));
        return shown;
      });
    }
    return all;
  }

  private static void replace(List<String[]> rows, int column, Function<List<String>, Map<String, String>> shown) {
    Map<String, String> byText = shown.apply(rows.stream().map(row -> row[column]).distinct().toList());
    rows.forEach(row -> row[column] = byText.getOrDefault(row[column], row[column]));
  }

  /**
   * Different texts cut so that they stay different.
   *
   * @return by each text what is shown of it
   */
  private static Map<String, String> shortened(List<String> texts, int width) {
    var shown = new LinkedHashMap<String, String>();
    var taken = new HashSet<String>();
    for (String text : texts) {
      String shorter = DoubleStream.of(HEAD_SHARES).mapToObj(head -> DisplayWidth.shorten(text, width, head))
          .filter(each -> !taken.contains(each)).findFirst()
          .orElseGet(() -> numbered(text, width, taken));
      taken.add(shorter);
      shown.put(text, shorter);
    }
    return shown;
  }

  /** The same of texts that cannot be told apart when they are seen. */
  private static String look(String text) {
    return BLANKS.matcher(Normalizer.normalize(text, Normalizer.Form.NFC)).replaceAll(" ").strip();
  }

  /** A text with codes for what cannot be seen or told from other characters. */
  public static String visible(String text) {
    var visible = new StringBuilder();
    text.codePoints().forEach(point -> {
      boolean plain = point == ' ' || !BLANKS.matcher(Character.toString(point)).matches();
      if (plain && Character.getType(point) != Character.NON_SPACING_MARK) {
        visible.appendCodePoint(point);
      } else {
        visible.append(String.format(Locale.ROOT, "\\u%04X", point));
      }
    });
    return visible.toString();
  }

  private static String numbered(String text, int width, Set<String> taken) {
    for (int number = 2;; number++) {
      String end = " #" + number;
      String shorter = DisplayWidth.shorten(text, Math.max(1, width - end.length()), HEAD_SHARES[0]) + end;
      if (!taken.contains(shorter)) {
        return shorter;
      }
    }
  }

  private int[] widths(List<String[]> all, int available) {
    var widths = new int[columns.size()];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = DisplayWidth.of(columns.get(c).title());
      for (var row : all) {
        widths[c] = Math.max(widths[c], DisplayWidth.of(row[c]));
      }
    }
    int excess = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - available;
    for (; excess > 0; excess--) {
      var widest =
          IntStream.range(0, widths.length)
              .filter(c -> columns.get(c) instanceof Text && widths[c] > LEAST_TEXT_COLUMNS)
              .reduce((a, b) -> widths[b] > widths[a] ? b : a);
      if (widest.isEmpty()) {
        break;
      }
      widths[widest.getAsInt()]--;
    }
    return widths;
  }

  private String line(String[] cells, int[] widths) {
    var line = new StringBuilder();
    for (int c = 0; c < cells.length; c++) {
      var cell = DisplayWidth.truncate(cells[c], widths[c]);
      var padding = " ".repeat(Math.max(0, widths[c] - DisplayWidth.of(cell)));
      line.append(c == 0 ? "" : GAP);
      switch (columns.get(c)) {
        case Text _ -> line.append(cell).append(padding);
        case Number _ -> line.append(padding).append(cell);
      }
    }
    return line.toString().stripTrailing();
  }
}
