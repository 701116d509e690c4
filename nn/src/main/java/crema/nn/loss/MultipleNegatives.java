package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * A softmax that has to find a similar text among those of a batch that are not: with unit vectors uᵢ, P the ordered
 * pairs (i, p) of different rows of one label, and N(i) the rows of other labels,
 *
 * <pre>
 *   mean over (i, p) in P of −log( exp(uᵢ·uₚ / τ) / (exp(uᵢ·uₚ / τ) + Σ over n in N(i) of exp(uᵢ·uₙ / τ)) )
 * </pre>
 *
 * <p>(Henderson et al., arXiv 1705.00652, section 4; Chen et al., "SimCLR", ICML 2020, equation 1, for pairs that are
 * labels of their own). Unlike {@link SupervisedContrastive}, other similar texts are not among those that a similar text
 * competes with. Zero for a batch without similar rows. Instead of logits it takes embeddings {@code [rows, hidden]}; it
 * takes {@link Targets.Indices} or {@link Targets.Nodes}, and rows with a negative one do not take part.
 *
 * @param temperature τ, above 0
 */
public record MultipleNegatives(double temperature) implements Loss {
  /** Checks the range. */
  public MultipleNegatives {
    Checks.aboveZero("temperature of multiple negatives", temperature);
  }

  @Override
  public Variable apply(Tape tape, Variable embeddings, Targets targets) {
    var labels = RowLabels.any("multiple-negatives loss", embeddings, targets);
    return HostLoss.apply(tape, embeddings, (x, gradient) -> mean(labels, x, gradient));
  }

  private double mean(RowLabels labels, double[] x, double[] gradient) {
    int rows = labels.rows();
    int[] values = labels.values();
    var cosines = new CosineSimilarity(x, rows, labels.columns());
    var slopes = new double[rows][rows];
    double sum = 0;
    long pairs = 0;
    for (int i = 0; i < rows; i++) {
      double others = values[i] < 0 ? Double.NEGATIVE_INFINITY : others(values, i, cosines.of(i));
      for (int p = 0; p < rows; p++) {
        if (p != i && values[i] >= 0 && values[p] == values[i]) {
          sum += add(values, i, p, cosines.of(i), others, slopes[i]);
          pairs++;
        }
      }
    }
    if (pairs == 0) {
      return 0;
    }
    cosines.backward(slopes, temperature * pairs, gradient);
    return sum / pairs;
  }

  /** Adds the slopes of a pair's loss, and returns it. */
  private double add(int[] values, int anchor, int similar, double[] cosines, double others, double[] slopes) {
    double logit = cosines[similar] / temperature;
    double normalizer = logSum(logit, others);
    slopes[similar] += Math.exp(logit - normalizer) - 1;
    for (int n = 0; n < values.length; n++) {
      if (values[n] >= 0 && values[n] != values[anchor]) {
        slopes[n] += Math.exp(cosines[n] / temperature - normalizer);
      }
    }
    return normalizer - logit;
  }

  /** log Σ exp(cosine / τ) over the rows of other labels. */
  private double others(int[] values, int row, double[] cosines) {
    double sum = Double.NEGATIVE_INFINITY;
    for (int n = 0; n < values.length; n++) {
      if (values[n] >= 0 && values[n] != values[row]) {
        sum = logSum(sum, cosines[n] / temperature);
      }
    }
    return sum;
  }

  /** log(exp(a) + exp(b)), of which one may be minus infinity. */
  private static double logSum(double a, double b) {
    double larger = Math.max(a, b);
    return Double.isInfinite(larger) ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
  }
}
