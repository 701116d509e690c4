package crema.metrics;

import crema.base.Keyed;
import java.util.function.ToDoubleFunction;

/** A metric that is one number: to choose the best model by, to put an interval around, to plot. */
public enum Metric implements Keyed {
  /** The share of documents that are exactly right. */
  ACCURACY("accuracy", "Accuracy", ClassificationMetrics::accuracy),
  /** F1 from the counts of all labels together. */
  MICRO_F1("micro_f1", "Micro F1", metrics -> metrics.averages().micro().f1()),
  /** The mean F1 over labels. */
  MACRO_F1("macro_f1", "Macro F1", metrics -> metrics.averages().macro().f1()),
  /** The mean F1 over labels, weighted by support. */
  WEIGHTED_F1("weighted_f1", "Weighted F1", metrics -> metrics.averages().weighted().f1()),
  /** The mean F1 over documents. */
  SAMPLES_F1("samples_f1", "Samples F1", metrics -> metrics.samples().f1()),
  /** The mean precision over labels. */
  MACRO_PRECISION("macro_precision", "Macro precision", metrics -> metrics.averages().macro().precision()),
  /** The mean recall over labels, also known as balanced accuracy. */
  MACRO_RECALL("macro_recall", "Macro recall", metrics -> metrics.averages().macro().recall());

  private final String key;
  private final String title;
  private final ToDoubleFunction<ClassificationMetrics> value;

  Metric(String key, String title, ToDoubleFunction<ClassificationMetrics> value) {
    this.key = key;
    this.title = title;
    this.value = value;
  }

  /** The name in files, logs and flags, such as {@code macro_f1}. */
  @Override
  public String key() {
    return key;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** Reads the metric off {@code metrics}; higher is better. */
  public double of(ClassificationMetrics metrics) {
    return value.applyAsDouble(metrics);
  }
}
