package crema.linear;

import crema.base.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Trains one hyperplane a label against all other texts, several labels at a time. The model depends on the texts, the
 * targets and the configuration, not on the number of threads.
 */
public final class LinearTrainer {
  private final LinearConfig config;
  private final int threads;
  private final BooleanSupplier stop;

  /**
   * A trainer.
   *
   * @param threads how many labels are trained at a time, at least 1
   */
  public LinearTrainer(LinearConfig config, int threads) {
    this(config, threads, () -> false);
  }

  /**
   * A trainer that can be stopped.
   *
   * @param threads how many labels are trained at a time, at least 1
   * @param stop asked in each pass over the texts: once it says yes, what is trained is of no use
   */
  public LinearTrainer(LinearConfig config, int threads, BooleanSupplier stop) {
    if (threads < 1) {
      throw new IllegalArgumentException("there must be at least 1 thread, not " + threads);
    }
    this.config = config;
    this.threads = threads;
    this.stop = stop;
  }

  /**
   * Trains a model. A label that no text has, or that all have, is learned like any other: its hyperplane has all texts
   * on one side.
   *
   * @param texts [texts, features]
   * @param targets of the same texts
   * @throws IllegalArgumentException when there are no texts, texts and targets differ in number, or features times
   *     labels exceed what an array holds
   */
  public LinearFit train(SparseMatrix texts, LabelTargets targets) {
    if (texts.rows() == 0) {
      throw new IllegalArgumentException("there are no texts to train on");
    }
    return train(new DualProblem(texts, config.interceptScaling()), targets);
  }

  /** Trains on texts that were prepared with the configuration's intercept scaling, once for several trainings. */
  LinearFit train(DualProblem texts, LabelTargets targets) {
    if (texts.rows() != targets.rows()) {
      throw new IllegalArgumentException(texts.rows() + " texts, but targets for " + targets.rows());
    }
    var run = new Run(texts, targets);
    int workers = Math.min(threads, targets.labels());
    try (var pool = new WorkerPool(workers)) {
      pool.run(workers, (_, _) -> run.trainLabels());
    }
    return run.toFit();
  }

  /** Training under way; its threads take labels until none is left. */
  private final class Run {
    private final DualProblem problem;
    private final LabelTargets targets;
    private final int features;
    private final float[] weights;
    private final float[] intercepts;
    private final boolean[] converged;
    private final AtomicInteger next = new AtomicInteger();

    Run(DualProblem problem, LabelTargets targets) {
      this.problem = problem;
      this.targets = targets;
      features = problem.columns();
      weights = LinearModel.newWeights(features, targets.labels());
      intercepts = new float[targets.labels()];
      converged = new boolean[targets.labels()];
    }

    void trainLabels() {
      DualSolver solver = DualSolver.of(problem, config, stop);
      var w = new double[features + 1];
      for (int label = next.getAndIncrement(); label < targets.labels() && !stop.getAsBoolean();
          label = next.getAndIncrement()) {
        converged[label] = solver.solve(label, targets, w);
        for (int feature = 0; feature < features; feature++) {
          weights[feature * targets.labels() + label] = (float) w[problem.position(feature)];
        }
        intercepts[label] = (float) (w[problem.interceptPosition()] * config.interceptScaling());
      }
    }

    LinearFit toFit() {
      List<Integer> unconverged = new ArrayList<>();
      for (int label = 0; label < converged.length; label++) {
        if (!converged[label]) {
          unconverged.add(label);
        }
      }
      return new LinearFit(new LinearModel(config.loss(), targets.exclusive(), features, weights, intercepts),
          unconverged);
    }
  }
}
