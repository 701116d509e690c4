package crema.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table with aligned columns for a terminal. Where it would be too wide, its text columns are cut, the widest
 * first; numbers are never cut.
 */
public final class TextTable {

  private static final String GAP = "  ";
  private static final int LEAST_TEXT_COLUMNS = 8;

  /** A column's heading and what it holds. */
  public sealed interface Column {

    /** The heading. */
    String title();
  }

  /** Left-aligned text, which may be cut. */
  public record Text(String title) implements Column {}

  /** Right-aligned numbers, which are always whole. */
  public record Number(String title) implements Column {}

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
      throw new IllegalArgumentException("%d cells for %d columns".formatted(cells.length, columns.size()));
    }
    rows.add(Arrays.stream(cells).map(DisplayWidth::printable).toArray(String[]::new));
    return this;
  }

  /** The table as lines, each ending in a line feed, without trailing blanks. */
  public String render(TerminalStyle style) {
    var widths = widths(style.columns());
    var out = new StringBuilder();
    var titles = columns.stream().map(Column::title).toArray(String[]::new);
    out.append(style.bold(line(titles, widths))).append('\n');
    int total = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1);
    out.append(style.faint("─".repeat(total))).append('\n');
    for (var row : rows) {
      out.append(line(row, widths)).append('\n');
    }
    return out.toString();
  }

  private int[] widths(int available) {
    var widths = new int[columns.size()];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = DisplayWidth.of(columns.get(c).title());
      for (var row : rows) {
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
