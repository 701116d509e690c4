package crema.report;

import crema.base.AtomicFile;
import crema.metrics.Average;
import crema.metrics.GroupMetrics;
import crema.metrics.Interval;
import crema.metrics.LabelMetrics;
import crema.metrics.Metric;
import crema.metrics.ThresholdSweep;
import crema.nn.train.TrialRecord;
import crema.report.LineChart.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A test report as one {@link HtmlPage}, charts included.
 */
public final class HtmlReport {

  private static final String FILTER =
      "<input type=\"search\" class=\"filter\" placeholder=\"Filter labels\" aria-label=\"Filter labels\">\n";

  private static final String CALIBRATION_NOTE =
      "Of the answers given 80%, four in five should be right. A bar is the share of right answers among those of similar "
          + "probability, a mark what that share should be; the expected error is the mean distance between both.";

  private static final String WRONG_NOTE =
      "All wrong answers, in groups and beside the most similar rows of the training: crema errors.";

  private static final String GUARANTEES_NOTE =
      "Left: only answers above their threshold are given, which was chosen on validation rows so that the share of right "
          + "ones is at least what is asked for; of a taxonomy the deepest node that is sure enough. Right: a text is "
          + "answered with all labels above one threshold, so that the true one is among them as often as asked for. "
          + "Intervals are Wilson's, of this test.";

  /** A page of all words of ten thousand labels is of no use. */
  private static final int MOST_LABELS_WITH_WORDS = 500;

  private final TestReport report;
  private final StringBuilder out = new StringBuilder(1 << 16);

  private HtmlReport(TestReport report) {
    this.report = report;
  }

  /** Writes the page to {@code file}, whole or not at all. */
  public static void write(TestReport report, Path file) throws IOException {
    AtomicFile.writeText(file, render(report));
  }

  /** The page. */
  public static String render(TestReport report) {
    return new HtmlReport(report).page();
  }

  private String page() {
    appendHeader();
    if (!report.hasTest()) {
      appendCurves();
      appendWords();
      out.append(Glossary.render(report));
      return HtmlPage.of(report.title(), out.toString());
    }
    appendTiles();
    out.append("<div class=\"columns\">");
    appendAverages();
    appendIntervals();
    out.append("</div>\n");
    appendCurves();
    out.append("<div class=\"columns\">");
    appendBands();
    report.groups().forEach(this::appendGroups);
    out.append("</div>\n");
    appendLabels();
    appendWords();
    appendConfusedPairs();
    appendWrong();
    appendHeatMap();
    appendCalibration();
    appendGuarantees();
    appendThresholds();
    out.append(Glossary.render(report));
    return HtmlPage.of(report.title(), out.toString());
  }

  private void appendHeader() {
    out.append("<header><h1>").append(Html.isolated(report.title())).append("</h1>\n");
    if (!report.facts().isEmpty()) {
      out.append("<dl class=\"facts\">");
      report.facts().forEach((name, value) -> {
        if (!MemberTable.isRow(name)) {
          out.append(String.format(Locale.ROOT,
              "<div><dt>%s</dt><dd>%s</dd></div>", Html.isolated(name), Html.isolated(value)));
        }
      });
      out.append("</dl>\n");
    }
    out.append("</header>\n");
    MemberTable.of(report.facts()).ifPresent(members -> section("Members", members.html().render()));
  }

  private void appendTiles() {
    var metrics = report.metrics();
    out.append("<section class=\"tiles\">");
    for (var metric : report.headline()) {
      var interval = report.intervals().get(metric);
      appendTile(metric.title(), Numbers.metric(metric.of(metrics)), interval == null ? "" : range(interval));
    }
    var ranking = report.ranking();
    if (ranking != null) {
      appendTile("Macro ROC AUC", Numbers.metric(ranking.macroRocAuc()),
          "micro " + Numbers.metric(ranking.microRocAuc()));
      appendTile("Macro AP", Numbers.metric(ranking.macroAveragePrecision()),
          "micro " + Numbers.metric(ranking.microAveragePrecision()));
    }
    var consistency = report.pathConsistency();
    if (consistency != null) {
      appendTile("Path consistency", Numbers.percent(consistency.answers()),
          "levels alone "
              + Numbers.percent(consistency.levels()));
    }
    appendTile("Documents", Numbers.count(metrics.documents()), Numbers.count(report.labels().size()) + " labels");
    out.append("</section>\n");
  }

