package crema.report;

import crema.base.AtomicFile;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.data.RowAccount;
import crema.metrics.Interval;
import crema.metrics.Averages;
import crema.metrics.Calibration;
import crema.metrics.PrecisionRecall;
import crema.metrics.RankingMetrics;
import crema.metrics.ThresholdSweep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A test report as {@code metrics.json}, for programs. Keys come in the same order each time, and the same report
 * gives the same bytes.
 *
 * <pre>{@code
 * {
 *   "format": 1,                     // raised when a key changes its meaning; new keys may appear any time
 *   "title": "…",
 *   "facts": {"Model": "…"},         // for people
 *   "rows": {"read": 3100, "used": {"test": 3000}, "left_out": {"unknown_label": 100}},  // read = used + left out
 *   "documents": 3000,
 *   "labels": 10,
 *   "multi_label": false,
 *   "accuracy": 0.944,               // of several labels a document: subset accuracy
 *   "hamming_loss": 0.056,
 *   "micro":    {"precision": …, "recall": …, "f1": …},
 *   "macro":    {…},
 *   "weighted": {…},
 *   "samples":  {…},                 // several labels a document only
 *   "hierarchical": {…},             // over labels and their ancestors
 *   "path_consistency": {"answers": …, "levels": …},
 *   "ranking": {"micro_roc_auc": …, "macro_roc_auc": …, "micro_average_precision": …,
 *               "macro_average_precision": …},
 *   "intervals": {"macro_f1": {"estimate": …, "low": …, "high": …, "level": 0.95}},
 *   "per_label": [{"label": "…", "precision": …, "recall": …, "f1": …, "support": …, "predicted": …,
 *                  "roc_auc": …, "average_precision": …}],
 *   "confused_pairs": [{"truth": "…", "predicted": "…", "count": …, "share": …}],
 *   "bands": {"head": {"labels": …, "support": …, "micro": {…}, "macro": {…}, "weighted": {…}},
 *             "medium": {…}, "tail": {…}},
 *   "groups": [{"by": "Language", "group": "en", "documents": …, "accuracy": …,
 *               "micro": {…}, "macro": {…}, "weighted": {…}}],
 *   "calibration": {"expected_error": …, "balanced_error": …, "maximum_error": …},
 *   "uncalibrated": {"method": "…", "temperature": …, "expected_error": …, "balanced_error": …,
 *                    "maximum_error": …},  // of the scores before the model's calibration, if it has one
 *   "abstention": [{"threshold": 0.5, "answered": …, "coverage": …, "accuracy": …, "low": …, "high": …}],
 *   "min_precision": [{"asked": 0.98, "reached": …, "low": …, "high": …, "answered": …}],  // a share of the documents
 *   "coverage": [{"asked": 0.95, "reached": …, "low": …, "high": …, "size": …, "empty": …}],  // labels in a set
 *   "thresholds": [{"threshold": 0.4, "micro": {…}, "macro": {…}, "weighted": {…}}]
 * }
 * }</pre>
 *
 * <p>Parts that the report does not have are left out; without test rows ({@code "documents": 0}) that is all of them. A number that is not defined, such as the ROC AUC of a label
 * that no document has, is {@code null}.
 */
public final class MetricsJson {

  private static final int FORMAT = 1;

  private MetricsJson() {}

  /** Writes the report to {@code file}, whole or not at all. */
  public static void write(TestReport report, Path file) throws IOException {
    AtomicFile.writeText(file, render(report));
  }

  /** The report as JSON text, ending in a line feed. */
  public static String render(TestReport report) {
    var metrics = report.metrics();
    var json = new ObjectNode();
    json.put("format", FORMAT).put("title", report.title());
    var facts = json.putObject("facts");
    report.facts().forEach(facts::put);
    putRows(json, report.rows());
    json.put("documents", metrics.documents());
    json.put("labels", report.labels().size());
    json.put("multi_label", report.multiLabel());
    if (!report.hasTest()) {
      return layout(json, "\n") + "\n";
    }
    json.put("accuracy", metrics.accuracy());
    json.put("hamming_loss", metrics.hammingLoss());
    putAverages(json, metrics.averages());
    if (report.multiLabel()) {
      putScore(json.putObject("samples"), metrics.samples());
    }
    if (report.hierarchical() != null) {
      putScore(json.putObject("hierarchical"), report.hierarchical());
    }
    if (report.pathConsistency() != null) {
      json.putObject("path_consistency")
          .put("answers", report.pathConsistency().answers())
          .put("levels", report.pathConsistency().levels());
    }
    putRanking(json, report.ranking());
    putIntervals(json, report);
    putLabels(json, report);
    putConfusedPairs(json, report);
    putBands(json, report);
    putGroups(json, report);
    putCalibration(json, report);
    putGuarantees(json, report);
    putThresholds(json, report.thresholds());
    return layout(json, "\n") + "\n";
  }

