package crema.report;

import crema.metrics.Interval;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * A test report as one HTML page that needs nothing else: style, script and charts are inside, and a content
 * security policy lets it load nothing and run only its own script. It follows the reader's light or dark scheme.
 */
public final class HtmlReport {

  private final TestReport report;
  private final StringBuilder out = new StringBuilder(1 << 16);

  private HtmlReport(TestReport report) {
    this.report = report;
  }

  /** Writes the page to {@code file}. */
  public static void write(TestReport report, Path file) throws IOException {
    Files.writeString(file, render(report));
  }

  /** The page. */
  public static String render(TestReport report) {
    return new HtmlReport(report).page();
  }

  private String page() {
    var script = resource("report.js");
    out.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
        script-src '%s'">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        """
            .formatted(sourceHash(script), Html.escape(report.title()), resource("report.css")));
    appendHeader();
    appendTiles();
    out.append("<div class=\"columns\">");
    appendAverages();
    appendIntervals();
    out.append("</div>\n");
    appendCurves();
    appendLabels();
    appendConfusedPairs();
    appendHeatMap();
    out.append("</main>\n<script>").append(script).append("</script>\n</body>\n</html>\n");
    return out.toString();
  }

  private void appendHeader() {
    out.append("<header><h1>").append(Html.isolated(report.title())).append("</h1>\n");
    if (!report.facts().isEmpty()) {
      out.append("<dl class=\"facts\">");
      report.facts().forEach((name, value) ->
          out.append("<div><dt>%s</dt><dd>%s</dd></div>".formatted(Html.isolated(name), Html.isolated(value))));
      out.append("</dl>\n");
    }
    out.append("</header>\n");
  }

  private void appendTiles() {
    var metrics = report.metrics();
    out.append("<section class=\"tiles\">");
    for (var metric : report.headline()) {
      var interval = report.intervals().get(metric);
      appendTile(metric.title(), Numbers.metric(metric.of(metrics)), interval == null ? "" : range(interval));
    }
    appendTile("Documents", Numbers.count(metrics.documents()), Numbers.count(report.labels().size()) + " labels");
    out.append("</section>\n");
  }

  private void appendTile(String name, String value, String note) {
    out.append(
        """
        <div class="tile"><span class="name">%s</span><span class="value">%s</span><span class="note">%s</span></div>
        """
            .formatted(name, value, note));
  }

  private void appendAverages() {
    var averages = report.metrics().averages();
    var table = HtmlTable.plain(1, "Average", "Precision", "Recall", "F1");
    table.row().text("Micro").scores(averages.micro());
    table.row().text("Macro").scores(averages.macro());
    table.row().text("Weighted").scores(averages.weighted());
    if (report.multiLabel()) {
      table.row().text("Samples").scores(report.metrics().samples());
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
    report.intervals().forEach((metric, interval) ->
        table.row().text(metric.title()).metric(interval.estimate()).metric(interval.low()).metric(interval.high())
            .markup(plot.render(interval)));
    section("Confidence intervals (%s, bootstrap over documents)".formatted(Numbers.wholePercent(level)), table.render());
  }

  private void appendCurves() {
    var charts = new Curves(report).charts();
    if (!charts.isEmpty()) {
      section("Training", "<div class=\"charts\">\n"
          + charts.stream().map(LineChart::render).collect(Collectors.joining()) + "</div>\n");
    }
  }

  private void appendLabels() {
    var table = HtmlTable.sortable(1, "Label", "Precision", "Recall", "F1", "Support", "Predicted");
    for (var label : report.metrics().perLabel()) {
      table.row().text(report.labels().get(label.label())).scores(label.score())
          .count(label.support()).count(label.predictions());
    }
    section("Labels", "<input type=\"search\" class=\"filter\" placeholder=\"Filter labels\" aria-label=\"Filter labels\">\n"
        + table.render());
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

  private void appendHeatMap() {
    var confusion = report.confusion();
    if (confusion != null && confusion.labelCount() <= HeatMap.MAX_LABELS) {
      section("Confusion (rows are the truth)", new HeatMap(confusion, report.labels()).render());
    }
  }

  private void section(String heading, String content) {
    out.append("<section><h2>").append(Html.escape(heading)).append("</h2>\n").append(content).append("</section>\n");
  }

  private static String range(Interval interval) {
    return "%s to %s".formatted(Numbers.metric(interval.low()), Numbers.metric(interval.high()));
  }

  private static String resource(String name) {
    try (var in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sourceHash(String script) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