  private void appendTile(String name, String value, String note) {
    out.append(
        String.format(Locale.ROOT,
            """
                <div class="tile"><span class="name">%s</span><span class="value">%s</span><span class="note">%s</span></div>
                """,
            name, value, note));
  }

  private void appendAverages() {
    var averages = report.metrics().averages();
    var table = HtmlTable.plain(1, "Average", "F1", "Precision", "Recall");
    table.row().text("Micro").scores(averages.micro());
    table.row().text("Macro").scores(averages.macro());
    table.row().text("Weighted").scores(averages.weighted());
    if (report.multiLabel()) {
      table.row().text("Samples").scores(report.metrics().samples());
    }
    if (report.hierarchical() != null) {
      table.row().text("Hierarchical").scores(report.hierarchical());
    }
    section("Averages", table.render());
  }

  private void appendIntervals() {
    if (report.intervals().isEmpty()) {
      return;
    }
    var plot = new IntervalPlot(report.intervals().values());
    double level = report.intervals().values().iterator().next().level();
    var table = HtmlTable.plain(1, "Metric", "Estimate", "Low", "High", plot.scale());
    report.intervals()
        .forEach((metric, interval) -> table.row().text(metric.title()).metric(interval.estimate())
            .metric(interval.low()).metric(interval.high())
            .markup(plot.render(interval)));
    var heading = String.format(Locale.ROOT,
        "Confidence intervals (%s, bootstrap over documents)", Numbers.wholePercent(level));
    section(heading, table.render());
  }

  private void appendCurves() {
    var charts = new StringBuilder();
    new Curves(report).charts().forEach(chart -> charts.append(chart.render()));
    report.trials().stream().collect(Collectors.groupingBy(TrialRecord::setting, LinkedHashMap::new,
        Collectors.toList())).forEach((setting, trials) -> charts.append(trials(setting, trials)));
    if (!charts.isEmpty()) {
      section("Training", "<div class=\"charts\">\n" + charts + "</div>\n");
    }
  }

  /** What each value of a setting gave that was tried, the best in bold. */
  private static String trials(String setting, List<TrialRecord> trials) {
    List<Metric> shown = Stream.of(Metric.MACRO_F1, Metric.MICRO_F1)
        .filter(metric -> trials.stream().allMatch(trial -> trial.metrics().containsKey(metric.key()))).toList();
    var table = HtmlTable.plain(0, Stream.concat(Stream.of(setting), shown.stream().map(Metric::title))
        .toArray(String[]::new));
    for (TrialRecord trial : trials) {
      table.row();
      if (trial.isChosen()) {
        table.best(Numbers.compact(trial.value()), trial.value());
      } else {
        table.number(Numbers.compact(trial.value()), trial.value());
      }
      shown.forEach(metric -> table.bar(trial.metrics().getOrDefault(metric.key(), Double.NaN)));
    }
    return "<figure><figcaption>Choosing " + Html.escape(setting) + "</figcaption>" + table.render()
        + "<p class=\"note\">Each value was trained and tested on folds of the training rows; the one in bold was chosen."
        + "</p></figure>\n";
  }

  /** The most telling words of the labels, those with most test rows first. */
  private void appendWords() {
    if (report.words().isEmpty()) {
      return;
    }
    List<Integer> labels = testedFirst().stream().map(LabelMetrics::label)
        .filter(label -> !report.words().get(label).isEmpty()).toList();
    var table = HtmlTable.plain(2, "Label", "Words that speak for it, the strongest first");
    for (int label : labels.subList(0, Math.min(labels.size(), MOST_LABELS_WITH_WORDS))) {
      table.row().text(report.labels().get(label)).words(report.words().get(label));
    }
    section("Most telling words", FILTER + table.render() + (labels.size() <= MOST_LABELS_WITH_WORDS ? ""
        : note("The %s labels of %s with most test rows.", Numbers.count(MOST_LABELS_WITH_WORDS),
            Numbers.count(labels.size()))));
  }

