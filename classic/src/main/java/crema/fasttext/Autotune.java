package crema.fasttext;

import crema.base.json.Json;
import crema.base.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Searches hyper-parameters of a classifier by training and validating again and again. */
public final class Autotune {
  /** Fewer rows than this cannot be quantized. */
  private static final int LEAST_ROWS = ProductQuantizer.CENTROIDS;

  /** The bytes that an entry of a pruned dictionary takes besides its code: as good as the original's guess. */
  private static final int ENTRY_BYTES = 10;

  private static final int FIXED_BYTES = 107;
  private static final int SHRINKING_TRIES = 4;

  private final FastTextConfig config;
  private final AutotuneOptions options;
  private Listener listener = progress -> true;

  /** A search that starts from a configuration. */
  public Autotune(FastTextConfig config, AutotuneOptions options) {
    if (config.task() != Task.SUPERVISED) {
      throw new IllegalArgumentException("only a classifier can be tuned");
    }
    this.config = config;
    this.options = options;
  }

  /**
   * Where a search stands.
   *
   * @param trials the tries made
   * @param best the best of them so far; null before one succeeded
   * @param elapsed of the time budget, earlier sessions included
   * @param duration the time budget
   */
  public record Progress(
      int trials, @Nullable Trial best, Duration elapsed, Duration duration) {}

  /** Receives a search's progress a few times a second. */
  @FunctionalInterface
  public interface Listener {

    /** Returns whether to go on; if not, the best so far is the result. */
    boolean onProgress(Progress progress);
  }

