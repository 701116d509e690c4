package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.base.Forest;

/**
 * The tree-min loss of Li et al. ("Deep Hierarchical Semantic Segmentation", CVPR 2022, arXiv 2203.14335, equations 5
 * to 7): binary cross-entropy of probabilities that the taxonomy makes consistent. With sᵥ = σ(zᵥ),
 *
 * <pre>
 *   v positive:   pᵥ = min of s over v and its ancestors,           loss (1 − pᵥ)^γ · (−log pᵥ)
 *   v negative:   1 − pᵥ = min of 1 − s over v and all below it,    loss pᵥ^γ · (−log(1 − pᵥ))
 * </pre>
 *
 * <p>averaged over rows and, by their weights, over nodes. γ = 0 is the plain loss (equation 6), the authors' focal one
 * has γ = 2 (equation 7); their weights are all 1. A node is punished through the weakest node above it or the
 * strongest below it; where several are equal, through the one nearest to it. Takes
 * {@link Targets.Nodes}, or 0 or 1 for each node as {@link Targets.MultiHot}; ancestors of a label are positive too.
 */
public final class TreeMin implements Loss {
  private final Forest tree;
  private final Focus focus;
  private final NodeWeights weights;
  private final int[] order;

  /**
   * The loss with weights.
   *
   * @param tree its nodes are the columns of the logits
   * @param weighting how much the loss of each node counts
   * @param focus γ and α
   */
  public TreeMin(Forest tree, NodeWeighting weighting, Focus focus) {
    this.tree = tree;
    this.focus = focus;
    weights = NodeWeights.of(weighting, tree);
    order = tree.topDown();
  }

  /** The loss where all nodes count alike. */
  public TreeMin(Forest tree, Focus focus) {
    this(tree, NodeWeighting.Ancestors.AS_LEAVES, focus);
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = TreeTargets.read("tree-min loss", tree, logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> mean(labels, z, gradient));
  }

  private double mean(TreeTargets labels, double[] z, double[] gradient) {
    double scale = weights.scale(labels.counted());
    var term = new BinaryTerm(focus.gamma());
    var deciding = new int[tree.size()];
    double[] weight = weights.values();
    double sum = 0;
    for (int row = 0; row < labels.rows(); row++) {
      if (labels.counts()[row]) {
        int from = row * tree.size();
        findDeciding(labels.positive(), z, from, deciding);
        for (int node = 0; node < tree.size(); node++) {
          int decider = from + deciding[node];
          if (labels.positive()[from + node]) {
            term.at(z[decider]);
            sum += weight[node] * focus.positive() * term.value();
            gradient[decider] += scale * weight[node] * focus.positive() * term.slope();
          } else {
            term.at(-z[decider]);
            sum += weight[node] * focus.negative() * term.value();
            gradient[decider] -= scale * weight[node] * focus.negative() * term.slope();
          }
        }
      }
    }
    return sum * scale;
  }

  /**
   * Finds for each node the one whose logit decides its probability. The nodes above a positive one are positive and
   * those below a negative one are negative, so one walk down and one walk up suffice.
   */
  private void findDeciding(boolean[] positive, double[] z, int from, int[] deciding) {
    for (int node : order) {
      int parent = tree.parent(node);
      deciding[node] = node;
      if (positive[from + node] && parent >= 0 && z[from + deciding[parent]] < z[from + node]) {
        deciding[node] = deciding[parent];
      }
    }
    for (int k = order.length - 1; k >= 0; k--) {
      int node = order[k];
      int parent = tree.parent(node);
      if (parent >= 0 && !positive[from + parent] && z[from + deciding[node]] > z[from + deciding[parent]]) {
        deciding[parent] = deciding[node];
      }
    }
  }
}
