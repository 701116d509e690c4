package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.base.Forest;

/**
 * Cross-entropy of a taxonomy's conditional probabilities: children of one parent, and likewise the roots, share a
 * softmax, p(v) is the product of the conditional probabilities on the path to v, and the loss −log p(v) is averaged
 * over rows (Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger", CVPR 2017, section 4, hierarchical
 * classification). Nodes off the path's families have no gradient. Takes {@link Targets.Nodes}, leaves or not.
 */
public final class ConditionalSoftmax implements Loss {
  private final Forest tree;
  private final int[][] siblings;

  /**
   * Cross-entropy on a tree.
   *
   * @param tree its nodes are the columns of the logits
   */
  public ConditionalSoftmax(Forest tree) {
    this.tree = tree;
    siblings = tree.siblings();
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    TreeTargets.requireColumns("conditional softmax", tree, logits);
    var labels = RowLabels.nodes("conditional softmax", logits, targets, tree.size());
    return HostLoss.apply(tape, logits, (z, gradient) -> {
      double scale = 1.0 / Math.max(1, labels.counted());
      double sum = 0;
      for (int row = 0; row < labels.rows(); row++) {
        for (int node = labels.values()[row]; node >= 0; node = tree.parent(node)) {
          sum += Softmax.crossEntropy(z, siblings[node], row * tree.size(), node, scale, gradient);
        }
      }
      return sum;
    });
  }
}
