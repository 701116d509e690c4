package crema.linear;

import crema.base.Rng;
import java.util.function.BooleanSupplier;

/**
 * Logistic regression: algorithm 5 of Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and
 * maximum entropy models" (Machine Learning 85, 2011), as in LIBLINEAR.
 *
 * <p>The dual is min ½ αᵀQα + Σ αᵢ ln αᵢ + (C - αᵢ) ln(C - αᵢ) over α between 0 and C, where Q has yᵢyⱼxᵢ·xⱼ. Each step
 * minimises over one α by Newton's method, written in α or in C - α, whichever is the smaller at the solution, so that
 * neither loses its digits near a bound.
 */
final class LogisticDualSolver extends DualSolver {
  private static final int MAX_NEWTON_STEPS = 100;

  /** Newton's method is first run to this accuracy, then to ten times better whenever it has little left to do. */
  private static final double FIRST_ACCURACY = 1e-2;
  private static final double LAST_ACCURACY = 1e-8;

  /** What is left of a value that Newton's step would have made negative: ξ of the paper. */
  private static final double RETREAT = 0.1;

  private static final double FIRST_ALPHA = 1e-8;

  /** α of each row, and C - α. */
  private final double[] alpha;
  private final double[] rest;

  LogisticDualSolver(DualProblem problem, LinearConfig config, BooleanSupplier stop) {
    super(problem, config, stop);
    alpha = new double[problem.rows()];
    rest = new double[problem.rows()];
  }

  @Override
  boolean descend(int label, byte[] signs, double[] costs, double[] w) {
    int rows = alpha.length;
    for (int row = 0; row < rows; row++) {
      double cost = costs[row];
      alpha[row] = Math.min(0.001 * cost, FIRST_ALPHA);
      rest[row] = cost - alpha[row];
      add(row, signs[row] * alpha[row], w);
    }
    double accuracy = FIRST_ACCURACY;
    for (int pass = 0; pass < config.maxIterations() && !stop.getAsBoolean(); pass++) {
      order.shuffle(rows, new Rng(config.seed(), pass).stream(label));
      double largest = 0;
      long newtonSteps = 0;
      for (int place = 0; place < rows; place++) {
        int row = order.row(place);
        int sign = signs[row];
        double cost = costs[row];
        double curvature = squaredNorm(row);
        double slope = sign * problem.dot(row, w);
        boolean mirrored = 0.5 * curvature * (rest[row] - alpha[row]) + slope < 0;
        double old = mirrored ? rest[row] : alpha[row];
        var step = new Step(curvature, mirrored ? -slope : slope, cost, old);
        double z = cost - old < 0.5 * cost ? RETREAT * old : old;
        double gradient = step.gradient(z);
        largest = Math.max(largest, Math.abs(gradient));
        int taken = 0;
        while (taken <= MAX_NEWTON_STEPS && Math.abs(gradient) >= accuracy) {
          double next = z - gradient / step.curvature(z);
          z = next <= 0 ? z * RETREAT : next;
          gradient = step.gradient(z);
          taken++;
        }
        if (taken > 0) {
          newtonSteps += taken;
          alpha[row] = mirrored ? cost - z : z;
          rest[row] = mirrored ? z : cost - z;
          add(row, (mirrored ? old - z : z - old) * sign, w);
        }
      }
      if (largest < config.tolerance()) {
        return true;
      }
      if (newtonSteps <= rows / 10) {
        accuracy = Math.max(Math.min(LAST_ACCURACY, config.tolerance()), accuracy * 0.1);
      }
    }
    return false;
  }

  /**
   * The function of one variable that a step minimises: g(z) = z ln z + (C - z) ln(C - z) + ½a(z - old)² + b(z - old).
   */
  private record Step(double a, double b, double cost, double old) {
    double gradient(double z) {
      return a * (z - old) + b + StrictMath.log(z / (cost - z));
    }

    double curvature(double z) {
      return a + cost / (cost - z) / z;
    }
  }
}
