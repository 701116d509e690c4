package crema.report;

import crema.metrics.Bootstrap;
import crema.metrics.Metric;
import crema.metrics.Outcomes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.jspecify.annotations.Nullable;

/**
 * Runs side by side, as one table for a terminal, as Markdown and as a page. A row is what runs of one name, which
 * differ by their seed, have on average; the best of a column is marked, and each row is tested against one of them.
 */
public final class RunComparison {
  private static final int HOUR = 3600;

  private final String title;
  private final Metric metric;
  private final String baseline;
  private final List<String> columns;
  private final List<Row> rows;
  private final List<Failure> failures;

  /**
   * A run without a result.
   *
   * @param name the name of its settings
   * @param seed its seed
   * @param reason why, in a line
   */
  public record Failure(String name, long seed, String reason) {}

  /** What stands in a cell: text, whether the column has nothing better, and what it sorts by. */
  private record Cell(String shown, boolean best, double value) {}

  /** All runs of a name. */
  private record Row(String name, List<ComparedRun> runs, @Nullable Versus versus) {
    SummaryStatistics of(String column) {
      var statistics = new SummaryStatistics();
      for (ComparedRun run : runs) {
        if (run.scores().containsKey(column)) {
          statistics.addValue(run.scores().get(column));
        }
      }
      return statistics;
    }

    double mean(String column) {
      return of(column).getMean();
    }

    double seconds() {
      return runs.stream().mapToLong(run -> run.time().toMillis()).average().orElse(0) * 1e-3;
    }
  }

  /**
   * A row against the baseline.
   *
   * @param better the seeds in which it is better
   * @param seeds the seeds that both have
   * @param pValue of the paired bootstrap test in the first of those seeds; NaN where there is none
   */
  private record Versus(int better, int seeds, double pValue) {}

  private RunComparison(String title, Metric metric, String baseline, List<String> columns, List<Row> rows,
      List<Failure> failures) {
    this.title = title;
    this.metric = metric;
    this.baseline = baseline;
    this.columns = columns;
    this.rows = rows;
    this.failures = failures;
  }

  /** The same, which tells of runs that have no result, too. */
  public RunComparison withFailures(List<Failure> failures) {
    return new RunComparison(title, metric, baseline, columns, rows, List.copyOf(failures));
  }

  /**
   * Compares runs.
   *
   * @param title the heading
   * @param runs the runs; those of one name belong together
   * @param baseline the name of the runs that the others are tested against; null for the best
   * @param metric what is tested, and what the best has most of
   * @throws IllegalArgumentException when there are no runs, or none of the baseline's name
   */
  public static RunComparison of(String title, List<ComparedRun> runs, @Nullable String baseline, Metric metric) {
    Map<String, List<ComparedRun>> byName =
        runs.stream().collect(Collectors.groupingBy(ComparedRun::name, LinkedHashMap::new, Collectors.toList()));
    if (runs.isEmpty() || (baseline != null && !byName.containsKey(baseline))) {
      throw new IllegalArgumentException(runs.isEmpty() ? "no runs to compare" : "no run is called '" + baseline + "'");
    }
    Set<String> columns = new LinkedHashSet<>();
    runs.stream().map(run -> run.scores().keySet()).max(Comparator.comparingInt(Set::size)).ifPresent(columns::addAll);
    runs.forEach(run -> columns.addAll(run.scores().keySet()));
    String reference = baseline != null ? baseline : byName.entrySet().stream()
        .max(Comparator.comparingDouble(entry -> new Row(entry.getKey(), entry.getValue(), null).mean(metric.title())))
        .orElseThrow().getKey();
    List<ComparedRun> against = byName.getOrDefault(reference, List.of());
    var rows = new ArrayList<Row>();
    byName.forEach(
        (name, own) -> rows.add(new Row(name, own, name.equals(reference) ? null : versus(own, against, metric))));
    return new RunComparison(title, metric, reference, List.copyOf(columns), rows, List.of());
  }

  private static Versus versus(List<ComparedRun> runs, List<ComparedRun> against, Metric metric) {
    int better = 0;
    int seeds = 0;
    double pValue = Double.NaN;
    for (ComparedRun run : runs) {
      for (ComparedRun other : against) {
        boolean arePaired = run.seed() == other.seed() || runs.size() == 1 || against.size() == 1;
        if (arePaired && !Double.isNaN(score(run, metric))) {
          better += score(run, metric) > score(other, metric) ? 1 : 0;
          if (seeds++ == 0) {
            pValue = pValue(run.outcomes(), other.outcomes(), metric);
          }
        }
      }
    }
    return new Versus(better, seeds, pValue);
  }

  private static double score(ComparedRun run, Metric metric) {
    return run.scores().getOrDefault(metric.title(), Double.NaN);
  }

  private static double pValue(@Nullable Outcomes one, @Nullable Outcomes other, Metric metric) {
    if (one == null || other == null || one.labelCount() != other.labelCount()) {
      return Double.NaN;
    }
    try {
      return Bootstrap.ofSeed(1).compare(other, one, metric).pValue();
    } catch (IllegalArgumentException e) {
      // Other rows: then there is nothing to pair.
      return Double.NaN;
    }
  }

  /** What the columns after the name are called. */
  private List<String> headings() {
    var headings = new ArrayList<>(columns);
    headings.addAll(List.of("Time", "Seeds", "Better", "p"));
    return headings;
  }