  /** Objects and arrays of plain values stand on one line, so that a row of a table is a line; others are indented. */
  private static String layout(JsonNode json, String lineBreak) {
    if (!json.isContainer()) {
      return json.toString();
    }
    boolean oneLine = json.valueStream().noneMatch(JsonNode::isContainer);
    var inner = lineBreak + "  ";
    var values =
        json.isArray()
            ? json.valueStream().map(value -> layout(value, inner))
            : json.properties().stream()
                .map(entry -> Json.quote(entry.getKey()) + ": " + layout(entry.getValue(), inner));
    var text = values.collect(Collectors.joining(oneLine ? ", " : "," + inner));
    var between = oneLine ? text : inner + text + lineBreak;
    return json.isArray() ? "[" + between + "]" : "{" + between + "}";
  }

  private static void putRows(ObjectNode json, @Nullable RowAccount rows) {
    if (rows != null) {
      var object = json.putObject("rows").put("read", rows.read());
      var used = object.putObject("used");
      rows.usedFor().forEach(used::put);
      var leftOut = object.putObject("left_out");
      rows.leftOut().forEach((fault, count) -> leftOut.put(fault.key(), count));
    }
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
    report.intervals().forEach((metric, interval) -> intervals.putObject(metric.key())
        .put("estimate", interval.estimate())
        .put("low", interval.low())
        .put("high", interval.high())
        .put("level", interval.level()));
  }

  private static void putLabels(ObjectNode json, TestReport report) {
    var labels = json.putArray("per_label");
    for (var label : report.metrics().perLabel()) {
      var row = labels.addObject().put("label", report.labels().get(label.label()));
      putScore(row, label.score()).put("support", label.support()).put("predicted", label.predictions());
      if (report.ranking() != null) {
        var ranking = report.ranking().perLabel().get(label.label());
        putDefined(row, "roc_auc", ranking.rocAuc());
        putDefined(row, "average_precision", ranking.averagePrecision());
      }
    }
  }

  private static void putRanking(ObjectNode json, @Nullable RankingMetrics ranking) {
    if (ranking != null) {
      var object = json.putObject("ranking");
      putDefined(object, "micro_roc_auc", ranking.microRocAuc());
      putDefined(object, "macro_roc_auc", ranking.macroRocAuc());
      putDefined(object, "micro_average_precision", ranking.microAveragePrecision());
      putDefined(object, "macro_average_precision", ranking.macroAveragePrecision());
    }
  }

  private static void putBands(ObjectNode json, TestReport report) {
    if (report.bands().isEmpty()) {
      return;
    }
    var bands = json.putObject("bands");
    report.bands().forEach((band, averages) -> putAverages(
        bands.putObject(band.name().toLowerCase(Locale.ROOT))
            .put("labels", averages.labels())
            .put("support", averages.support()),
        averages));
  }

  private static void putGroups(ObjectNode json, TestReport report) {
    if (report.groups().isEmpty()) {
      return;
    }
    var rows = json.putArray("groups");
    report.groups().forEach((title, groups) -> {
      for (var group : groups) {
        var row = rows.addObject().put("by", title).put("group", group.group());
        row.put("documents", group.metrics().documents()).put("accuracy", group.metrics().accuracy());
        putAverages(row, group.metrics().averages());
      }
    });
  }

  private static void putCalibration(ObjectNode json, TestReport report) {
    if (report.calibration() != null) {
      putErrors(json.putObject("calibration"), report.calibration());
    }
    var uncalibrated = report.uncalibrated();
    if (uncalibrated != null) {
      var before = json.putObject("uncalibrated").put("method", uncalibrated.curve().method())
          .put("temperature", uncalibrated.curve().temperature());
      putErrors(before, uncalibrated.calibration());
    }
    if (!report.abstention().isEmpty()) {
      var rows = json.putArray("abstention");
      for (var row : report.abstention()) {
        var object = rows.addObject().put("threshold", row.threshold()).put("answered", row.answered());
        putDefined(object.put("coverage", row.coverage()), "accuracy", row.accuracy().estimate());
        object.put("low", row.accuracy().low()).put("high", row.accuracy().high());
      }
    }
  }

  private static void putGuarantees(ObjectNode json, TestReport report) {
    if (!report.precisions().isEmpty()) {
      var rows = json.putArray("min_precision");
      for (var row : report.precisions()) {
        putReached(rows.addObject().put("asked", row.asked()), row.reached()).put("answered", row.answered());
      }
    }
    if (!report.sets().isEmpty()) {
      var rows = json.putArray("coverage");
      for (var row : report.sets()) {
        putReached(rows.addObject().put("asked", row.asked()), row.reached()).put("size", row.size())
            .put("empty", row.empty());
      }
    }
  }

  private static ObjectNode putReached(ObjectNode object, Interval reached) {
    putDefined(object, "reached", reached.estimate());
    return object.put("low", reached.low()).put("high", reached.high());
  }

  private static void putErrors(ObjectNode json, Calibration calibration) {
    json.put("expected_error", calibration.expectedError()).put("balanced_error", calibration.balancedError())
        .put("maximum_error", calibration.maximumError());
  }

  private static void putThresholds(ObjectNode json, @Nullable ThresholdSweep sweep) {
    if (sweep != null) {
      var rows = json.putArray("thresholds");
      sweep.points().forEach(
          point -> putAverages(rows.addObject().put("threshold", point.threshold()), point.averages()));
    }
  }

  private static void putDefined(ObjectNode json, String key, double value) {
    if (Double.isNaN(value)) {
      json.putNull(key);
    } else {
      json.put(key, value);
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
