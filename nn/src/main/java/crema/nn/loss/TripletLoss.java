package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.base.Keyed;

/**
 * Triplet loss of pooled embeddings with the cosine distance d = 1 − cosine: for an anchor a, another row p of its label
 * and a row n of another label,
 *
 * <pre>
 *   max(d(a, p) − d(a, n) + margin, 0)
 * </pre>
 *
 * <p>Of a batch either all triplets count, of which the mean is over those that are above zero, or of each anchor the
 * hardest one, its farthest p and its nearest n, of which the mean is over anchors (Schroff et al., "FaceNet", CVPR 2015,
 * equation 2; Hermans et al., arXiv 1703.07737, section 2). Zero for a batch without triplets. Instead of logits it takes
 * embeddings {@code [rows, hidden]}; it takes {@link Targets.Indices} or {@link Targets.Nodes}, and rows with a negative
 * one do not take part.
 *
 * @param margin how much nearer a row of the same label is to be, at least 0
 * @param mining which triplets count
 */
public record TripletLoss(double margin, Mining mining) implements Loss {
  /** Which triplets of a batch count. */
  public enum Mining implements Keyed {
    /** All that are above zero. */
    ALL,
    /** Of each anchor the hardest. */
    HARDEST
  }

  /** Checks the range. */
  public TripletLoss {
    Checks.atLeastZero("triplet margin", margin);
  }

  @Override
  public Variable apply(Tape tape, Variable embeddings, Targets targets) {
    var labels = RowLabels.any("triplet loss", embeddings, targets);
    return HostLoss.apply(tape, embeddings, (x, gradient) -> mean(labels, x, gradient));
  }

  private double mean(RowLabels labels, double[] x, double[] gradient) {
    var cosines = new CosineSimilarity(x, labels.rows(), labels.columns());
    var sum = new Sum(labels.values());
    for (int anchor = 0; anchor < labels.rows(); anchor++) {
      if (labels.values()[anchor] >= 0) {
        switch (mining) {
          case ALL -> addAll(sum, anchor, cosines.of(anchor));
          case HARDEST -> addHardest(sum, anchor, cosines.of(anchor));
        }
      }
    }
    if (sum.count == 0) {
      return 0;
    }
    cosines.backward(sum.slopes, sum.count, gradient);
    return sum.value / sum.count;
  }

  private void addAll(Sum sum, int anchor, double[] cosines) {
    for (int near = 0; near < cosines.length; near++) {
      if (sum.isSimilar(anchor, near)) {
        addAll(sum, anchor, near, cosines);
      }
    }
  }

  private void addAll(Sum sum, int anchor, int near, double[] cosines) {
    for (int far = 0; far < cosines.length; far++) {
      double hinge = sum.isOther(anchor, far) ? hinge(cosines, near, far) : 0;
      if (hinge > 0) {
        sum.add(anchor, near, far, hinge);
      }
    }
  }

  private void addHardest(Sum sum, int anchor, double[] cosines) {
    int near = -1;
    int far = -1;
    for (int i = 0; i < cosines.length; i++) {
      if (sum.isSimilar(anchor, i) && (near < 0 || cosines[i] < cosines[near])) {
        near = i;
      } else if (sum.isOther(anchor, i) && (far < 0 || cosines[i] > cosines[far])) {
        far = i;
      }
    }
    if (near >= 0 && far >= 0) {
      sum.add(anchor, near, far, hinge(cosines, near, far));
    }
  }

  private double hinge(double[] cosines, int near, int far) {
    return Math.max(cosines[far] - cosines[near] + margin, 0);
  }

  /** The sum of triplets so far, with its derivative by the cosines. */
  private static final class Sum {
    private final int[] labels;
    private final double[][] slopes;
    private double value;
    private long count;

    Sum(int[] labels) {
      this.labels = labels;
      slopes = new double[labels.length][labels.length];
    }

    boolean isSimilar(int anchor, int row) {
      return row != anchor && labels[row] == labels[anchor];
    }

    boolean isOther(int anchor, int row) {
      return labels[row] >= 0 && labels[row] != labels[anchor];
    }

    void add(int anchor, int near, int far, double hinge) {
      value += hinge;
      count++;
      if (hinge > 0) {
        slopes[anchor][far]++;
        slopes[anchor][near]--;
      }
    }
  }
}
