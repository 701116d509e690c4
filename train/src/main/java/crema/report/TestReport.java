package crema.report;

import crema.metrics.Bootstrap;
import crema.metrics.ClassificationMetrics;
import crema.metrics.ConfusedPair;
import crema.metrics.ConfusionMatrix;
import crema.metrics.Interval;
import crema.metrics.Metric;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.Outcomes;
import crema.metrics.SingleLabelOutcomes;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is said of a model's test: {@link HtmlReport}, {@link MetricsJson} and {@link TerminalReport} show
 * it. Made by {@link #builder}.
 *
 * @param title the heading
 * @param facts what was tested, for people: model, data, seed, in order
 * @param labels the name of each label, by number
 * @param multiLabel whether a document may have several labels
 * @param metrics the metrics
 * @param intervals confidence intervals; empty where none were asked for
 * @param confusedPairs the most confused pairs, most frequent first
 * @param confusion the confusion matrix, where there is one label a document
 * @param log the steps and validations of the training; empty where there was none
 */
public record TestReport(
    String title,
    Map<String, String> facts,
    List<String> labels,
    boolean multiLabel,
    ClassificationMetrics metrics,
    Map<Metric, Interval> intervals,
    List<ConfusedPair> confusedPairs,
    @Nullable ConfusionMatrix confusion,
    List<LogRecord> log) {

  private static final int CONFUSED_PAIRS = 20;

  /** Copies what can change, and keeps the order of the maps. */
  public TestReport {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    labels = List.copyOf(labels);
    intervals = Collections.unmodifiableMap(new LinkedHashMap<>(intervals));
    confusedPairs = List.copyOf(confusedPairs);
    log = List.copyOf(log);
  }

  /**
   * Starts a report on {@code outcomes}.
   *
   * @param labels the name of each label, by number
   * @throws IllegalArgumentException if there is not one name a label
   */
  public static Builder builder(String title, List<String> labels, Outcomes outcomes) {
    return new Builder(title, labels, outcomes);
  }

  /** The headline metrics, in the order shown. */
  public List<Metric> headline() {
    var metrics = EnumSet.of(Metric.ACCURACY, Metric.MICRO_F1, Metric.MACRO_F1, Metric.WEIGHTED_F1);
    if (multiLabel) {
      metrics.add(Metric.SAMPLES_F1);
    }
    return List.copyOf(metrics);
  }

  /** The steps of the log. */
  List<StepRecord> steps() {
    return log.stream().filter(StepRecord.class::isInstance).map(StepRecord.class::cast).toList();
  }

  /** The validations of the log. */
  List<ValidationRecord> validations() {
    return log.stream().filter(ValidationRecord.class::isInstance).map(ValidationRecord.class::cast).toList();
  }

  /** Collects the parts of a report. */
  public static final class Builder {

    private final String title;
    private final List<String> labels;
    private final Outcomes outcomes;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private Map<Metric, Interval> intervals = Map.of();
    private List<LogRecord> log = List.of();

    private Builder(String title, List<String> labels, Outcomes outcomes) {
      if (labels.size() != outcomes.labelCount()) {
        throw new IllegalArgumentException(
            "%d label names for %d labels".formatted(labels.size(), outcomes.labelCount()));
      }
      this.title = title;
      this.labels = List.copyOf(labels);
      this.outcomes = outcomes;
    }

    /** Adds a fact about the run, such as {@code "Seed", "42"}. */
    public Builder fact(String name, String value) {
      facts.put(name, value);
      return this;
    }

    /** Adds confidence intervals. */
    public Builder intervals(Bootstrap bootstrap) {
      var metrics = EnumSet.allOf(Metric.class);
      if (!isMultiLabel()) {
        metrics.remove(Metric.SAMPLES_F1);
      }
      intervals = bootstrap.intervals(outcomes, metrics);
      return this;
    }

    private boolean isMultiLabel() {
      return outcomes instanceof MultiLabelOutcomes;
    }

    /** Adds the log of the training, for its curves. */
    public Builder log(List<LogRecord> records) {
      log = records;
      return this;
    }

    /** Computes the metrics and makes the report. */
    public TestReport build() {
      var confusion =
          switch (outcomes) {
            case SingleLabelOutcomes single -> ConfusionMatrix.of(single);
            case MultiLabelOutcomes _ -> null;
          };
      return new TestReport(
          title,
          facts,
          labels,
          isMultiLabel(),
          ClassificationMetrics.of(outcomes),
          intervals,
          ConfusedPair.mostFrequent(outcomes, CONFUSED_PAIRS),
          confusion,
          log);
    }
  }
}
