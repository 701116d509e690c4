package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.tensor.Tensor;
import java.util.Arrays;

/**
 * Binary (focal) cross-entropy over all nodes of a taxonomy, where a row has its labels and all their ancestors: the
 * mean over rows of Σᵥ wᵥ · ℓᵥ / Σᵥ wᵥ with ℓᵥ as in {@link FocalLoss} (Li et al., CVPR 2022, equation 2, with
 * weights). Targets are nodes {@code I32 [rows]}, where rows with a negative one do not count, or 0 or 1 for each node
 * {@code [rows, nodes]}.
 */
public final class AncestorCrossEntropy implements Loss {
  private final LabelTree tree;
  private final Focus focus;
  private final double[] weights;
  private final double totalWeight;

  /**
   * Cross-entropy on a tree.
   *
   * @param tree its nodes are the columns of the logits
   * @param weighting w
   * @param focus γ and α; {@link Focus#NONE} for plain cross-entropy
   */
  public AncestorCrossEntropy(LabelTree tree, NodeWeighting weighting, Focus focus) {
    this.tree = tree;
    this.focus = focus;
    weights = weighting.weights(tree);
    totalWeight = Arrays.stream(weights).sum();
    if (totalWeight == 0) {
      throw new IllegalArgumentException("all nodes of the taxonomy have weight 0");
    }
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Tensor targets) {
    var labels = TreeTargets.read("cross-entropy over ancestors", tree, logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> {
      int nodes = tree.size();
      var sum = new BinarySum(focus.gamma(), z, gradient);
      for (int i = 0; i < z.length; i++) {
        if (labels.counts()[i / nodes]) {
          double weight = weights[i % nodes];
          sum.add(i, labels.positive()[i] ? 1 : 0, weight * focus.positive(), weight * focus.negative());
        }
      }
      return sum.times(1 / (Math.max(1, labels.counted()) * totalWeight));
    });
  }
}