  private List<Cell> cells(Row row) {
    var cells = new ArrayList<Cell>();
    for (String column : columns) {
      SummaryStatistics statistics = row.of(column);
      double best = rows.stream().mapToDouble(other -> other.mean(column)).filter(Double::isFinite).max()
          .orElse(Double.NaN);
      String shown = Numbers.metric(statistics.getMean());
      cells.add(new Cell(statistics.getN() < 2 ? shown : shown + " ± "
          + Numbers.metric(statistics.getStandardDeviation()),
          statistics.getMean() == best, statistics.getMean()));
    }
    cells.add(new Cell(time(row.seconds()), false, row.seconds()));
    cells.add(new Cell(Integer.toString(row.runs().size()), false, row.runs().size()));
    Versus versus = row.versus();
    cells.add(new Cell(versus == null || versus.seeds() == 0 ? "–" : versus.better() + " of " + versus.seeds(), false,
        versus == null ? Double.NaN : versus.better()));
    cells.add(new Cell(versus == null ? "–" : probability(versus.pValue()), false,
        versus == null ? Double.NaN : versus.pValue()));
    return cells;
  }

  private static String probability(double p) {
    return Double.isNaN(p) ? "–" : p < 0.01 ? "< 0.01" : String.format(Locale.ROOT, "%.2f", p);
  }

  private static String time(double seconds) {
    Duration time = Duration.ofMillis(Math.round(seconds * 1000));
    return seconds >= HOUR ? String.format(Locale.ROOT, "%d h %d min", time.toHours(), time.toMinutesPart())
        : seconds >= 60 ? String.format(Locale.ROOT, "%d min %d s", time.toMinutes(), time.toSecondsPart())
            : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  /** What the last columns mean. */
  private String legend() {
    return "Mean ± standard deviation over seeds; the best of a column is marked. Time: of one run. Better: in how many"
        + " seeds " + metric.title() + " is above that of '" + baseline + "'; p: of the paired bootstrap test of that"
        + " difference in the first seed.";
  }

  /** The table for a terminal, as wide as it needs to be; the best of a column has a star. */
  public String terminal(TerminalStyle style) {
    var titles = new ArrayList<TextTable.Column>(List.of(new TextTable.Text("Run")));
    headings().forEach(heading -> titles.add(new TextTable.Number(heading)));
    var table = new TextTable(titles.toArray(TextTable.Column[]::new));
    for (Row row : rows) {
      var line = new ArrayList<>(List.of(row.name()));
      cells(row).forEach(cell -> line.add(cell.best() ? "*" + cell.shown() : cell.shown()));
      table.row(line.toArray(String[]::new));
    }
    var out = new StringBuilder(style.bold(DisplayWidth.printable(title))).append("\n\n")
        .append(table.render(new TerminalStyle(Integer.MAX_VALUE, style.colour()))).append('\n')
        .append(style.faint(DisplayWidth.printable(legend()))).append('\n');
    for (Failure failure : failures) {
      out.append(DisplayWidth.printable(String.format(Locale.ROOT,
          "Without a result: %s, seed %d: %s", failure.name(), failure.seed(), failure.reason()))).append('\n');
    }
    return out.toString();
  }

  /** The table as Markdown; the best of a column is bold. */
  public String markdown() {
    var out = new StringBuilder("# ").append(markdown(title)).append("\n\n| Run |");
    headings().forEach(heading -> out.append(' ').append(markdown(heading)).append(" |"));
    out.append("\n|---|").append("--:|".repeat(headings().size())).append('\n');
    for (Row row : rows) {
      out.append("| ").append(markdown(row.name())).append(" |");
      for (Cell cell : cells(row)) {
        out.append(cell.best() ? " **" + cell.shown() + "** |" : " " + cell.shown() + " |");
      }
      out.append('\n');
    }
    out.append('\n').append(markdown(legend())).append('\n');
    if (!failures.isEmpty()) {
      out.append("\nWithout a result:\n\n");
      failures.forEach(failure -> out.append(String.format(Locale.ROOT,
          "- %s, seed %d: %s\n", markdown(failure.name()), failure.seed(), markdown(failure.reason()))));
    }
    return out.toString();
  }

  private static String markdown(String text) {
    return DisplayWidth.printable(text).replaceAll("([\\\\`*_|<>\\[\\]#])", "\\\\$1");
  }

  /** The table as a page that needs nothing else; it sorts by any column. */
  public String html() {
    var headings = new ArrayList<>(List.of("Run"));
    headings.addAll(headings());
    var table = HtmlTable.sortable(1, headings.toArray(String[]::new));
    for (Row row : rows) {
      table.row().text(row.name());
      for (Cell cell : cells(row)) {
        if (cell.best()) {
          table.best(cell.shown(), cell.value());
        } else {
          table.number(cell.shown(), cell.value());
        }
      }
    }
    return HtmlPage.wide(title, "<header><h1>" + Html.isolated(title) + "</h1></header>\n<section>\n" + table.render()
        + "<p class=\"note\">" + Html.escape(legend()) + "</p>\n</section>\n" + failuresHtml());
  }

  private String failuresHtml() {
    if (failures.isEmpty()) {
      return "";
    }
    var table = HtmlTable.plain(3, "Run", "Seed", "Reason");
    failures.forEach(
        failure -> table.row().text(failure.name()).text(Long.toString(failure.seed())).text(failure.reason()));
    return "<section><h2>Without a result</h2>\n" + table.render() + "</section>\n";
  }
}
