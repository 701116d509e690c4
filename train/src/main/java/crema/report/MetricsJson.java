package crema.report;

import crema.metrics.Averages;
import crema.metrics.PrecisionRecall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A test report as {@code metrics.json}, for programs. Keys come in the same order each time, and the same report
 * gives the same bytes.
 *
 * <pre>{@code
 * {
 *   "format": 1,                     // raised when a key changes its meaning; new keys may appear any time
 *   "title": "…",
 *   "facts": {"Model": "…"},         // for people
 *   "documents": 3000,
 *   "labels": 10,
 *   "multi_label": false,
 *   "accuracy": 0.944,               // of several labels a document: subset accuracy
 *   "hamming_loss": 0.056,
 *   "micro":    {"precision": …, "recall": …, "f1": …},
 *   "macro":    {…},
 *   "weighted": {…},
 *   "samples":  {…},                 // several labels a document only
 *   "intervals": {"macro_f1": {"estimate": …, "low": …, "high": …, "level": 0.95}},
 *   "per_label": [{"label": "…", "precision": …, "recall": …, "f1": …, "support": …, "predicted": …}],
 *   "confused_pairs": [{"truth": "…", "predicted": "…", "count": …, "share": …}]
 * }
 * }</pre>
 *
 * <p>Parts that the report does not have are left out.
 */
public final class MetricsJson {

  private static final int FORMAT = 1;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private MetricsJson() {}

  /** Writes the report to {@code file}. */
  public static void write(TestReport report, Path file) throws IOException {
    Files.writeString(file, render(report));
  }

  /** The report as JSON text, indented, ending in a line feed. */
  public static String render(TestReport report) {
    var metrics = report.metrics();
    var json = MAPPER.createObjectNode();
    json.put("format", FORMAT).put("title", report.title());
    var facts = json.putObject("facts");
    report.facts().forEach(facts::put);
    json.put("documents", metrics.documents());
    json.put("labels", report.labels().size());
    json.put("multi_label", report.multiLabel());
    json.put("accuracy", metrics.accuracy());
    json.put("hamming_loss", metrics.hammingLoss());
    putAverages(json, metrics.averages());
    if (report.multiLabel()) {
      putScore(json.putObject("samples"), metrics.samples());
    }
    putIntervals(json, report);
    putLabels(json, report);
    putConfusedPairs(json, report);
    return MAPPER.writeValueAsString(json).replace("\r\n", "\n") + "\n";
  }

  private static void putAverages(ObjectNode json, Averages averages) {
    putScore(json.putObject("micro"), averages.micro());
    putScore(json.putObject("macro"), averages.macro());
    putScore(json.putObject("weighted"), averages.weighted());
  }

  private static ObjectNode putScore(ObjectNode json, PrecisionRecall score) {
    return json.put("precision", score.precision()).put("recall", score.recall()).put("f1", score.f1());
  }

  private static void putIntervals(ObjectNode json, TestReport report) {
    if (report.intervals().isEmpty()) {
      return;
    }
    var intervals = json.putObject("intervals");
    report.intervals().forEach((metric, interval) ->
        intervals.putObject(metric.key())
            .put("estimate", interval.estimate())
            .put("low", interval.low())
            .put("high", interval.high())
            .put("level", interval.level()));
  }

  private static void putLabels(ObjectNode json, TestReport report) {
    var labels = json.putArray("per_label");
    for (var label : report.metrics().perLabel()) {
      putScore(labels.addObject().put("label", report.labels().get(label.label())), label.score())
          .put("support", label.support())
          .put("predicted", label.predictions());
    }
  }

  private static void putConfusedPairs(ObjectNode json, TestReport report) {
    var pairs = json.putArray("confused_pairs");
    for (var pair : report.confusedPairs()) {
      pairs.addObject()
          .put("truth", report.labels().get(pair.truth()))
          .put("predicted", report.labels().get(pair.predicted()))
          .put("count", pair.count())
          .put("share", pair.share());
    }
  }
}
