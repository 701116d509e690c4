package crema.family.stack;

import crema.metrics.ClassificationMetrics;
import crema.metrics.ScoreMatrix;
import crema.run.ValidationMetric;
import crema.task.AnswerSettings;
import crema.task.ScoredRows;
import crema.task.Target;
import java.util.List;

/**
 * How good what is said of rows is: greater is better.
 *
 * @param space what is voted on
 * @param answers how answers are found
 * @param metric what counts; the loss counts with a minus
 */
record LevelScore(AnswerSpace space, AnswerSettings answers, ValidationMetric metric) {
  private static final double LEAST_PROBABILITY = 1e-9;

  /** The score of rows. */
  double of(ScoredRows rows) {
    Target target = space.target();
    return metric.metric()
        .map(each -> each.of(ClassificationMetrics.of(target.tuned(answers, rows).outcomes(rows))))
        .orElseGet(() -> -loss(rows));
  }

  /**
   * The score of one member that is not calibrated.
   *
   * @param evidence {@code [rows][answers]}
   * @param truth the labels of each row
   * @param weights as how many rows each counts
   */
  double ofEvidence(float[][] evidence, int[][] truth, double[] weights) {
    var logits = new float[evidence.length][];
    for (int row = 0; row < logits.length; row++) {
      var probabilities = new double[evidence[row].length];
      for (int answer = 0; answer < probabilities.length; answer++) {
        probabilities[answer] = evidence[row][answer];
      }
      space.toProbabilities(probabilities);
      logits[row] = space.logits(probabilities);
    }
    return of(new ScoredRows(ScoreMatrix.of(logits), truth, List.of(), weights));
  }

  /** The mean negative logarithm of the right labels' probabilities. */
  private double loss(ScoredRows rows) {
    ScoreMatrix probabilities = space.target().probabilities(rows.logits());
    double loss = 0;
    double all = 0;
    for (int row = 0; row < rows.truth().length; row++) {
      double weight = rows.weight(row);
      all += weight;
      for (int label : rows.truth()[row]) {
        loss -= weight * Math.log(Math.max(LEAST_PROBABILITY, probabilities.score(row, label)));
      }
    }
    return all == 0 ? 0 : loss / all;
  }
}
