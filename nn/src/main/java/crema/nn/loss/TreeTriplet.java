package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.base.Forest;
import java.util.Arrays;

/**
 * The tree-triplet loss of Li et al. ("Deep Hierarchical Semantic Segmentation", CVPR 2022, arXiv 2203.14335, section
 * 3.2): rows whose labels are near each other in the taxonomy get embeddings near each other. For rows i, i⁺, i⁻ with
 * labels ψ(i, i⁺) &lt; ψ(i, i⁻) edges apart,
 *
 * <pre>
 *   max(⟨i, i⁺⟩ − ⟨i, i⁻⟩ + m, 0),   m = margin + ½ · (ψ(i, i⁻) − ψ(i, i⁺)) / 2D
 * </pre>
 *
 * <p>where ⟨·, ·⟩ is the cosine distance, 1 − cosine, and D is the depth of the taxonomy. The authors sample triplets;
 * this is the mean over all of the batch, found by sorting the distances from each row instead of looking at each
 * triplet. It is zero for a batch without triplets.
 *
 * <p>Instead of logits it takes embeddings {@code [rows, hidden]}; it takes {@link Targets.Nodes}, and rows
 * with a negative one do not take part.
 *
 * @param tree the taxonomy
 * @param margin at least 0; the authors take 0.1
 */
public record TreeTriplet(Forest tree, double margin) implements Loss {
  /** Checks the ranges. */
  public TreeTriplet {
    Checks.atLeastZero("tree-triplet margin", margin);
  }

  @Override
  public Variable apply(Tape tape, Variable embeddings, Targets targets) {
    var labels = RowLabels.nodes("tree-triplet loss", embeddings, targets, tree.size());
    return HostLoss.apply(tape, embeddings, (x, gradient) -> mean(labels, x, gradient));
  }

  private double mean(RowLabels labels, double[] x, double[] gradient) {
    int rows = labels.rows();
    var similarity = new CosineSimilarity(x, rows, labels.columns());
    var dcosines = new double[rows][rows];
    double sum = 0;
    long triplets = 0;
    for (int anchor = 0; anchor < rows; anchor++) {
      if (labels.values()[anchor] >= 0) {
        Ring[] rings = rings(labels.values(), anchor, similarity.of(anchor));
        for (int near = 0; near < rings.length; near++) {
          for (int far = near + 1; far < rings.length; far++) {
            double wanted = margin + 0.5 * (far - near) / (2 * tree.depth());
            sum += rings[near].hinges(rings[far], wanted);
            triplets += (long) rings[near].rows.length * rings[far].rows.length;
          }
        }
        for (Ring ring : rings) {
          ring.writeSlopes(similarity.of(anchor), dcosines[anchor]);
        }
      }
    }
    if (triplets == 0) {
      return 0;
    }
    similarity.backward(dcosines, gradient);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] /= triplets;
    }
    return sum / triplets;
  }

  /** The other rows by the distance of their labels in the tree, from 0 to twice its depth. */
  private Ring[] rings(int[] labels, int anchor, double[] cosines) {
    var edges = new int[labels.length];
    var sizes = new int[2 * tree.depth() + 1];
    for (int i = 0; i < labels.length; i++) {
      edges[i] = i == anchor || labels[i] < 0 ? -1 : tree.distance(labels[anchor], labels[i]);
      if (edges[i] >= 0) {
        sizes[edges[i]]++;
      }
    }
    var rings = new Ring[sizes.length];
    for (int distance = 0; distance < rings.length; distance++) {
      var rows = new int[sizes[distance]];
      int next = 0;
      for (int i = 0; i < labels.length; i++) {
        if (edges[i] == distance) {
          rows[next++] = i;
        }
      }
      rings[distance] = Ring.of(rows, cosines);
    }
    return rings;
  }

  /**
   * Rows that are equally far from an anchor in the tree.
   *
   * @param rows ascending
   * @param distances their cosine distances, ascending, whichever row they belong to
   * @param slopes the derivative of the sum of all hinges by each distance: equal for equal distances
   */
  private record Ring(int[] rows, double[] distances, double[] slopes) {
    static Ring of(int[] rows, double[] cosines) {
      double[] distances = Arrays.stream(rows).mapToDouble(row -> 1 - cosines[row]).sorted().toArray();
      return new Ring(rows, distances, new double[rows.length]);
    }

    /**
     * Σ max(d − d′ + wanted, 0) over this ring's d and the other's d′. As d grows, so does the number of d′ that are
     * too near: one walk along both finds them all.
     */
    double hinges(Ring far, double wanted) {
      if (rows.length == 0 || far.rows.length == 0) {
        return 0;
      }
      double sum = 0;
      double nearSum = 0;
      int near = 0;
      for (int i = 0; i < rows.length; i++) {
        while (near < far.rows.length && distances[i] - far.distances[near] + wanted > 0) {
          nearSum += far.distances[near];
          // All of this ring's distances from i on are too large for it.
          far.slopes[near] -= rows.length - i;
          near++;
        }
        sum += near * (distances[i] + wanted) - nearSum;
        slopes[i] += near;
      }
      return sum;
    }

    /** Gives each row the slope of its distance, turned into one of its cosine. */
    void writeSlopes(double[] cosines, double[] dcosines) {
      for (int row : rows) {
        dcosines[row] = -slopes[Arrays.binarySearch(distances, 1 - cosines[row])];
      }
    }
  }
}
