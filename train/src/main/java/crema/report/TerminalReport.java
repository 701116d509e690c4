package crema.report;

import crema.metrics.LabelMetrics;
import java.util.Comparator;

/** A test report for a terminal: the headline, the labels with most documents, and the most confused pairs. */
public final class TerminalReport {

  private static final int CONFUSED_PAIRS = 10;

  private static final Comparator<LabelMetrics> LARGEST_FIRST =
      Comparator.comparingLong(LabelMetrics::support).reversed().thenComparingInt(LabelMetrics::label);

  private TerminalReport() {}

  /**
   * The report as lines, each ending in a line feed.
   *
   * @param labelLimit show no more than this many labels, those with most support
   */
  public static String render(TestReport report, TerminalStyle style, int labelLimit) {
    var out = new StringBuilder();
    out.append(style.bold(DisplayWidth.printable(report.title()))).append('\n');
    report.facts().forEach((name, value) ->
        out.append(style.faint(DisplayWidth.printable(name) + ": ")).append(DisplayWidth.printable(value)).append('\n'));
    out.append('\n').append(headline(report).render(style));
    out.append('\n').append(labels(report, labelLimit).render(style));
    int hidden = report.labels().size() - labelLimit;
    if (hidden > 0) {
      out.append(style.faint("and %d labels with less support".formatted(hidden))).append('\n');
    }
    if (!report.confusedPairs().isEmpty()) {
      out.append('\n').append(confusedPairs(report).render(style));
    }
    return out.toString();
  }

  private static TextTable headline(TestReport report) {
    var table = new TextTable(new TextTable.Text("Metric"), new TextTable.Number("Value"), new TextTable.Text(
        report.intervals().isEmpty() ? "" : "Interval"));
    for (var metric : report.headline()) {
      var interval = report.intervals().get(metric);
      table.row(
          metric.title(),
          Numbers.metric(metric.of(report.metrics())),
          interval == null
              ? ""
              : "%s to %s (%s)".formatted(
                  Numbers.metric(interval.low()), Numbers.metric(interval.high()), Numbers.wholePercent(interval.level())));
    }
    return table.row("Documents", Numbers.count(report.metrics().documents()), "");
  }

  private static TextTable labels(TestReport report, int limit) {
    var table = new TextTable(
        new TextTable.Text("Label"),
        new TextTable.Number("Precision"),
        new TextTable.Number("Recall"),
        new TextTable.Number("F1"),
        new TextTable.Number("Support"));
    report.metrics().perLabel().stream().sorted(LARGEST_FIRST).limit(limit).forEach(label ->
        table.row(
            report.labels().get(label.label()),
            Numbers.metric(label.score().precision()),
            Numbers.metric(label.score().recall()),
            Numbers.metric(label.score().f1()),
            Numbers.count(label.support())));
    return table;
  }

  private static TextTable confusedPairs(TestReport report) {
    var table = new TextTable(
        new TextTable.Text("Truth"),
        new TextTable.Text("Predicted instead"),
        new TextTable.Number("Documents"),
        new TextTable.Number("Of the truth"));
    report.confusedPairs().stream().limit(CONFUSED_PAIRS).forEach(pair ->
        table.row(
            report.labels().get(pair.truth()),
            report.labels().get(pair.predicted()),
            Numbers.count(pair.count()),
            Numbers.percent(pair.share())));
    return table;
  }
}
