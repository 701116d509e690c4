package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * The multi-similarity loss of Wang et al. ("Multi-Similarity Loss with General Pair Weighting for Deep Metric
 * Learning", CVPR 2019, equations 11, 12 and 15): with the cosines Sᵢⱼ, Pᵢ the other rows of i's label and Nᵢ those of
 * other labels, the mean over rows i of
 *
 * <pre>
 *   1/α · log(1 + Σ over p in Pᵢ of exp(−α (Sᵢₚ − λ))) + 1/β · log(1 + Σ over n in Nᵢ of exp(β (Sᵢₙ − λ)))
 * </pre>
 *
 * <p>where only hard pairs count: of Pᵢ those with Sᵢₚ &lt; ε + the largest cosine in Nᵢ, and of Nᵢ those with Sᵢₙ &gt;
 * the smallest in Pᵢ − ε. A row without hard pairs of both kinds adds nothing. Instead of logits it takes embeddings
 * {@code [rows, hidden]}; it takes {@link Targets.Indices} or {@link Targets.Nodes}, and rows with a negative one do not
 * take part.
 *
 * @param similarScale α, above 0: how much the least similar of a label counts more than others of it
 * @param otherScale β, above 0: how much the most similar of another label counts more than others
 * @param threshold λ: the cosine that parts similar rows from others
 * @param margin ε, at least 0: how much less hard than the hardest a pair may be and count
 */
public record MultiSimilarity(double similarScale, double otherScale, double threshold, double margin)
    implements Loss {
  /** Checks the ranges. */
  public MultiSimilarity {
    Checks.aboveZero("scale of similar rows", similarScale);
    Checks.aboveZero("scale of other rows", otherScale);
    Checks.atLeastZero("multi-similarity margin", margin);
  }

  @Override
  public Variable apply(Tape tape, Variable embeddings, Targets targets) {
    var labels = RowLabels.any("multi-similarity loss", embeddings, targets);
    return HostLoss.apply(tape, embeddings, (x, gradient) -> mean(labels, x, gradient));
  }

  private double mean(RowLabels labels, double[] x, double[] gradient) {
    int counted = labels.counted();
    if (counted == 0) {
      return 0;
    }
    var cosines = new CosineSimilarity(x, labels.rows(), labels.columns());
    var slopes = new double[labels.rows()][labels.rows()];
    double sum = 0;
    for (int row = 0; row < labels.rows(); row++) {
      if (labels.values()[row] >= 0) {
        sum += add(labels.values(), row, cosines.of(row), slopes[row]);
      }
    }
    cosines.backward(slopes, counted, gradient);
    return sum / counted;
  }

  /** Adds the slopes of a row's loss, and returns it. */
  private double add(int[] labels, int row, double[] cosines, double[] slopes) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < cosines.length; i++) {
      if (i != row && labels[i] == labels[row]) {
        least = Math.min(least, cosines[i]);
      } else if (labels[i] >= 0 && i != row) {
        most = Math.max(most, cosines[i]);
      }
    }
    var isNear = new boolean[cosines.length];
    var isFar = new boolean[cosines.length];
    boolean anyNear = false;
    boolean anyFar = false;
    for (int i = 0; i < cosines.length; i++) {
      boolean isSame = labels[i] == labels[row];
      isNear[i] = i != row && isSame && cosines[i] < most + margin;
      isFar[i] = !isSame && labels[i] >= 0 && cosines[i] > least - margin;
      anyNear |= isNear[i];
      anyFar |= isFar[i];
    }
    return anyNear && anyFar
        ? softplus(cosines, isNear, -similarScale, slopes) + softplus(cosines, isFar, otherScale, slopes) : 0;
  }

  /** log(1 + Σ exp(scale · (cosine − λ))) / |scale| over some rows, whose slopes are set. */
  private double softplus(double[] cosines, boolean[] counts, double scale, double[] slopes) {
    double largest = 0;
    for (int i = 0; i < cosines.length; i++) {
      largest = counts[i] ? Math.max(largest, scale * (cosines[i] - threshold)) : largest;
    }
    double sum = Math.exp(-largest);
    for (int i = 0; i < cosines.length; i++) {
      sum += counts[i] ? Math.exp(scale * (cosines[i] - threshold) - largest) : 0;
    }
    for (int i = 0; i < cosines.length; i++) {
      if (counts[i]) {
        slopes[i] = Math.signum(scale) * Math.exp(scale * (cosines[i] - threshold) - largest) / sum;
      }
    }
    return (largest + Math.log(sum)) / Math.abs(scale);
  }
}
