package crema.run;

import crema.metrics.Average;
import crema.metrics.ClassificationMetrics;
import crema.metrics.Metric;
import crema.metrics.PrecisionRecall;
import crema.metrics.RankingMetrics;
import crema.metrics.ThresholdSweep;
import crema.nn.train.StepLog;
import crema.nn.train.ThresholdRecord;
import crema.nn.train.Validation;
import crema.nn.train.ValidationRecord;
import crema.task.AnswerSettings;
import crema.task.MultiLabelTarget;
import crema.task.ScoredRows;
import crema.task.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a model says of the validation rows. Where there are thresholds to choose, the metrics are those with
 * the best ones.
 *
 * @param target what the model predicts
 * @param decision how thresholds are chosen
 * @param metric what decides on the best model
 */
public record Validator(Target target, AnswerSettings decision, ValidationMetric metric) {
  /**
   * What came out.
   *
   * @param entry for the log
   * @param value what decides on the best model
   * @param thresholds all thresholds that were tried; null where labels have none
   */
  public record Result(ValidationRecord entry, double value, @Nullable ThresholdRecord thresholds) {
    /** Writes the thresholds to their log, if there are any; what was logged of later steps before is removed. */
    public void logThresholds(Path thresholdLog) throws IOException {
      if (thresholds != null) {
        try (StepLog file = StepLog.resume(thresholdLog, entry.step() - 1)) {
          file.write(thresholds);
        }
      }
    }
  }

  /** Which values are better. */
  public Validation.Better better() {
    return metric.metric().isEmpty() ? Validation.Better.LOWER : Validation.Better.HIGHER;
  }

  /**
   * Measures.
   *
   * @param rows what the model says
   * @param loss the mean plain loss; NaN if it is not known
   * @param beganNanos when the validation began
   */
  public Result validate(ScoredRows rows, double loss, long step, double epoch, long beganNanos) {
    var metrics = ClassificationMetrics.of(target.tuned(decision, rows).outcomes(rows));
    double value = metric.metric().map(each -> each.of(metrics)).orElse(loss);
    ThresholdRecord thresholds = target instanceof MultiLabelTarget labels
        ? thresholds(labels, rows, step, epoch)
        : null;
    var entry =
        new ValidationRecord(step, epoch, loss, metrics(metrics), (System.nanoTime() - beganNanos) * 1e-9);
    return new Result(entry, value, thresholds);
  }

  /** The metrics of a validation that are logged. */
  private static Map<String, Double> metrics(ClassificationMetrics metrics) {
    var values = new LinkedHashMap<String, Double>();
    for (Metric metric : List.of(Metric.ACCURACY, Metric.MACRO_F1, Metric.MICRO_F1, Metric.WEIGHTED_F1)) {
      values.put(metric.key(), metric.of(metrics));
    }
    return values;
  }

  private ThresholdRecord thresholds(MultiLabelTarget labels, ScoredRows rows, long step, double epoch) {
    ThresholdSweep sweep = labels.sweep(decision, rows);
    var ranking = RankingMetrics.of(labels.probabilities(rows.logits()), rows.truth());
    ThresholdSweep.Point best = sweep.best(decision.average());
    var metrics = new LinkedHashMap<String, Double>();
    metrics.put("best_threshold", best.threshold());
    metrics.put("best_f1", decision.average().of(best.averages()).f1());
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