  /** Has a listener called a few times a second. */
  public Autotune listener(Listener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * What a search found.
   *
   * @param best the try with the best score
   * @param config its configuration
   * @param trials all tries, those of earlier sessions first
   * @param model trained with it, and quantized if the model's size is limited
   */
  public record Result(Trial best, FastTextConfig config, List<Trial> trials, FastText model) {}

  /** The state of one search. */
  private final class Search {
    private final AutotuneStrategy strategy = new AutotuneStrategy(config, options);
    private final List<Trial> trials = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private double earlierSeconds;
    private boolean stopped;

    void replay(List<Trial> earlier) {
      for (Trial trial : earlier) {
        trials.add(trial);
        strategy.observe(trial);
        earlierSeconds += trial.seconds();
      }
    }

    double elapsed() {
      return earlierSeconds + (System.nanoTime() - startNanos) / 1e9;
    }

    boolean goesOn() {
      if (!stopped) {
        var elapsed = Duration.ofMillis((long) (elapsed() * 1000));
        // a slow machine gets an answer too: the first try ends, whatever the time
        stopped = !trials.isEmpty() && elapsed.compareTo(options.duration()) >= 0
            || !listener.onProgress(new Progress(trials.size(), strategy.best(), elapsed, options.duration()));
      }
      return !stopped;
    }
  }

  /**
   * Runs the search, then trains once more with what it found. The first try may take longer than the time budget.
   *
   * @throws IllegalStateException if no try succeeded
   */
  public Result run(TextSource train, TextSource validation) throws IOException {
    var search = new Search();
    search.replay(readLog());
    while (search.goesOn()) {
      int number = search.trials.size() + 1;
      double time = Math.min(1, search.elapsed() * 1000 / options.duration().toMillis());
      long start = System.nanoTime();
      Trial trial = attempt(search, search.strategy.ask(number, time), train, validation);
      if (search.stopped && trial.score() == null) {
        break;
      }
      trial = trial.result(trial.score(), trial.failure(), (System.nanoTime() - start) / 1e9);
      search.trials.add(trial);
      search.strategy.observe(trial);
      log(trial);
    }
    Trial best = search.strategy.best();
    if (best == null) {
      throw new IllegalStateException(
          "no trial succeeded in " + options.duration().toSeconds() + " s; allow more time"
              + (options.modelBytes() > 0 ? " or a larger model" : ""));
    }
    FastTextConfig found = best.apply(config);
    return new Result(best, found, List.copyOf(search.trials), train(best, found, train));
  }

  /**
   * Trains with what a search found on another text, for instance that of the search and the validation text together.
   *
   * @throws IllegalArgumentException if the model is not as small as it has to be
   */
  public FastText train(Result found, TextSource text) throws IOException {
    return train(found.best(), found.config(), text);
  }

  private FastText train(Trial best, FastTextConfig found, TextSource text) throws IOException {
    return shrink(new FastTextTrainer(found).train(text), found, best, text);
  }

  private Trial attempt(Search search, Trial trial, TextSource train, TextSource validation) throws IOException {
    FastTextConfig candidate = trial.apply(config);
    try {
      FastText model = new FastTextTrainer(candidate).listener(progress -> search.goesOn()).train(train);
      if (search.stopped) {
        return trial.result(null, "out of time", 0);
      }
      FastText small = shrink(model, candidate, trial, train);
      try (var in = validation.open()) {
        return trial.result(options.metric().of(small.test(in, options.predictions(), 0f)), null, 0);
      }
    } catch (DivergedException e) {
      return trial.result(null, e.getMessage(), 0);
    } catch (TooLargeException e) {
      return trial.result(null, e.getMessage(), 0);
    } catch (OutOfMemoryError e) {
      return trial.result(null, "out of memory", 0);
    }
  }

  /** No cutoff makes the model small enough. */
  private static final class TooLargeException extends RuntimeException {
    TooLargeException(long bytes) {
      super("a model of " + bytes + " bytes cannot have this dim");
    }
  }

  /** Prunes, retrains and quantizes a model until its file fits; as it is if any size will do. */
  private FastText shrink(FastText model, FastTextConfig candidate, Trial trial, TextSource train)
      throws IOException {
    if (options.modelBytes() == 0) {
      return model;
    }
    long rows = model.input().rows();
    boolean qout = model.output().rows() >= LEAST_ROWS;
    long cutoff = cutoff(model, trial.dsub(), qout);
    for (int tries = 0; tries < SHRINKING_TRIES && cutoff >= LEAST_ROWS && rows >= LEAST_ROWS; tries++) {
      var quantization =
          new QuantizeOptions(trial.dsub(), true, qout, (int) Math.min(cutoff, Integer.MAX_VALUE), candidate);
      FastText small = new Quantizer(quantization).quantize(model, train);
      long bytes = small.fileSize();
      if (bytes <= options.modelBytes()) {
        return small;
      }
      cutoff = (long) (0.97 * Math.min(cutoff, rows) * options.modelBytes() / bytes);
    }
    throw new TooLargeException(options.modelBytes());
  }

  /** About as many words and n-grams as the size allows. */
  private long cutoff(FastText model, int dsub, boolean qout) {
    long dim = model.dim();
    long outputs = model.output().rows();
    long outputBytes = qout
        ? 21 + outputs * ((dim + 1) / 2) + 16 + 4L * dim * ProductQuantizer.CENTROIDS + outputs
        : 16 + 4 * outputs * dim;
    long left = options.modelBytes() - FIXED_BYTES - 4L * ProductQuantizer.CENTROIDS * dim - outputBytes;
    return left / (ProductQuantizer.parts((int) dim, dsub) + 1 + ENTRY_BYTES);
  }

  private List<Trial> readLog() throws IOException {
    Path log = options.trialLog();
    var trials = new ArrayList<Trial>();
    if (log == null || !Files.exists(log)) {
      return trials;
    }
    List<String> lines = Files.readAllLines(log);
    for (int i = 0; i < lines.size(); i++) {
      try {
        trials.add(Trial.ofJson(Json.parse(lines.get(i))));
      } catch (JsonException e) {
        if (i < lines.size() - 1) {
          throw new IOException(log + ":" + (i + 1) + ": not a trial; delete the file to start over", e);
        }
        // The last line may have been cut off when the search was killed: that trial is made again.
        Files.write(log, lines.subList(0, i));
      }
    }
    return trials;
  }

  private void log(Trial trial) throws IOException {
    Path log = options.trialLog();
    if (log != null) {
      Files.writeString(
          log, trial.toJson() + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
