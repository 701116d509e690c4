package crema.nn.loss;

import crema.base.Forest;
import java.util.Arrays;

/**
 * How much each node of a taxonomy counts in a loss that is a weighted mean over nodes.
 *
 * @param values one a node
 * @param total their sum, which is not 0
 */
record NodeWeights(double[] values, double total) {
  NodeWeights {
    if (total == 0) {
      throw new IllegalArgumentException("all nodes of the taxonomy have weight 0");
    }
  }

  static NodeWeights of(NodeWeighting weighting, Forest tree) {
    double[] values = weighting.weights(tree);
    return new NodeWeights(values, Arrays.stream(values).sum());
  }

  /** What a sum over nodes and rows is multiplied by to become a mean; 0 rows give a sum of 0, and so a mean of 0. */
  double scale(int rows) {
    return 1 / (Math.max(1, rows) * total);
  }
}
