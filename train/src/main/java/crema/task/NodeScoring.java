package crema.task;

import crema.data.Taxonomy;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** How the logits of a taxonomy's nodes are to be read; this depends on the loss that they were trained with. */
public enum NodeScoring {
  /**
   * Each node for itself: p = σ(z), as {@link crema.nn.loss.AncestorCrossEntropy} and all losses of many labels train
   * it. If nodes are independent, the probability that exactly the nodes of a path hold is, but for a factor that all
   * paths share, the product of their odds; so the evidence of a node is its logit, which speaks for or against it.
   */
  SIGMOID {
    @Override
    void score(Taxonomy taxonomy, double[] logits, double[] probabilities, double[] evidence) {
      for (int node = 0; node < logits.length; node++) {
        evidence[node] = logits[node];
        probabilities[node] = 1 / (1 + Math.exp(-logits[node]));
      }
    }
  },

  /**
   * As {@link #SIGMOID}, but no node is more probable than the nodes above it: p is the minimum of σ(z) over a node and
   * its ancestors (Li et al., arXiv 2203.14335, equation 5), as {@link crema.nn.loss.TreeMin} trains it.
   */
  CONSTRAINED_SIGMOID {
    @Override
    void score(Taxonomy taxonomy, double[] logits, double[] probabilities, double[] evidence) {
      var least = logits.clone();
      for (int node = 0; node < least.length; node++) {
        int parent = taxonomy.parent(node);
        least[node] = parent < 0 ? logits[node] : Math.min(logits[node], least[parent]);
      }
      SIGMOID.score(taxonomy, least, probabilities, evidence);
    }
  },

  /**
   * A softmax over the children of each parent and one over the roots, as {@link crema.nn.loss.ConditionalSoftmax}
   * trains it: p is the product of the conditional probabilities on the path, the evidence the logarithm of each.
   */
  FAMILY_SOFTMAX {
    @Override
    void score(Taxonomy taxonomy, double[] logits, double[] probabilities, double[] evidence) {
      double[] normalizers = normalizers(logits, node -> taxonomy.parent(node) + 1, logits.length + 1);
      var path = new double[logits.length];
      for (int node = 0; node < logits.length; node++) {
        int parent = taxonomy.parent(node);
        evidence[node] = logits[node] - normalizers[parent + 1];
        path[node] = evidence[node] + (parent < 0 ? 0 : path[parent]);
        probabilities[node] = Math.exp(path[node]);
      }
    }
  },

  /**
   * A softmax over the nodes of each level, as {@link crema.nn.loss.LevelSoftmax} trains it. The evidence of a node is
   * the logarithm of its probability over that of its level's most probable node: among paths of one length that ranks
   * by the product of probabilities, and a shorter path has no advantage from the levels that it does not reach.
   */
  LEVEL_SOFTMAX {
    @Override
    void score(Taxonomy taxonomy, double[] logits, double[] probabilities, double[] evidence) {
      IntUnaryOperator level = node -> taxonomy.level(node) - 1;
      double[] normalizers = normalizers(logits, level, taxonomy.depth());
      double[] largest = largest(logits, level, taxonomy.depth());
      for (int node = 0; node < logits.length; node++) {
        evidence[node] = logits[node] - largest[level.applyAsInt(node)];
        probabilities[node] = Math.exp(logits[node] - normalizers[level.applyAsInt(node)]);
      }
    }
  };

  /**
   * Reads the logits of one text.
   *
   * @param logits {@code [nodes]}
   */
  public NodeScores scores(Taxonomy taxonomy, float[] logits) {
    if (logits.length != taxonomy.size()) {
      throw new IllegalArgumentException(
          "a taxonomy of " + taxonomy.size() + " nodes for " + logits.length + " logits");
    }
    var z = new double[logits.length];
    Arrays.setAll(z, node -> logits[node]);
    var scores = new NodeScores(taxonomy, new double[z.length], new double[z.length]);
    score(taxonomy, z, scores.probabilities(), scores.evidence());
    return scores;
  }

  /**
   * Whether the scores can speak for a node and against all of its children. A softmax always speaks for one of them,
   * and its evidence is never positive: a path could only lose by going on.
   */
  boolean endsAboveLeaves() {
    return this == SIGMOID || this == CONSTRAINED_SIGMOID;
  }

  /** Fills in probabilities and evidence. */
  abstract void score(Taxonomy taxonomy, double[] logits, double[] probabilities, double[] evidence);

  /** log Σ exp(z) of each group of nodes. */
  private static double[] normalizers(double[] logits, IntUnaryOperator groupOf, int groups) {
    double[] normalizers = largest(logits, groupOf, groups);
    var sums = new double[groups];
    for (int node = 0; node < logits.length; node++) {
      int group = groupOf.applyAsInt(node);
      sums[group] += Math.exp(logits[node] - normalizers[group]);
    }
    for (int group = 0; group < groups; group++) {
      normalizers[group] += Math.log(sums[group]);
    }
    return normalizers;
  }

  private static double[] largest(double[] logits, IntUnaryOperator groupOf, int groups) {
    var largest = new double[groups];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    for (int node = 0; node < logits.length; node++) {
      int group = groupOf.applyAsInt(node);
      largest[group] = Math.max(largest[group], logits[node]);
    }
    return largest;
  }
}
