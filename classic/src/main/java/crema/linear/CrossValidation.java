package crema.linear;

import crema.metrics.Averages;
import crema.metrics.LabelCounts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Chooses C by k-fold cross-validation: each text is predicted by a model trained on the other folds, and F1 is
 * computed once, of the predictions of all folds together, which unlike a mean over folds is not biased where labels
 * are rare (Forman and Scholz, "Apples-to-apples in cross-validation studies", SIGKDD Explorations 12, 2010).
 */
public final class CrossValidation {
  private final LinearConfig config;
  private final int folds;
  private final int threads;
  private final BooleanSupplier stop;

  /**
   * A cross-validation.
   *
   * @param config all but C; its seed also deals out the folds
   * @param folds at least 2
   * @param threads how many labels are trained at a time
   */
  public CrossValidation(LinearConfig config, int folds, int threads) {
    this(config, folds, threads, () -> false);
  }

  /**
   * A cross-validation that can be stopped.
   *
   * @param stop once it says yes, what comes out is of no use
   */
  public CrossValidation(LinearConfig config, int folds, int threads, BooleanSupplier stop) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds is " + folds + ": it must be at least 2");
    }
    this.config = config;
    this.folds = folds;
    this.threads = threads;
    this.stop = stop;
  }

  /**
   * What a value of C reached.
   *
   * @param c the value
   * @param microF1 of predictions on held-out texts, as is {@code macroF1}
   */
  public record Score(double c, double microF1, double macroF1) {}

  /**
   * Scores of all candidates, in their order.
   *
   * @param scores one a candidate
   */
  public record Result(List<Score> scores) {
    /** Copies the list. */
    public Result {
      scores = List.copyOf(scores);
    }

    /** The C with the greatest score; the smallest of several. */
    public double best(ToDoubleFunction<Score> metric) {
      return scores.stream().max(Comparator.comparingDouble(metric).thenComparingDouble(score -> -score.c()))
          .orElseThrow().c();
    }
  }

  /**
   * Trains and tests each candidate on each fold.
   *
   * @param candidates values of C
   * @throws IllegalArgumentException when there is no candidate, or there are fewer texts than folds
   */
  public Result run(SparseMatrix texts, LabelTargets targets, double... candidates) {
    if (candidates.length == 0) {
      throw new IllegalArgumentException("there is no C to choose from");
    }
    if (texts.rows() < folds) {
      throw new IllegalArgumentException(texts.rows() + " texts are fewer than the " + folds + " folds");
    }
    List<LabelCounts> counts = new ArrayList<>();
    for (int i = 0; i < candidates.length; i++) {
      counts.add(new LabelCounts(targets.labels()));
    }
    var split = new Folds(targets, folds, config.seed());
    for (int fold = 0; fold < folds && !stop.getAsBoolean(); fold++) {
      int[] outside = split.outside(fold);
      int[] inside = split.inside(fold);
      var train = new DualProblem(texts.rows(outside), config.interceptScaling());
      LabelTargets trainTargets = targets.rows(outside);
      for (int i = 0; i < candidates.length; i++) {
        LinearModel model =
            new LinearTrainer(config.withC(candidates[i]), threads, stop).train(train, trainTargets).model();
        for (int row : inside) {
          counts.get(i).add(targets.labelsOf(row), model.predict(model.decisions(texts, row)), targets.weight(row));
        }
      }
    }
    List<Score> scores = new ArrayList<>();
    for (int i = 0; i < candidates.length; i++) {
      Averages averages = counts.get(i).averages();
      scores.add(new Score(candidates[i], averages.micro().f1(), averages.macro().f1()));
    }
    return new Result(scores);
  }
}
