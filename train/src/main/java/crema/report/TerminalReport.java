package crema.report;

import crema.metrics.GroupMetrics;
import crema.metrics.Interval;
import crema.metrics.LabelMetrics;
import crema.metrics.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    report.facts().forEach((name, value) -> {
      if (!MemberTable.isRow(name)) {
        out.append(style.faint(DisplayWidth.printable(name) + ":")).append(' ');
        out.append(DisplayWidth.printable(value)).append('\n');
      }
    });
    MemberTable.of(report.facts()).ifPresent(members -> out.append('\n').append(members.text().render(style)));
    if (!report.hasTest()) {
      return out.toString();
    }
    out.append('\n').append(headline(report).render(style));
    if (!report.bands().isEmpty()) {
      out.append('\n').append(bands(report).render(style));
    }
    report.groups().forEach((title, groups) -> out.append('\n').append(groups(title, groups).render(style)));
    if (!report.abstention().isEmpty()) {
      out.append('\n').append(abstention(report).render(style));
    }
    if (!report.precisions().isEmpty()) {
      out.append('\n').append(precisions(report).render(style));
      out.append('\n').append(sets(report).render(style));
    }
    out.append('\n').append(labels(report, labelLimit).render(style));
    int hidden = report.labels().size() - labelLimit;
    if (hidden > 0) {
      out.append(style.faint(String.format(Locale.ROOT, "and %d labels with less support", hidden))).append('\n');
    }
    if (!report.confusedPairs().isEmpty()) {
      out.append('\n').append(confusedPairs(report).render(style));
    }
    return out.toString();
  }

  /**
   * The headlines of several test sets, a line each.
   *
   * @param reports by the names of the sets; at least one
   */
  public static String renderSets(Map<String, TestReport> reports, TerminalStyle style) {
    List<Metric> metrics = reports.values().iterator().next().headline();
    var columns = new ArrayList<TextTable.Column>();
    columns.add(new TextTable.Text("Test set"));
    metrics.forEach(metric -> columns.add(new TextTable.Number(metric.title())));
    var table = new TextTable(columns.toArray(TextTable.Column[]::new));
    reports.forEach((name, report) -> {
      var cells = new ArrayList<String>(List.of(name));
      metrics.forEach(metric -> cells.add(Numbers.metric(metric.of(report.metrics()))));
      table.row(cells.toArray(String[]::new));
    });
    return table.render(style);
  }

  private static TextTable headline(TestReport report) {
    var table = new TextTable(
        new TextTable.Text("Metric"),
        new TextTable.Number("Value"),
        new TextTable.Text(report.intervals().isEmpty() ? "" : "Interval"));
    for (var metric : report.headline()) {
      var interval = report.intervals().get(metric);
      table.row(metric.title(), Numbers.metric(metric.of(report.metrics())), interval == null ? "" : range(interval));
    }
    if (report.hierarchical() != null) {
      table.row("Hierarchical F1", Numbers.metric(report.hierarchical().f1()), "");
    }
    if (report.pathConsistency() != null) {
      table.row("Path consistency", Numbers.metric(report.pathConsistency().answers()),
          Numbers.percent(report.pathConsistency().levels()) + " level by level");
    }
    if (report.ranking() != null) {
      table.row("Macro ROC AUC", Numbers.metric(report.ranking().macroRocAuc()), "");
      table.row("Macro average precision", Numbers.metric(report.ranking().macroAveragePrecision()), "");
    }
    if (report.calibration() != null) {
      table.row("Calibration error", Numbers.metric(report.calibration().expectedError()),
          report.uncalibrated() == null ? "" : String.format(Locale.ROOT, "%s before calibration (%s)",
              Numbers.metric(report.uncalibrated().calibration().expectedError()), report.uncalibrated().method()));
    }
    return table.row("Documents", Numbers.count(report.metrics().documents()), "");
  }

  private static String range(Interval interval) {
    return String.format(Locale.ROOT, "%s to %s (%s)",
        Numbers.metric(interval.low()), Numbers.metric(interval.high()), Numbers.wholePercent(interval.level()));
  }

  private static TextTable bands(TestReport report) {
    var table = new TextTable(
        new TextTable.Text("Labels"),
        new TextTable.Number("Count"),
        new TextTable.Number("Support"),
        new TextTable.Number("Micro F1"),
        new TextTable.Number("Macro F1"));
    report.bands().forEach((band, averages) -> table.row(
        Numbers.title(band),
        Numbers.count(averages.labels()),
        Numbers.count(averages.support()),
        Numbers.metric(averages.micro().f1()),
        Numbers.metric(averages.macro().f1())));
    return table;
  }

  private static TextTable groups(String title, List<GroupMetrics> groups) {
    var table = new TextTable(
        new TextTable.Text(title),
        new TextTable.Number("Documents"),
        new TextTable.Number("Accuracy"),
        new TextTable.Number("Weighted F1"),
        new TextTable.Number("Macro F1"));
    for (var group : groups) {
      table.row(
          group.group(),
          Numbers.count(group.metrics().documents()),
          Numbers.metric(group.metrics().accuracy()),
          Numbers.metric(Metric.WEIGHTED_F1.of(group.metrics())),
          Numbers.metric(Metric.MACRO_F1.of(group.metrics())));
    }
    return table;
  }

  private static TextTable abstention(TestReport report) {
    var table = new TextTable(
        new TextTable.Number("Answer from"),
        new TextTable.Number("Documents"),
        new TextTable.Number("Coverage"),
        new TextTable.Number("Accuracy"),
        new TextTable.Text("Interval"));
    for (var row : report.abstention()) {
      table.row(Numbers.compact(row.threshold()), Numbers.count(row.answered()), Numbers.percent(row.coverage()),
          Numbers.metric(row.accuracy().estimate()), row.answered() == 0 ? "" : range(row.accuracy()));
    }
    return table;
  }

  private static TextTable precisions(TestReport report) {
    var table = new TextTable(
        new TextTable.Number("Precision asked for"),
        new TextTable.Number("Reached"),
        new TextTable.Text("Interval"),
        new TextTable.Number("Texts answered"));
    for (var row : report.precisions()) {
      table.row(Numbers.compact(row.asked()), Numbers.metric(row.reached().estimate()),
          row.answered() == 0 ? "no answer is sure enough" : range(row.reached()), Numbers.percent(row.answered()));
    }
    return table;
  }

  private static TextTable sets(TestReport report) {
    var table = new TextTable(
        new TextTable.Number("Coverage asked for"),
        new TextTable.Number("Reached"),
        new TextTable.Text("Interval"),
        new TextTable.Number("Labels in a set"),
        new TextTable.Number("Empty sets"));
    for (var row : report.sets()) {
      table.row(Numbers.compact(row.asked()), Numbers.metric(row.reached().estimate()), range(row.reached()),
          Numbers.compact(row.size()), Numbers.percent(row.empty()));
    }
    return table;
  }

  private static TextTable labels(TestReport report, int limit) {
    var table = new TextTable(
        new TextTable.Text("Label"),
        new TextTable.Number("Precision"),
        new TextTable.Number("Recall"),
        new TextTable.Number("F1"),
        new TextTable.Number("Support"));
    report.metrics().perLabel().stream().sorted(LARGEST_FIRST).limit(limit).forEach(label -> table.row(
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
    report.confusedPairs().stream().limit(CONFUSED_PAIRS).forEach(pair -> table.row(
        report.labels().get(pair.truth()),
        report.labels().get(pair.predicted()),
        Numbers.count(pair.count()),
        Numbers.percent(pair.share())));
    return table;
  }
}
