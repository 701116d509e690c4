package crema.linear;

import java.util.Arrays;

/**
 * Finds one label's hyperplane by coordinate descent on the dual problem. A solver keeps its working memory from label
 * to label and belongs to one thread.
 */
abstract sealed class DualSolver permits SvmDualSolver, LogisticDualSolver {
  final DualProblem problem;
  final LinearConfig config;
  final VisitingOrder order;
  private final byte[] signs;

  DualSolver(DualProblem problem, LinearConfig config) {
    this.problem = problem;
    this.config = config;
    order = new VisitingOrder(problem.rows());
    signs = new byte[problem.rows()];
  }

  static DualSolver of(DualProblem problem, LinearConfig config) {
    return config.loss() == LinearLoss.LOGISTIC
        ? new LogisticDualSolver(problem, config)
        : new SvmDualSolver(problem, config);
  }

  /**
   * Trains the hyperplane between the texts with a label and the others.
   *
   * @param label its number, which keys the random order
   * @param positives the rows that have it
   * @param w overwritten with the weights, the constant feature's last
   * @return whether the tolerance was reached
   */
  final boolean solve(int label, int[] positives, double[] w) {
    Arrays.fill(signs, (byte) -1);
    for (int row : positives) {
      signs[row] = 1;
    }
    ClassWeights weights = config.classWeights();
    double positiveCost = config.c() * weights.of(positives.length, signs.length);
    double negativeCost = config.c() * weights.of(signs.length - positives.length, signs.length);
    Arrays.fill(w, 0);
    order.reset();
    return descend(label, signs, positiveCost, negativeCost, w);
  }

  /**
   * Minimises the dual.
   *
   * @param signs y of each row: 1 or -1
   * @param positiveCost C of rows with y = 1
   * @param negativeCost C of the others
   * @param w zeros, to be added to
   */
  abstract boolean descend(int label, byte[] signs, double positiveCost, double negativeCost, double[] w);
}
