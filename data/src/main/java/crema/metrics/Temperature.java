package crema.metrics;

import crema.base.OptionalLibrary;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
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

  private static final double EXACTLY = 1e-8;
  private static final double ROUGHLY = 1e-3;

  /** What a probability that is rounded to 0 counts as. */
  private static final double LEAST_PROBABILITY = 1e-7;

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
        EXACTLY,
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
        EXACTLY,
        temperature -> {
          double loss = 0;
          var row = new float[logits.labels()];
          for (int document = 0; document < truth.length; document++) {
            float[] scores = logits.read(document, row);
            for (int label = 0; label < scores.length; label++) {
              double logit = scores[label] / temperature;
              boolean isTrue = Arrays.binarySearch(sortedTruth[document], label) >= 0;
              loss += softplus(isTrue ? -logit : logit);
            }
          }
          return loss / ((double) truth.length * logits.labels());
        });
  }

  /**
   * For decisions that depend on several logits each, such as those on the nodes of a taxonomy. To three digits: each
   * step computes all probabilities.
   *
   * @param logits {@code [documents, labels]}, finite
   * @param probabilities what logits make of each decision, {@code [documents, labels]}
   * @param truth the labels that hold of each document
   * @throws IllegalArgumentException if there are no documents, or truth and scores have different lengths
   */
  public static Temperature fitDecisions(
      ScoreMatrix logits, UnaryOperator<ScoreMatrix> probabilities, int[][] truth) {
    requireSome(logits, truth.length);
    var sortedTruth = LabelSets.sortedCopy(truth, logits.labels());
    return fit(
        ROUGHLY,
        temperature -> {
          ScoreMatrix decisions = probabilities.apply(logits.dividedBy(temperature));
          double loss = 0;
          var row = new float[decisions.labels()];
          for (int document = 0; document < truth.length; document++) {
            float[] scores = decisions.read(document, row);
            for (int label = 0; label < scores.length; label++) {
              double probability = scores[label];
              boolean isTrue = Arrays.binarySearch(sortedTruth[document], label) >= 0;
              loss -= Math.log(Math.max(LEAST_PROBABILITY, isTrue ? probability : 1 - probability));
            }
          }
          return loss / ((double) truth.length * decisions.labels());
        });
  }

  /**
   * Of a softmax or logistic functions the loss is convex in the inverse temperature, so it has one minimum in the
   * logarithm of the temperature too.
   */
  private static Temperature fit(double tolerance, DoubleUnaryOperator loss) {
    OptionalLibrary.COMMONS_MATH.require("fitting a temperature");
    var optimum = new BrentOptimizer(tolerance, tolerance / 100).optimize(
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
