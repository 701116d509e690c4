package crema.family.stack;

import crema.linear.PositiveDefinite;
import java.util.Arrays;

/**
 * Logistic regression with a weight a member, by Newton's method with halved steps. The loss is the mean negative
 * log-likelihood of the rows, or where labels are each decided on for themselves of all decisions; it is convex.
 */
final class LogisticFit {
  private static final int ITERATIONS = 50;
  private static final int HALVINGS = 30;
  private static final double ENOUGH = 1e-10;
  /** What is nearly singular is lifted to this. */
  private static final double LEAST_PIVOT = 1e-12;

  private final AnswerSpace space;
  private final float[][][] features;
  private final int[][] answers;
  private final double[] weights;
  private final double ridge;
  private final double[] prior;
  private final int size;

  /** The loss and its first two derivatives. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Loss(double value, double[] gradient, double[][] hessian) {}

  /**
   * A fit.
   *
   * @param features {@code [rows][members][answers]}
   * @param answers the right answers of each row
   * @param weights as how many rows each counts
   * @param ridge how much the squared distance of the weights from the prior counts
   * @param prior the weights where the rows say nothing
   */
  LogisticFit(AnswerSpace space, float[][][] features, int[][] answers, double[] weights, double ridge,
      double[] prior) {
    this.space = space;
    this.features = features;
    this.answers = answers;
    this.weights = weights;
    this.ridge = ridge;
    // Where answers exclude each other, what is added to all of them changes nothing.
    size = prior.length + (space.isExclusive() ? 0 : 1);
    this.prior = Arrays.copyOf(prior, size);
  }

  /** The weights, and behind them what is added where answers do not exclude each other. */
  double[] run() {
    double[] at = prior.clone();
    Loss here = loss(at, true);
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      double[] step = PositiveDefinite.solve(here.hessian, here.gradient, LEAST_PIVOT);
      double share = 1;
      Loss next = here;
      for (int halving = 0; halving < HALVINGS; halving++, share /= 2) {
        double[] there = moved(at, step, share);
        next = loss(there, false);
        if (next.value < here.value) {
          at = there;
          break;
        }
      }
      if (!(here.value - next.value > ENOUGH)) {
        break;
      }
      here = loss(at, true);
    }
    return at;
  }

  private static double[] moved(double[] at, double[] step, double share) {
    var there = at.clone();
    for (int i = 0; i < there.length; i++) {
      there[i] -= share * step[i];
    }
    return there;
  }

  private Loss loss(double[] at, boolean withDerivatives) {
    var gradient = new double[size];
    var hessian = new double[size][size];
    double sum = 0;
    for (int row = 0; row < features.length; row++) {
      sum += space.isExclusive()
          ? exclusive(at, row, gradient, hessian, withDerivatives)
          : independent(at, row, gradient, hessian, withDerivatives);
    }
    double count = Math.max(1, Arrays.stream(weights).sum() * (space.isExclusive() ? 1.0 : space.size()));
    double value = sum / count;
    for (int i = 0; i < size; i++) {
      double distance = at[i] - prior[i];
      value += ridge * distance * distance / 2;
      gradient[i] = gradient[i] / count + ridge * distance;
      for (int j = 0; j < size; j++) {
        hessian[i][j] = hessian[i][j] / count + (i == j ? ridge : 0);
      }
    }
    return new Loss(value, gradient, hessian);
  }

  private double exclusive(double[] at, int number, double[] gradient, double[][] hessian, boolean withDerivatives) {
    float[][] row = features[number];
    int right = answers[number][0];
    double weight = weights[number];
    var scores = new double[space.size()];
    for (int member = 0; member < row.length; member++) {
      for (int answer = 0; answer < scores.length; answer++) {
        scores[answer] += at[member] * row[member][answer];
      }
    }
    double rightScore = scores[right];
    double highest = Arrays.stream(scores).max().orElseThrow();
    double sum = 0;
    for (double score : scores) {
      sum += Math.exp(score - highest);
    }
    double logSum = highest + Math.log(sum);
    if (withDerivatives) {
      for (int answer = 0; answer < scores.length; answer++) {
        scores[answer] = Math.exp(scores[answer] - logSum);
      }
      var means = new double[row.length];
      for (int i = 0; i < row.length; i++) {
        for (int answer = 0; answer < scores.length; answer++) {
          means[i] += scores[answer] * row[i][answer];
        }
        gradient[i] += weight * (means[i] - row[i][right]);
      }
      for (int i = 0; i < row.length; i++) {
        for (int j = 0; j <= i; j++) {
          double product = 0;
          for (int answer = 0; answer < scores.length; answer++) {
            product += scores[answer] * (row[i][answer] - means[i]) * (row[j][answer] - means[j]);
          }
          hessian[i][j] += weight * product;
          if (i != j) {
            hessian[j][i] += weight * product;
          }
        }
      }
    }
    return weight * (logSum - rightScore);
  }

  private double independent(double[] at, int number, double[] gradient, double[][] hessian, boolean withDerivatives) {
    float[][] row = features[number];
    int[] right = answers[number];
    double weight = weights[number];
    double loss = 0;
    var inputs = new double[size];
    for (int answer = 0; answer < space.size(); answer++) {
      double score = 0;
      for (int member = 0; member < size; member++) {
        inputs[member] = member < row.length ? row[member][answer] : 1;
        score += at[member] * inputs[member];
      }
      boolean isRight = contains(right, answer);
      double against = isRight ? -score : score;
      loss += Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
      if (withDerivatives) {
        double p = 1 / (1 + Math.exp(-score));
        double slope = weight * (p - (isRight ? 1 : 0));
        double curve = weight * p * (1 - p);
        for (int i = 0; i < size; i++) {
          gradient[i] += slope * inputs[i];
          for (int j = 0; j < size; j++) {
            hessian[i][j] += curve * inputs[i] * inputs[j];
          }
        }
      }
    }
    return weight * loss;
  }

  static boolean contains(int[] values, int value) {
    for (int each : values) {
      if (each == value) {
        return true;
      }
    }
    return false;
  }
}
