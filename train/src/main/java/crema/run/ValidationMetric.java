package crema.run;

import crema.base.Keyed;
import crema.metrics.Metric;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What decides on the best model of a run. */
public enum ValidationMetric implements Keyed {
  /** The loss: lower is better. */
  LOSS(null),
  /** The share of rows whose answer is right. */
  ACCURACY(Metric.ACCURACY),
  /** The mean F1 of the labels. */
  MACRO_F1(Metric.MACRO_F1),
  /** F1 of all decisions together. */
  MICRO_F1(Metric.MICRO_F1),
  /** The mean F1 of the labels, weighted by their rows. */
  WEIGHTED_F1(Metric.WEIGHTED_F1),
  /** The mean F1 of the rows. */
  SAMPLES_F1(Metric.SAMPLES_F1);

  private final @Nullable Metric metric;

  ValidationMetric(@Nullable Metric metric) {
    this.metric = metric;
  }

  /** The metric; empty for the loss. */
  public Optional<Metric> metric() {
    return Optional.ofNullable(metric);
  }

  @Override
  public String key() {
    return metric == null ? Keyed.super.key() : metric.key();
  }
}
