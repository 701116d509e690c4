package crema.linear;

import crema.base.Rng;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Support vector machines with L1 and L2 loss: algorithm 3 of Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual
 * coordinate descent method for large-scale linear SVM" (ICML 2008), with random permutations and shrinking, as in
 * LIBLINEAR.
 *
 * <p>The dual is min ½ αᵀ(Q + D)α - Σα over 0 ≤ α ≤ U, where Q has yᵢyⱼxᵢ·xⱼ; U = C and D = 0 with L1 loss, U = ∞ and D
 * = 1/(2C) with L2 loss. Each step minimises over one α and keeps w = Σ αᵢyᵢxᵢ. A text whose α is at a bound, and whose
 * gradient says that it will stay there, is set aside until the others have converged.
 */
final class SvmDualSolver extends DualSolver {
  /** Projected gradients smaller than this change nothing. */
  private static final double NEGLIGIBLE = 1e-12;

  private final double[] alpha;

  SvmDualSolver(DualProblem problem, LinearConfig config, BooleanSupplier stop) {
    super(problem, config, stop);
    alpha = new double[problem.rows()];
  }

  @Override
  boolean descend(int label, byte[] signs, double[] costs, double[] w) {
    boolean hinge = config.loss() == LinearLoss.HINGE;
    Arrays.fill(alpha, 0);
    int active = alpha.length;
    double shrinkAbove = Double.POSITIVE_INFINITY;
    double shrinkBelow = Double.NEGATIVE_INFINITY;
    for (int pass = 0; pass < config.maxIterations() && !stop.getAsBoolean(); pass++) {
      order.shuffle(active, new Rng(config.seed(), pass).stream(label));
      double largest = Double.NEGATIVE_INFINITY;
      double smallest = Double.POSITIVE_INFINITY;
      for (int place = 0; place < active; place++) {
        int row = order.row(place);
        int sign = signs[row];
        double cost = costs[row];
        double upper = hinge ? cost : Double.POSITIVE_INFINITY;
        double diagonal = hinge ? 0 : 0.5 / cost;
        double old = alpha[row];
        double gradient = sign * problem.dot(row, w) - 1 + old * diagonal;
        if (old == 0 && gradient > shrinkAbove || old == upper && gradient < shrinkBelow) {
          order.swap(place--, --active);
          continue;
        }
        double projected = project(gradient, old, upper);
        largest = Math.max(largest, projected);
        smallest = Math.min(smallest, projected);
        if (Math.abs(projected) > NEGLIGIBLE) {
          alpha[row] = Math.clamp(old - gradient / (squaredNorm(row) + diagonal), 0, upper);
          add(row, (alpha[row] - old) * sign, w);
        }
      }
      boolean converged = largest - smallest <= config.tolerance();
      if (converged && active == alpha.length) {
        return true;
      }
      if (converged) {
        active = alpha.length;
      }
      shrinkAbove = converged || largest <= 0 ? Double.POSITIVE_INFINITY : largest;
      shrinkBelow = converged || smallest >= 0 ? Double.NEGATIVE_INFINITY : smallest;
    }
    return false;
  }

  /** The gradient without what would push α out of its bounds. */
  private static double project(double gradient, double alpha, double upper) {
    if (alpha == 0) {
      return Math.min(gradient, 0);
    }
    return alpha == upper ? Math.max(gradient, 0) : gradient;
  }
}
