package crema.metrics;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;

/**
 * One number that logits are divided by so that confidence matches accuracy, fitted on validation data (Guo, Pleiss,
 * Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017, section 4.2). The most likely label
 * stays the same.
 *
 * @param value above 1 for an overconfident model; within {@value #LEAST} and {@value #GREATEST}
 * @param lossBefore the mean negative log-likelihood at temperature 1
 * @param lossAfter the same at {@code value}
 */
public record Temperature(double value, double lossBefore, double lossAfter) {

  /** The least temperature searched. */
  public static final double LEAST = 0.05;

  /** The greatest temperature searched. */
  public static final double GREATEST = 20;

  /**
   * For one label a document.
   *
   * @param logits {@code [documents, labels]}, finite
   * @param truth the true label of each document
   * @throws IllegalArgumentException if there are no documents, or truth and scores have different lengths
   */
  public static Temperature fitSoftmax(ScoreMatrix logits, int[] truth) {
    requireSome(logits, truth.length);
    return fit(
        temperature -> {
          double loss = 0;
          for (int document = 0; document < truth.length; document++) {
            loss += logits.logSumExp(document, temperature) - logits.score(document, truth[document]) / temperature;
          }
          return loss / truth.length;
        });
  }

  /**
   * For any number of labels a document, each an independent decision.
   *
   * @param logits {@code [documents, labels]}, finite
   * @param truth the true labels of each document
   * @throws IllegalArgumentException if there are no documents, or truth and scores have different lengths
   */
  public static Temperature fitSigmoid(ScoreMatrix logits, int[][] truth) {
    requireSome(logits, truth.length);
    var sortedTruth = LabelSets.sortedCopy(truth, logits.labels());
    return fit(
        temperature -> {
          double loss = 0;
          for (int document = 0; document < truth.length; document++) {
            for (int label = 0; label < logits.labels(); label++) {
              double logit = logits.score(document, label) / temperature;
              boolean isTrue = Arrays.binarySearch(sortedTruth[document], label) >= 0;
              loss += softplus(isTrue ? -logit : logit);
            }
          }
          return loss / ((double) truth.length * logits.labels());
        });
  }

  /** The loss is convex in the inverse temperature, so it has one minimum in the logarithm of the temperature too. */
  private static Temperature fit(DoubleUnaryOperator loss) {
    var optimum =
        new BrentOptimizer(1e-8, 1e-10)
            .optimize(
                new UnivariateObjectiveFunction(logTemperature -> loss.applyAsDouble(Math.exp(logTemperature))),
                GoalType.MINIMIZE,
                new SearchInterval(Math.log(LEAST), Math.log(GREATEST), 0),
                MaxEval.unlimited());
    return new Temperature(Math.exp(optimum.getPoint()), loss.applyAsDouble(1), optimum.getValue());
  }

  /** log(1 + eˣ) without overflow. */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static void requireSome(ScoreMatrix logits, int truthRows) {
    logits.requireDocuments(truthRows);
    if (truthRows == 0) {
      throw new IllegalArgumentException("no documents to fit a temperature on: give validation data");
    }
  }
}