  private void appendBands() {
    // Of one band there is nothing to compare: its averages are those of all labels.
    if (report.bands().size() < 2) {
      return;
    }
    var table = HtmlTable.plain(1, "Band", "Macro F1", "Micro F1", "Labels", "Support");
    report.bands().forEach((band, averages) -> table.row().text(Numbers.title(band)).bar(averages.macro().f1())
        .metric(averages.micro().f1()).count(averages.labels()).count(averages.support()));
    section("Labels by frequency in training", table.render());
  }

  private void appendGroups(String title, List<GroupMetrics> groups) {
    var table = HtmlTable.sortable(1, title, "Macro F1", "Weighted F1", "Accuracy", "Documents");
    for (var group : groups) {
      table.row().text(group.group()).bar(Metric.MACRO_F1.of(group.metrics()))
          .metric(Metric.WEIGHTED_F1.of(group.metrics())).metric(group.metrics().accuracy())
          .count(group.metrics().documents());
    }
    section(title, table.render());
  }

  private void appendCalibration() {
    var calibration = report.calibration();
    if (calibration == null) {
      return;
    }
    var charts = new StringBuilder();
    var before = report.uncalibrated();
    if (before != null) {
      charts.append(new ReliabilityChart("Before calibration", before.calibration()).render());
    }
    charts.append(new ReliabilityChart(
        before == null ? "As the model predicts" : "As the model predicts (" + before.method() + ")", calibration)
        .render());
    if (!report.abstention().isEmpty()) {
      charts.append(abstention());
    }
    section("Calibration", "<p class=\"note\">" + CALIBRATION_NOTE + "</p>\n<div class=\"charts\">\n" + charts
        + "</div>\n");
  }

  private String abstention() {
    var table = HtmlTable.plain(0, "Answer from", "Documents", "Coverage", "Accuracy", "95% interval");
    for (var row : report.abstention()) {
      table.row().number(Numbers.compact(row.threshold()), row.threshold()).count(row.answered())
          .number(Numbers.percent(row.coverage()), row.coverage()).bar(row.accuracy().estimate())
          .number(row.answered() == 0 ? "" : range(row.accuracy()), row.accuracy().low());
    }
    return "<figure><figcaption>Leaving out what is uncertain</figcaption>" + table.render() + "</figure>\n";
  }

  private void appendGuarantees() {
    if (report.precisions().isEmpty()) {
      return;
    }
    var precisions = HtmlTable.plain(0, "Precision asked for", "Reached", "95% interval", "Texts answered");
    for (var row : report.precisions()) {
      precisions.row().number(Numbers.compact(row.asked()), row.asked()).metric(row.reached().estimate())
          .number(row.answered() == 0 ? "no answer is sure enough" : range(row.reached()), row.reached().low())
          .bar(row.answered());
    }
    var sets = HtmlTable.plain(0, "Coverage asked for", "Reached", "95% interval", "Labels in a set", "Empty sets");
    for (var row : report.sets()) {
      sets.row().number(Numbers.compact(row.asked()), row.asked()).metric(row.reached().estimate())
          .number(range(row.reached()), row.reached().low()).number(Numbers.compact(row.size()), row.size())
          .number(Numbers.percent(row.empty()), row.empty());
    }
    section("Answers to trust", "<p class=\"note\">" + GUARANTEES_NOTE + "</p>\n<div class=\"charts\">\n"
        + "<figure><figcaption>Answering where it is sure (--min-precision)</figcaption>" + precisions.render()
        + "</figure>\n<figure><figcaption>Answering with sets (--coverage)</figcaption>" + sets.render()
        + "</figure>\n</div>\n");
  }

  private void appendThresholds() {
    var sweep = report.thresholds();
    if (sweep == null) {
      return;
    }
    var thresholds = sweep.points().stream().mapToDouble(ThresholdSweep.Point::threshold).toArray();
    var lines = new ArrayList<Series>();
    for (var average : List.of(Average.MICRO, Average.MACRO)) {
      var scores = sweep.points().stream().mapToDouble(point -> average.of(point.averages()).f1()).toArray();
      var name = Numbers.title(average) + " F1";
      lines.add(new Series(name, lines.size() + 1, LineChart.Look.MARKED, thresholds, scores));
    }
    section("Thresholds", "<div class=\"charts\">\n"
        + new LineChart("F1 by threshold", "threshold", lines).render() + "</div>\n");
  }

