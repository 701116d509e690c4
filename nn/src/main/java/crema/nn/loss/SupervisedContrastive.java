package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * Supervised contrastive loss of pooled embeddings: rows with the same label attract each other, all others repel. With
 * unit vectors uᵢ, P(i) the other rows of i's label and A(i) all other rows that have a label,
 *
 * <pre>
 *   mean over i of −1/|P(i)| · Σ over p in P(i) of log( exp(uᵢ·uₚ / τ) / Σ over a in A(i) of exp(uᵢ·uₐ / τ) )
 * </pre>
 *
 * <p>(Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, equation 2). Rows that are alone with their label
 * do not count; if all are, the loss is zero. Instead of logits it takes embeddings {@code [rows, hidden]}; it takes
 * {@link Targets.Indices} or {@link Targets.Nodes}, more detailed than those that are predicted if one likes, and
 * negative ones do not take part.
 *
 * @param temperature τ, above 0
 */
public record SupervisedContrastive(double temperature) implements Loss {
  /** Checks the ranges. */
  public SupervisedContrastive {
    Checks.aboveZero("contrastive temperature", temperature);
  }

  @Override
  public Variable apply(Tape tape, Variable embeddings, Targets targets) {
    var labels = RowLabels.any("supervised contrastive loss", embeddings, targets);
    return HostLoss.apply(tape, embeddings, (x, gradient) -> mean(labels, x, gradient));
  }

  private double mean(RowLabels labels, double[] x, double[] gradient) {
    int rows = labels.rows();
    int[] values = labels.values();
    int anchors = 0;
    var positives = new int[rows];
    for (int i = 0; i < rows; i++) {
      positives[i] = partners(values, i);
      anchors += positives[i] > 0 ? 1 : 0;
    }
    if (anchors == 0) {
      return 0;
    }
    var similarity = new CosineSimilarity(x, rows, labels.columns());
    var dcosines = new double[rows][rows];
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      if (positives[i] > 0) {
        double[] cosines = similarity.of(i);
        double normalizer = normalizer(values, i, cosines);
        for (int j = 0; j < rows; j++) {
          if (j != i && values[j] >= 0) {
            double log = cosines[j] / temperature - normalizer;
            double share = values[j] == values[i] ? 1.0 / positives[i] : 0;
            sum -= share * log;
            dcosines[i][j] = (Math.exp(log) - share) / (temperature * anchors);
          }
        }
      }
    }
    similarity.backward(dcosines, gradient);
    return sum / anchors;
  }

  /** The number of other rows with a row's label. */
  private static int partners(int[] values, int row) {
    int partners = 0;
    for (int j = 0; j < values.length; j++) {
      partners += j != row && values[j] >= 0 && values[j] == values[row] ? 1 : 0;
    }
    return partners;
  }

  /** log Σ exp(cosine / τ) over the other rows that have a label. */
  private double normalizer(int[] values, int row, double[] cosines) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < cosines.length; j++) {
      if (j != row && values[j] >= 0) {
        largest = Math.max(largest, cosines[j] / temperature);
      }
    }
    double sum = 0;
    for (int j = 0; j < cosines.length; j++) {
      if (j != row && values[j] >= 0) {
        sum += Math.exp(cosines[j] / temperature - largest);
      }
    }
    return largest + Math.log(sum);
  }
}
