package crema.linear;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds one label's hyperplane by coordinate descent on the dual problem. A solver keeps its working memory from label
 * to label and belongs to one thread.
 */
abstract sealed class DualSolver permits SvmDualSolver, LogisticDualSolver {
  final DualProblem problem;
  final LinearConfig config;
  final VisitingOrder order;
  final BooleanSupplier stop;
  private final byte[] signs;
  /** C of each row. */
  private final double[] costs;
  private final @Nullable BayesVariances bayes;
  /** How far each weight may go, if not all as far. */
  private double @Nullable [] variances;

  DualSolver(DualProblem problem, LinearConfig config, BooleanSupplier stop) {
    this.problem = problem;
    this.config = config;
    this.stop = stop;
    order = new VisitingOrder(problem.rows());
    signs = new byte[problem.rows()];
    costs = new double[problem.rows()];
    bayes = config.featureWeights() == FeatureWeights.BAYES ? new BayesVariances(problem) : null;
  }

  static DualSolver of(DualProblem problem, LinearConfig config, BooleanSupplier stop) {
    return config.loss() == LinearLoss.LOGISTIC
        ? new LogisticDualSolver(problem, config, stop)
        : new SvmDualSolver(problem, config, stop);
  }

  /**
   * Trains the hyperplane between the texts with a label and the others.
   *
   * @param label its number, which keys the random order
   * @param targets says which rows have it, and what rows weigh
   * @param w the weights to stay near, usually zeros; overwritten with those found, the constant feature's last
   * @return whether the tolerance was reached
   */
  final boolean solve(int label, LabelTargets targets, double[] w) {
    Arrays.fill(signs, (byte) -1);
    double positive = 0;
    for (int row : targets.rowsOf(label)) {
      signs[row] = 1;
      positive += targets.weight(row);
    }
    double all = 0;
    for (int row = 0; row < signs.length; row++) {
      all += targets.weight(row);
    }
    ClassWeights weights = config.classWeights();
    double positiveCost = config.c() * weights.of(positive, all);
    double negativeCost = config.c() * weights.of(all - positive, all);
    for (int row = 0; row < signs.length; row++) {
      costs[row] = (signs[row] > 0 ? positiveCost : negativeCost) * targets.weight(row);
    }
    variances = bayes == null ? null : bayes.of(label, targets);
    order.reset();
    return descend(label, signs, costs, w);
  }

  /** x · x of a row, each product multiplied by the variance of its weight. */
  final double squaredNorm(int row) {
    return variances == null ? problem.squaredNorm(row) : problem.squaredNorm(row, variances);
  }

  /**
   * Moves weights along a row, each as far as its variance lets it: w += scale · variances · x. With Σ w²/variance / 2 in
   * place of |w|²/2 the dual is the same but that its products are weighted by variances, and w = Σ αᵢyᵢ · variances · xᵢ.
   */
  final void add(int row, double scale, double[] w) {
    if (variances == null) {
      problem.add(row, scale, w);
    } else {
      problem.add(row, scale, w, variances);
    }
  }

  /**
   * Minimises the dual.
   *
   * @param signs y of each row: 1 or -1
   * @param costs C of each row
   * @param w to be added to
   */
  abstract boolean descend(int label, byte[] signs, double[] costs, double[] w);
}
