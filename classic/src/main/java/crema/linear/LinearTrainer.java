package crema.linear;

import crema.base.Fingerprint;
import crema.base.WorkerPool;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains one hyperplane a label against all other texts, several labels at a time. The model depends on the texts, the
 * targets and the configuration, not on the number of threads.
 */
public final class LinearTrainer {
  private final LinearConfig config;
  private final int threads;
  private final BooleanSupplier stop;
  private final @Nullable Keeping keeping;

  /**
   * Where hyperplanes are kept as they are found.
   *
   * @param identity a digest of what they depend on; empty to compute it
   */
  private record Keeping(Path file, String identity, Consumer<String> warnings) {}

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
    this(config, threads, stop, null);
  }

  private LinearTrainer(LinearConfig config, int threads, BooleanSupplier stop, @Nullable Keeping keeping) {
    if (threads < 1) {
      throw new IllegalArgumentException("there must be at least 1 thread, not " + threads);
    }
    this.config = config;
    this.threads = threads;
    this.stop = stop;
    this.keeping = keeping;
  }

  /**
   * The same that appends each hyperplane to a file as it is found, and does not look again for those that are there: a
   * training that was killed goes on from them, to the same bits.
   *
   * @param file of no other training; one of other texts, targets or settings is replaced
   * @param warnings told in one line that the file cannot be kept: training goes on without
   */
  public LinearTrainer keeping(Path file, Consumer<String> warnings) {
    return keeping(file, "", warnings);
  }

  /** The same with a digest of what the hyperplanes depend on. */
  LinearTrainer keeping(Path file, String identity, Consumer<String> warnings) {
    return new LinearTrainer(config, threads, stop, new Keeping(file, identity, warnings));
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
    return identified(texts, targets, null).train(new DualProblem(texts, config.interceptScaling()), targets, null);
  }

  /** The same, with a digest of what it keeps if it has none. */
  private LinearTrainer identified(SparseMatrix texts, LabelTargets targets, @Nullable LinearModel start) {
    if (keeping == null || !keeping.identity().isEmpty()) {
      return this;
    }
    Fingerprint digest = new Fingerprint("hyperplanes").add(config.toString());
    texts.addTo(digest);
    targets.addTo(digest);
    if (start != null) {
      digest.add(start.weights()).add(start.intercepts());
    }
    return keeping(keeping.file(), digest.hex(), keeping.warnings());
  }

  /**
   * Trains a model that stays near another one: half the squared distance to its weights is minimised in place of half
   * their squared length, so that texts change what they say something about, the more the larger C (biased
   * regularisation: Evgeniou and Pontil, "Regularized multi-task learning", KDD 2004).
   *
   * @param start of the same features and labels
   * @throws IllegalArgumentException as {@link #train(SparseMatrix, LabelTargets)}, or when the start has other features
   *     or labels
   */
  public LinearFit train(SparseMatrix texts, LabelTargets targets, LinearModel start) {
    if (texts.rows() == 0) {
      throw new IllegalArgumentException("there are no texts to train on");
    }
    if (start.features() != texts.columns() || start.labels() != targets.labels()) {
      throw new IllegalArgumentException("the model to start from has " + start.features() + " features and "
          + start.labels() + " labels, the texts have " + texts.columns() + " and " + targets.labels());
    }
    return identified(texts, targets, start).train(new DualProblem(texts, config.interceptScaling()), targets, start);
  }

  /** Receives hyperplanes, one after another or several at a time, each once. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes a hyperplane.
     *
     * @param isConverged whether it did not run out of iterations
     * @param weights {@code [features]}, filled anew for another label
     */
    void accept(int label, boolean isConverged, float intercept, float[] weights);
  }

  /**
   * Trains on texts that were prepared with the configuration's intercept scaling, once for several trainings, and makes no
   * model: one of all hyperplanes may be much larger than what is asked of it.
   */
  void trainInto(Sink sink, DualProblem texts, LabelTargets targets) {
    trainInto(sink, texts, targets, null);
  }

  private LinearFit train(DualProblem texts, LabelTargets targets, @Nullable LinearModel start) {
    int features = texts.columns();
    int labels = targets.labels();
    float[] weights = LinearModel.newWeights(features, labels);
    var intercepts = new float[labels];
    var hasConverged = new boolean[labels];
    Sink sink = (label, isConverged, intercept, of) -> {
      hasConverged[label] = isConverged;
      intercepts[label] = intercept;
      for (int feature = 0; feature < features; feature++) {
        weights[feature * labels + label] = of[feature];
      }
    };
    trainInto(sink, texts, targets, start);
    return new LinearFit(new LinearModel(config.loss(), targets.exclusive(), features, weights, intercepts),
        IntStream.range(0, labels).filter(label -> !hasConverged[label]).boxed().toList());
  }

  private void trainInto(Sink sink, DualProblem texts, LabelTargets targets, @Nullable LinearModel start) {
    if (texts.rows() != targets.rows()) {
      throw new IllegalArgumentException(texts.rows() + " texts, but targets for " + targets.rows());
    }
    var run = new Run(texts, targets, start, sink);
    int workers = Math.min(threads, targets.labels());
    try (var kept = keeping == null ? null : FoundHyperplanes.open(keeping.file(), keeping.identity(), texts.columns(),
        targets.labels(), run::take, keeping.warnings());
        var pool = new WorkerPool(workers)) {
      pool.run(workers, (_, _) -> run.trainLabels(kept));
    }
  }

  /** Training under way; its threads take labels until none is left. */
  private final class Run {
    private final DualProblem problem;
    private final LabelTargets targets;
    private final @Nullable LinearModel start;
    private final int features;
    private final Sink sink;
    private final boolean[] found;
    private final AtomicInteger next = new AtomicInteger();

    Run(DualProblem problem, LabelTargets targets, @Nullable LinearModel start, Sink sink) {
      this.sink = sink;
      this.problem = problem;
      this.targets = targets;
      this.start = start;
      features = problem.columns();
      found = new boolean[targets.labels()];
    }

    /** Takes a hyperplane. */
    void take(int label, boolean isConverged, float intercept, float[] of) {
      found[label] = true;
      sink.accept(label, isConverged, intercept, of);
    }

    void trainLabels(@Nullable FoundHyperplanes kept) {
      DualSolver solver = DualSolver.of(problem, config, stop);
      var w = new double[features + 1];
      var own = new float[features];
      for (int label = next.getAndIncrement(); label < targets.labels() && !stop.getAsBoolean(); label =
          next.getAndIncrement()) {
        if (found[label]) {
          continue;
        }
        begin(label, w);
        boolean isConverged = solver.solve(label, targets, w);
        for (int feature = 0; feature < features; feature++) {
          own[feature] = (float) w[problem.position(feature)];
        }
        float intercept = (float) (w[problem.interceptPosition()] * config.interceptScaling());
        take(label, isConverged, intercept, own);
        // One that was left in the middle is not what it should be.
        if (kept != null && !stop.getAsBoolean()) {
          kept.add(label, isConverged, intercept, own);
        }
      }
    }

    private void begin(int label, double[] w) {
      Arrays.fill(w, 0);
      if (start != null) {
        for (int feature = 0; feature < features; feature++) {
          w[problem.position(feature)] = start.weight(feature, label);
        }
        w[problem.interceptPosition()] =
            config.interceptScaling() == 0 ? 0 : start.intercept(label) / config.interceptScaling();
      }
    }
  }
}
