package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.tensor.Tensor;
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
 * <p>Instead of logits it takes embeddings {@code [rows, hidden]}; targets are nodes {@code I32 [rows]}, and rows with
 * a negative one do not take part.
 *
 * @param tree the taxonomy
 * @param margin at least 0; the authors take 0.1
 */
public record TreeTriplet(LabelTree tree, double margin) implements Loss {
  public TreeTriplet {
    Checks.atLeastZero("tree-triplet margin", margin);
  }

  @Override
  public Variable apply(Tape tape, Variable embeddings, Tensor targets) {
    var labels = ClassIndices.read("tree-triplet loss", embeddings, targets, tree.size());
    return HostLoss.apply(tape, embeddings, (x, gradient) -> mean(labels, x, gradient));
  }

  private double mean(ClassIndices labels, double[] x, double[] gradient) {
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
            sum += rings[near].hinges(rings[far], wanted, dcosines[anchor]);
            triplets += (long) rings[near].rows.length * rings[far].rows.length;
          }
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
      rings[distance] = Ring.sorted(rows, cosines);
    }
    return rings;
  }

  /**
   * Rows that are equally far from an anchor in the tree, the nearest in cosine distance first.
   *
   * @param distances their cosine distances, ascending
   */
  private record Ring(int[] rows, double[] distances) {
    static Ring sorted(int[] rows, double[] cosines) {
      int[] order = Arrays.stream(rows).boxed()
          .sorted((a, b) -> Double.compare(cosines[b], cosines[a]))
          .mapToInt(Integer::intValue)
          .toArray();
      return new Ring(order, Arrays.stream(order).mapToDouble(row -> 1 - cosines[row]).toArray());
    }

    /**
     * Σ max(d − d′ + wanted, 0) over this ring's d and the other's d′. As d grows, so does the number of d′ that are
     * too near: one walk along both finds them all.
     *
     * @param dcosines receives the derivatives by the anchor's cosines
     */
    double hinges(Ring far, double wanted, double[] dcosines) {
      if (rows.length == 0 || far.rows.length == 0) {
        return 0;
      }
      double sum = 0;
      double nearSum = 0;
      int near = 0;
      for (int i = 0; i < rows.length; i++) {
        while (near < far.rows.length && distances[i] - far.distances[near] + wanted > 0) {
          nearSum += far.distances[near];
          // All of this ring's rows from i on are too far for it.
          dcosines[far.rows[near]] += rows.length - i;
          near++;
        }
        sum += near * (distances[i] + wanted) - nearSum;
        dcosines[rows[i]] -= near;
      }
      return sum;
    }
  }
}
