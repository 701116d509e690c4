package crema.run;

import crema.base.Keyed;
import crema.metrics.Metric;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What decides on the best model of a run. */
public enum ValidationMetric implements Keyed {
  /** The loss: lower is better. */
  LOSS(null),
  ACCURACY(Metric.ACCURACY),
  MACRO_F1(Metric.MACRO_F1),
  MICRO_F1(Metric.MICRO_F1),
  WEIGHTED_F1(Metric.WEIGHTED_F1),
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
