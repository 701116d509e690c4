package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.base.Forest;
import java.util.List;

/**
 * A softmax head for each level of a taxonomy, summed with weights: Σₗ wₗ · mean of −log pₗ[ancestor of the label on
 * level l], where pₗ is the softmax of the logits of level l's nodes and the mean goes over the rows whose label is
 * that deep (Zhu and Bain, "B-CNN: Branch Convolutional Neural Network for Hierarchical Classification", arXiv
 * 1709.09890, equation 1). Takes {@link Targets.Nodes}.
 */
public final class LevelSoftmax implements Loss {
  private final Forest tree;
  private final double[] weights;
  private final List<int[]> levels;

  /**
   * Cross-entropy on a tree.
   *
   * @param tree its nodes are the columns of the logits
   * @param weighting w, one a level
   */
  public LevelSoftmax(Forest tree, NodeWeighting.Levels weighting) {
    this.tree = tree;
    weights = weighting.weights(tree);
    levels = tree.byLevel();
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    TreeTargets.requireColumns("softmax per level", tree, logits);
    int[] labels = RowLabels.nodes("softmax per level", logits, targets, tree.size()).values();
    return HostLoss.apply(tape, logits, (z, gradient) -> {
      int[] rows = rowsByLevel(labels);
      double sum = 0;
      for (int row = 0; row < labels.length; row++) {
        for (int node = labels[row]; node >= 0; node = tree.parent(node)) {
          int level = tree.level(node) - 1;
          sum += Softmax.crossEntropy(z, levels.get(level), row * tree.size(), node, weights[node] / rows[level],
              gradient);
        }
      }
      return sum;
    });
  }

  /** How many rows have a label on each level or below it. */
  private int[] rowsByLevel(int[] labels) {
    var rows = new int[tree.depth()];
    for (int label : labels) {
      for (int level = label < 0 ? 0 : tree.level(label); level > 0; level--) {
        rows[level - 1]++;
      }
    }
    return rows;
  }
}
