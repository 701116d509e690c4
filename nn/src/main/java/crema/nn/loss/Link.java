package crema.nn.loss;

import crema.base.Forest;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * How logits become probabilities; this depends on the loss that they were trained with. Where labels are the nodes of
 * a taxonomy, the evidence of a node is what it adds to the logarithm of a path's probability: the sums over the nodes
 * of two paths tell which one is more probable.
 */
public enum Link {
  /** Exclusive labels: p is the softmax of all logits, whatever the tree, and the evidence its logarithm. */
  SOFTMAX {
    @Override
    void score(Forest labels, double[] logits, double[] probabilities, double[] evidence) {
      double normalizer = normalizers(logits, _ -> 0, 1)[0];
      for (int label = 0; label < logits.length; label++) {
        evidence[label] = logits[label] - normalizer;
        probabilities[label] = Math.exp(evidence[label]);
      }
    }

    @Override
    public Loss likelihood(Forest labels) {
      return new SoftmaxCrossEntropy();
    }
  },

  /**
   * Each label for itself: p = σ(z), as {@link AncestorCrossEntropy} and all losses of {@link Targets.MultiHot} train
   * it. If nodes are independent, the probability that exactly the nodes of a path hold is, but for a factor that all
   * paths share, the product of their odds; so the evidence of a node is its logit, which speaks for or against it.
   */
  SIGMOID {
    @Override
    void score(Forest labels, double[] logits, double[] probabilities, double[] evidence) {
      for (int node = 0; node < logits.length; node++) {
        evidence[node] = logits[node];
        probabilities[node] = 1 / (1 + Math.exp(-logits[node]));
      }
    }

    @Override
    public Loss likelihood(Forest labels) {
      return new AncestorCrossEntropy(labels, NodeWeighting.Ancestors.AS_LEAVES, Focus.NONE);
    }
  },

  /**
   * As {@link #SIGMOID}, but no node is more probable than the nodes above it: p is the minimum of σ(z) over a node and
   * its ancestors (Li et al., arXiv 2203.14335, equation 5), as {@link TreeMin} trains it.
   */
  CONSTRAINED_SIGMOID {
    @Override
    void score(Forest labels, double[] logits, double[] probabilities, double[] evidence) {
      var least = logits.clone();
      for (int node : labels.topDown()) {
        int parent = labels.parent(node);
        least[node] = parent < 0 ? logits[node] : Math.min(logits[node], least[parent]);
      }
      SIGMOID.score(labels, least, probabilities, evidence);
    }

    @Override
    public Loss likelihood(Forest labels) {
      return SIGMOID.likelihood(labels);
    }
  },

  /**
   * A softmax over the children of each parent and one over the roots, as {@link ConditionalSoftmax} trains it: p is
   * the product of the conditional probabilities on the path, the evidence the logarithm of each.
   */
  FAMILY_SOFTMAX {
    @Override
    void score(Forest labels, double[] logits, double[] probabilities, double[] evidence) {
      double[] normalizers = normalizers(logits, node -> labels.parent(node) + 1, logits.length + 1);
      var path = new double[logits.length];
      for (int node : labels.topDown()) {
        int parent = labels.parent(node);
        evidence[node] = logits[node] - normalizers[parent + 1];
        path[node] = evidence[node] + (parent < 0 ? 0 : path[parent]);
        probabilities[node] = Math.exp(path[node]);
      }
    }

    @Override
    public Loss likelihood(Forest labels) {
      return new ConditionalSoftmax(labels);
    }
  },

  /**
   * A softmax over the nodes of each level, as {@link LevelSoftmax} trains it. The evidence of a node is the logarithm
   * of its probability over that of its level's most probable node: among paths of one length that ranks by the product
   * of probabilities, and a shorter path has no advantage from the levels that it does not reach.
   */
  LEVEL_SOFTMAX {
    @Override
    void score(Forest labels, double[] logits, double[] probabilities, double[] evidence) {
      IntUnaryOperator level = node -> labels.level(node) - 1;
      double[] normalizers = normalizers(logits, level, labels.depth());
      double[] largest = largest(logits, level, labels.depth());
      for (int node = 0; node < logits.length; node++) {
        evidence[node] = logits[node] - largest[level.applyAsInt(node)];
        probabilities[node] = Math.exp(logits[node] - normalizers[level.applyAsInt(node)]);
      }
    }

    @Override
    public Loss likelihood(Forest labels) {
      var weights = new double[labels.depth()];
      Arrays.fill(weights, 1);
      return new LevelSoftmax(labels, new NodeWeighting.Levels(weights));
    }
  };

  /**
   * What a model says of the labels for one input.
   *
   * @param probabilities {@code [labels]}, how probable each label is, in a taxonomy including the nodes below it
   * @param evidence {@code [labels]}, what each node adds to the logarithm of a path's probability
   */
  @SuppressWarnings("ArrayRecordComponent") // a view of two arrays; never compared
  public record Scores(double[] probabilities, double[] evidence) {}

  /**
   * Reads the logits of one input.
   *
   * @param labels the labels as a tree; without parents where they are flat
   * @param logits {@code [labels]}
   */
  public Scores scores(Forest labels, float[] logits) {
    if (logits.length != labels.size()) {
      throw new IllegalArgumentException("a tree of " + labels.size() + " nodes for " + logits.length + " logits");
    }
    var z = new double[logits.length];
    Arrays.setAll(z, label -> logits[label]);
    var scores = new Scores(new double[z.length], new double[z.length]);
    score(labels, z, scores.probabilities, scores.evidence);
    return scores;
  }

  /**
   * The cross-entropy of these probabilities with the labels, without weights, smoothing or focus: it compares models
   * whatever they were trained with. Takes {@link Targets.Indices} for {@link #SOFTMAX}, {@link Targets.Nodes} or {@link
   * Targets.MultiHot} for the sigmoids, and {@link Targets.Nodes} for the others.
   *
   * @param labels the labels as a tree; without parents where they are flat
   */
  public abstract Loss likelihood(Forest labels);

  /**
   * Whether the scores can speak for a node and against all of its children. A softmax always speaks for one of them,
   * and its evidence is never positive: a path could only lose by going on.
   */
  public boolean endsAboveLeaves() {
    return this == SIGMOID || this == CONSTRAINED_SIGMOID;
  }

  /** Fills in probabilities and evidence. */
  abstract void score(Forest labels, double[] logits, double[] probabilities, double[] evidence);

  /** log Σ exp(z) of each group of labels. */
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
