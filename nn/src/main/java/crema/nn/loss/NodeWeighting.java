package crema.nn.loss;

import crema.base.Forest;
import java.util.Arrays;

/** How much each node of a {@link Forest} matters to a loss. */
public sealed interface NodeWeighting {
  /** The weight of each node. */
  double[] weights(Forest tree);

  /**
   * Leaves weigh 1 and all other nodes the same.
   *
   * @param ancestor the weight of nodes that have children: below 1, 1, or above
   */
  record Ancestors(double ancestor) implements NodeWeighting {
    /** All nodes weigh the same. */
    public static final Ancestors AS_LEAVES = new Ancestors(1);

    /** Checks the ranges. */
    public Ancestors {
      Checks.atLeastZero("ancestor weight", ancestor);
    }

    @Override
    public double[] weights(Forest tree) {
      var weights = new double[tree.size()];
      Arrays.setAll(weights, node -> tree.isLeaf(node) ? 1 : ancestor);
      return weights;
    }
  }

  /** All nodes of a level weigh the same. */
  final class Levels implements NodeWeighting {
    private final double[] factors;

    /**
     * A weight a level.
     *
     * @param factors the weights of the levels from the roots down, as many as the tree has levels
     */
    public Levels(double... factors) {
      this.factors = factors.clone();
      for (int level = 0; level < factors.length; level++) {
        Checks.atLeastZero("weight of level " + (level + 1), factors[level]);
      }
    }

    @Override
    public double[] weights(Forest tree) {
      if (factors.length != tree.depth()) {
        throw new IllegalArgumentException(factors.length + " level weights for a tree of " + tree.depth()
            + " levels");
      }
      var weights = new double[tree.size()];
      Arrays.setAll(weights, node -> factors[tree.level(node) - 1]);
      return weights;
    }
  }
}
