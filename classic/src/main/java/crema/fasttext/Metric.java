package crema.fasttext;

import crema.base.UserError;
import java.util.function.ToDoubleFunction;

/**
 * What autotuning maximises and cross-validation reports.
 *
 * @param name as {@link #parse} reads it
 * @param value of an evaluation; NaN where it is not defined
 */
public record Metric(String name, ToDoubleFunction<Evaluation> value) {
  public static final Metric MICRO_F1 = new Metric("f1", Evaluation::f1);
  public static final Metric MACRO_F1 = new Metric("macro-f1", Evaluation::macroF1);
  public static final Metric WEIGHTED_F1 = new Metric("weighted-f1", Evaluation::weightedF1);
  public static final Metric PRECISION = new Metric("precision", Evaluation::precision);
  public static final Metric RECALL = new Metric("recall", Evaluation::recall);

  private static final String SYNTAX =
      "use f1, macro-f1, weighted-f1, precision, recall, f1:LABEL, precisionAtRecall:PERCENT:LABEL or "
          + "recallAtPrecision:PERCENT:LABEL";

  /** The value, or 0 where it is not defined. */
  public double of(Evaluation evaluation) {
    double result = value.applyAsDouble(evaluation);
    return Double.isNaN(result) ? 0 : result;
  }

  /**
   * The metric of a name: {@code f1} (micro), {@code macro-f1}, {@code weighted-f1}, {@code precision},
   * {@code recall}, or of one label as on fastText's command line: {@code f1:LABEL},
   * {@code precisionAtRecall:30:LABEL} for the best precision at a recall of at least 30%, and
   * {@code recallAtPrecision:30:LABEL}. The last two need predictions of all labels.
   *
   * @throws UserError if there is none
   */
  public static Metric parse(String name) {
    for (Metric metric : new Metric[] {MICRO_F1, MACRO_F1, WEIGHTED_F1, PRECISION, RECALL}) {
      if (metric.name.equals(name)) {
        return metric;
      }
    }
    String[] parts = name.split(":", 3);
    if (parts[0].equals("f1") && parts.length >= 2) {
      String label = name.substring(3);
      return new Metric(name, evaluation -> evaluation.f1(label(evaluation, label)));
    }
    if (parts.length == 3 && parts[0].equals("precisionAtRecall")) {
      double floor = percent(name, parts[1]);
      return new Metric(name, e -> e.precisionAtRecall(label(e, parts[2]), floor));
    }
    if (parts.length == 3 && parts[0].equals("recallAtPrecision")) {
      double floor = percent(name, parts[1]);
      return new Metric(name, e -> e.recallAtPrecision(label(e, parts[2]), floor));
    }
    throw new UserError("unknown metric '" + name + "': " + SYNTAX);
  }

  private static double percent(String name, String number) {
    try {
      return Double.parseDouble(number) / 100;
    } catch (NumberFormatException e) {
      throw new UserError("metric '" + name + "': '" + number + "' is not a number of percent", e);
    }
  }

  private static int label(Evaluation evaluation, String label) {
    int id = evaluation.labels().indexOf(label);
    if (id < 0) {
      throw new UserError("the model has no label '" + label + "'");
    }
    return id;
  }
}
