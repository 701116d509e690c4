package crema.nn.loss;

import crema.autograd.Variable;
import crema.base.Forest;

/**
 * Targets on a tree, on the host: what a row has, its ancestors have too.
 *
 * @param rows how many rows of logits there are
 * @param counts whether each row counts
 * @param positive {@code [rows, nodes]}
 */
record TreeTargets(int rows, boolean[] counts, boolean[] positive) {
  /**
   * Reads a node a row, or 0 or 1 for each node. Ancestors are added.
   */
  static TreeTargets read(String loss, Forest tree, Variable logits, Targets targets) {
    requireColumns(loss, tree, logits);
    int nodes = tree.size();
    if (targets instanceof Targets.Nodes) {
      int[] labels = RowLabels.nodes(loss, logits, targets, nodes).values();
      var counts = new boolean[labels.length];
      var positive = new boolean[labels.length * nodes];
      for (int row = 0; row < labels.length; row++) {
        counts[row] = labels[row] >= 0;
        for (int node = labels[row]; node >= 0; node = tree.parent(node)) {
          positive[row * nodes + node] = true;
        }
      }
      return new TreeTargets(labels.length, counts, positive);
    }
    var labels = LabelShares.of(loss, logits, targets);
    var counts = new boolean[labels.rows()];
    var positive = new boolean[labels.values().length];
    int[] order = tree.topDown();
    for (int row = 0; row < counts.length; row++) {
      counts[row] = true;
      for (int k = nodes - 1; k >= 0; k--) {
        int node = order[k];
        int i = row * nodes + node;
        if (labels.values()[i] != 0 && labels.values()[i] != 1) {
          throw new IllegalArgumentException(loss + ": the target of row " + row + ", node " + node + " is "
              + labels.values()[i] + ", neither 0 nor 1");
        }
        positive[i] |= labels.values()[i] == 1;
        if (positive[i] && tree.parent(node) >= 0) {
          positive[row * nodes + tree.parent(node)] = true;
        }
      }
    }
    return new TreeTargets(counts.length, counts, positive);
  }

  /** Complains if the columns of the logits are not the nodes of the tree. */
  static void requireColumns(String loss, Forest tree, Variable logits) {
    if (logits.shape().columns() != tree.size()) {
      throw new IllegalArgumentException(loss + ": a tree of " + tree.size() + " nodes for logits " + logits.shape());
    }
  }

  /** How many rows count. */
  int counted() {
    int counted = 0;
    for (boolean count : counts) {
      counted += count ? 1 : 0;
    }
    return counted;
  }
}
