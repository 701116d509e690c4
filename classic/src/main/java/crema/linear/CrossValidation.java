package crema.linear;

import crema.base.Fingerprint;
import crema.base.Journal;
import crema.metrics.Averages;
import crema.metrics.LabelCounts;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

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
  private final Optional<Keeping> keeping;

  /** Where predictions are kept as they are made. */
  private record Keeping(Path folder, Consumer<String> warnings) {}

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
    this(config, folds, threads, stop, Optional.empty());
  }

  private CrossValidation(LinearConfig config, int folds, int threads, BooleanSupplier stop,
      Optional<Keeping> keeping) {
    if (folds < 2) {
      throw new IllegalArgumentException("folds is " + folds + ": it must be at least 2");
    }
    this.config = config;
    this.folds = folds;
    this.threads = threads;
    this.stop = stop;
    this.keeping = keeping;
  }

  /**
   * The same that keeps the predictions of each model as they are made, and the hyperplanes of the one that is trained:
   * one that was killed goes on from them, to the same bits.
   *
   * @param folder of no other training; what is there of other texts, targets or settings is replaced
   * @param warnings told in one line that files cannot be kept: it goes on without
   */
  public CrossValidation keeping(Path folder, Consumer<String> warnings) {
    return new CrossValidation(config, folds, threads, stop, Optional.of(new Keeping(folder, warnings)));
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
    try (var predictions = new Predictions(texts, targets)) {
      for (int fold = 0; fold < folds && !stop.getAsBoolean(); fold++) {
        int[] inside = split.inside(fold);
        var training = new Training(texts, targets, split.outside(fold));
        for (int i = 0; i < candidates.length && !stop.getAsBoolean(); i++) {
          int[][] predicted = predictions.find(fold, candidates[i], inside.length);
          if (predicted == null) {
            var answers = new HeldOutAnswers(texts, inside, targets.exclusive());
            predictions.trainer(fold, candidates[i]).trainInto(answers, training.problem(), training.targets());
            predicted = answers.labels();
            predictions.keep(fold, candidates[i], predicted);
          }
          for (int at = 0; at < inside.length; at++) {
            counts.get(i).add(targets.labelsOf(inside[at]), predicted[at], targets.weight(inside[at]));
          }
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

  /** The texts outside a fold, prepared once for all candidates, if one is to be trained. */
  private final class Training {
    private final SparseMatrix texts;
    private final int[] rows;
    private final LabelTargets targets;
    private @Nullable DualProblem problem;

    Training(SparseMatrix texts, LabelTargets targets, int[] rows) {
      this.texts = texts;
      this.rows = rows;
      this.targets = targets.rows(rows);
    }

    DualProblem problem() {
      if (problem == null) {
        problem = new DualProblem(texts.rows(rows), config.interceptScaling());
      }
      return problem;
    }

    LabelTargets targets() {
      return targets;
    }
  }

  /** A model of the cross-validation. */
  private record Fit(int fold, double c) {}

  /**
   * What the models have predicted so far, kept in a {@link Journal} if that is asked for. A record: the fold, C, and for
   * each text of the fold how many labels were predicted and these.
   */
  private final class Predictions implements Closeable {
    private final Map<Fit, int[][]> known = new HashMap<>();
    private final String identity;
    private final @Nullable Journal journal;

    Predictions(SparseMatrix texts, LabelTargets targets) {
      if (keeping.isEmpty()) {
        identity = "";
        journal = null;
        return;
      }
      Fingerprint digest = new Fingerprint("cross-validation").add(config.toString()).add(folds);
      texts.addTo(digest);
      targets.addTo(digest);
      identity = digest.hex();
      journal = Journal.open(keeping.get().folder().resolve("predictions.journal"), identity, this::read,
          keeping.get().warnings());
    }

    private void read(byte[] record) {
      try (var in = new DataInputStream(new ByteArrayInputStream(record))) {
        var fit = new Fit(in.readInt(), in.readDouble());
        var predicted = new int[in.readInt()][];
        for (int row = 0; row < predicted.length; row++) {
          predicted[row] = new int[in.readInt()];
          for (int i = 0; i < predicted[row].length; i++) {
            predicted[row][i] = in.readInt();
          }
        }
        known.put(fit, predicted);
      } catch (IOException | NegativeArraySizeException e) {
        throw new IllegalArgumentException("the record is damaged", e);
      }
    }

    /** What was predicted; null if that is not known. */
    int @Nullable [][] find(int fold, double c, int rows) {
      int[][] predicted = known.get(new Fit(fold, c));
      return predicted != null && predicted.length == rows ? predicted : null;
    }

    LinearTrainer trainer(int fold, double c) {
      var trainer = new LinearTrainer(config.withC(c), threads, stop);
      return keeping.map(kept -> trainer.keeping(kept.folder().resolve("hyperplanes.journal"),
          identity + " fold " + fold + " C " + c, kept.warnings())).orElse(trainer);
    }

    /** Keeps what a model predicted, unless it was left in the middle. */
    void keep(int fold, double c, int[][] predicted) {
      if (journal == null || stop.getAsBoolean()) {
        return;
      }
      int numbers = Arrays.stream(predicted).mapToInt(labels -> 1 + labels.length).sum();
      ByteBuffer out = ByteBuffer.allocate(Double.BYTES + (2 + numbers) * Integer.BYTES).putInt(fold).putDouble(c)
          .putInt(predicted.length);
      for (int[] labels : predicted) {
        out.putInt(labels.length);
        Arrays.stream(labels).forEach(out::putInt);
      }
      journal.append(out.array());
    }

    @Override
    public void close() {
      if (journal != null) {
        journal.close();
      }
    }
  }
}
