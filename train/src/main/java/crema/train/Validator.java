package crema.train;

import crema.data.TokenDataset;
import crema.metrics.Average;
import crema.metrics.ClassificationMetrics;
import crema.metrics.Metric;
import crema.metrics.PrecisionRecall;
import crema.metrics.RankingMetrics;
import crema.metrics.ThresholdSweep;
import crema.report.ThresholdRecord;
import crema.report.ValidationRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures a model on the validation rows while it is trained. Where there are thresholds to choose, the metrics are
 * those with the best ones.
 */
final class Validator {
  private final TrainingConfig config;
  private final Evaluator evaluator;
  private final Target target;

  /**
   * What came out.
   *
   * @param entry for the log
   * @param value what decides on the best model
   * @param thresholds all thresholds that were tried; null where labels have none
   */
  record Result(ValidationRecord entry, double value, @Nullable ThresholdRecord thresholds) {}

  Validator(TrainingConfig config, Evaluator evaluator, Target target) {
    this.config = config;
    this.evaluator = evaluator;
    this.target = target;
  }

  /** Whether lower values are better. */
  boolean isByLoss() {
    return config.validation().metric().equals("loss");
  }

  Result validate(TokenDataset data, long step, double epoch) {
    long began = System.nanoTime();
    var evaluation = evaluator.evaluate(data, new TrainingListener() {});
    ScoredRows rows = evaluation.rows();
    Target tuned = target.tuned(config.decision(), rows);
    var metrics = ClassificationMetrics.of(tuned.outcomes(rows));
    double value = isByLoss() ? evaluation.loss() : Metric.ofKey(config.validation().metric()).of(metrics);
    ThresholdRecord thresholds = target instanceof MultiLabelTarget labels
        ? thresholds(labels, rows, step, epoch)
        : null;
    var entry = new ValidationRecord(
        step, epoch, evaluation.loss(), metrics(metrics), (System.nanoTime() - began) * 1e-9);
    return new Result(entry, value, thresholds);
  }

  /** The metrics of a validation that are logged. */
  static Map<String, Double> metrics(ClassificationMetrics metrics) {
    var values = new LinkedHashMap<String, Double>();
    for (Metric metric : List.of(Metric.ACCURACY, Metric.MACRO_F1, Metric.MICRO_F1, Metric.WEIGHTED_F1)) {
      values.put(metric.key(), metric.of(metrics));
    }
    return values;
  }

  private ThresholdRecord thresholds(MultiLabelTarget labels, ScoredRows rows, long step, double epoch) {
    ThresholdSweep sweep = labels.sweep(config.decision(), rows);
    var ranking = RankingMetrics.of(labels.probabilities(rows.logits()), rows.truth());
    ThresholdSweep.Point best = sweep.best(config.decision().average());
    var metrics = new LinkedHashMap<String, Double>();
    metrics.put("best_threshold", best.threshold());
    metrics.put("best_f1", config.decision().average().of(best.averages()).f1());
    metrics.put("micro_auc", ranking.microRocAuc());
    metrics.put("macro_auc", ranking.macroRocAuc());
    var curves = new LinkedHashMap<String, List<Double>>();
    curves.put("threshold", sweep.points().stream().map(ThresholdSweep.Point::threshold).toList());
    for (Average average : List.of(Average.MICRO, Average.MACRO)) {
      String prefix = average.name().toLowerCase(Locale.ROOT) + "_";
      List<PrecisionRecall> scores = sweep.points().stream().map(point -> average.of(point.averages())).toList();
      curves.put(prefix + "f1", scores.stream().map(PrecisionRecall::f1).toList());
      curves.put(prefix + "precision", scores.stream().map(PrecisionRecall::precision).toList());
      curves.put(prefix + "recall", scores.stream().map(PrecisionRecall::recall).toList());
    }
    return new ThresholdRecord(step, epoch, metrics, curves);
  }
}
