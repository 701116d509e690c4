package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.base.Forest;

/**
 * Binary (focal) cross-entropy over all nodes of a taxonomy, where a row has its labels and all their ancestors: the
 * mean over rows of Σᵥ wᵥ · ℓᵥ / Σᵥ wᵥ with ℓᵥ as in {@link FocalLoss} (Li et al., CVPR 2022, equation 2, with
 * weights). Takes {@link Targets.Nodes}, or 0 or 1 for each node as {@link Targets.MultiHot}.
 */
public final class AncestorCrossEntropy implements Loss {
  private final Forest tree;
  private final Focus focus;
  private final NodeWeights weights;

  /**
   * Cross-entropy on a tree.
   *
   * @param tree its nodes are the columns of the logits
   * @param weighting w
   * @param focus γ and α; {@link Focus#NONE} for plain cross-entropy
   */
  public AncestorCrossEntropy(Forest tree, NodeWeighting weighting, Focus focus) {
    this.tree = tree;
    this.focus = focus;
    weights = NodeWeights.of(weighting, tree);
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = TreeTargets.read("cross-entropy over ancestors", tree, logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> {
      int nodes = tree.size();
      var sum = new BinarySum(focus.gamma(), z, gradient);
      for (int i = 0; i < z.length; i++) {
        if (labels.counts()[i / nodes]) {
          double weight = weights.values()[i % nodes];
          sum.add(i, labels.positive()[i] ? 1 : 0, weight * focus.positive(), weight * focus.negative());
        }
      }
      return sum.times(weights.scale(labels.counted()));
    });
  }
}
