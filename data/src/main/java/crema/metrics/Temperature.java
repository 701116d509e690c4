package crema.metrics;

import crema.base.OptionalLibrary;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
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

  private static final double TOLERANCE = 1e-8;

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
          var losses = new double[truth.length];
          IntStream.range(0, truth.length).parallel().forEach(document -> {
            float[] row = logits.row(document);
            losses[document] = ScoreMatrix.logSumExp(row, temperature) - row[truth[document]] / temperature;
          });
          double loss = 0;
          for (double each : losses) {
            loss += each;
          }
          return loss / truth.length;
        });
  }

  /**
   * Of a softmax the loss is convex in the inverse temperature, so it has one minimum in the logarithm of the temperature
   * too.
   */
  private static Temperature fit(DoubleUnaryOperator loss) {
    OptionalLibrary.COMMONS_MATH.require("fitting a temperature");
    var optimum = new BrentOptimizer(TOLERANCE, TOLERANCE / 100).optimize(
        new UnivariateObjectiveFunction(logTemperature -> loss.applyAsDouble(Math.exp(logTemperature))),
        GoalType.MINIMIZE,
        new SearchInterval(Math.log(LEAST), Math.log(GREATEST), 0),
        MaxEval.unlimited());
    return new Temperature(Math.exp(optimum.getPoint()), loss.applyAsDouble(1), optimum.getValue());
  }

  private static void requireSome(ScoreMatrix logits, int truthRows) {
    logits.requireDocuments(truthRows);
    if (truthRows == 0) {
      throw new IllegalArgumentException("no documents to fit a temperature on: give validation data");
    }
  }
}