  private void appendLabels() {
    var ranking = report.ranking();
    var headings = new ArrayList<>(List.of("Label", "F1", "Precision", "Recall", "Support", "Predicted"));
    if (ranking != null) {
      headings.addAll(List.of("ROC AUC", "Average precision"));
    }
    var table = HtmlTable.sortable(1, headings.toArray(String[]::new));
    for (var label : testedFirst()) {
      table.row().text(report.labels().get(label.label())).scores(label.score())
          .count(label.support()).count(label.predictions());
      if (ranking != null) {
        var ofLabel = ranking.perLabel().get(label.label());
        table.metric(ofLabel.rocAuc()).metric(ofLabel.averagePrecision());
      }
    }
    section("Labels", FILTER + table.render() + untested());
  }

  /** What becomes of labels that no test row has; empty if there are none. */
  private String untested() {
    long untested = report.metrics().perLabel().stream().filter(label -> label.support() == 0).count();
    long answered = report.metrics().perLabel().stream()
        .filter(label -> label.support() == 0 && label.predictions() > 0).count();
    if (untested == 0) {
      return "";
    }
    return note("%s of %s labels have no test row. They stand last%s", Numbers.count(untested),
        Numbers.count(report.labels().size()), answered == 0 ? " and count in no average."
            : String.format(Locale.ROOT,
                "; %s of them, which were answered all the same, count as 0 in the macro averages, as in scikit-learn, "
                    + "the others in no average.",
                Numbers.count(answered)));
  }

  /** The labels in their order, those without test rows behind the others. */
  private List<LabelMetrics> testedFirst() {
    return report.metrics().perLabel().stream().sorted(Comparator.comparing(label -> label.support() == 0)).toList();
  }

  private static String note(String pattern, Object... arguments) {
    return "<p class=\"note\">" + Html.escape(String.format(Locale.ROOT, pattern, arguments)) + "</p>\n";
  }

  private void appendConfusedPairs() {
    if (report.confusedPairs().isEmpty()) {
      return;
    }
    var table = HtmlTable.plain(2, "Truth", "Predicted", "Documents", "Share of the truth");
    for (var pair : report.confusedPairs()) {
      table.row().text(report.labels().get(pair.truth())).text(report.labels().get(pair.predicted()))
          .count(pair.count())
          .bar(pair.share());
    }
    section("Most confused", table.render());
  }

  private void appendWrong() {
    if (report.wrong().isEmpty()) {
      return;
    }
    boolean hasPictures = report.wrong().stream().anyMatch(row -> row.picture() != null);
    boolean hasTexts = report.wrong().stream().anyMatch(row -> !row.text().text().isBlank());
    List<String> of = Stream.of(hasPictures ? "Picture" : "", hasTexts ? "Text" : "", "Truth", "Answer")
        .filter(heading -> !heading.isEmpty()).toList();
    var table = HtmlTable.sortable(of.size(),
        Stream.concat(of.stream(), Stream.of("Probability")).toArray(String[]::new));
    report.wrong().forEach(row -> {
      table.row();
      if (hasPictures) {
        table.picture(row.picture());
      }
      if (hasTexts) {
        table.text(row.text());
      }
      table.text(named(row.labels())).text(named(row.answered())).metric(row.probability());
    });
    section("Wrong answers that the model is surest of",
        note(hasTexts ? MarkedText.NOTE + " " + WRONG_NOTE : WRONG_NOTE) + table.render());
  }

  private static String named(List<String> labels) {
    return labels.isEmpty() ? "(none)" : String.join(", ", labels);
  }

  private void appendHeatMap() {
    var confusion = report.confusion();
    if (confusion != null) {
      section("Confusion (rows are the truth)", new HeatMap(confusion, report.labels()).render());
    }
  }

  private void section(String heading, String content) {
    out.append("<section><h2>").append(Html.escape(heading)).append("</h2>\n").append(content).append("</section>\n");
  }

  private static String range(Interval interval) {
    return String.format(Locale.ROOT, "%s to %s", Numbers.metric(interval.low()), Numbers.metric(interval.high()));
  }
}
