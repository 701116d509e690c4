package crema.family.fasttext;

import crema.base.UserError;
import crema.classify.TrainingListener;
import crema.fasttext.Autotune;
import crema.fasttext.AutotuneOptions;
import crema.fasttext.FastText;
import crema.fasttext.FastTextConfig;
import crema.fasttext.Metric;
import crema.fasttext.TextSource;
import crema.nn.train.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A search for better fastText settings, for a given time. What it finds depends on how fast the machine is; that is
 * then trained, and the report says what it was.
 */
final class FastTextSearch {
  private final FastTextSettings config;
  private final Path log;
  private final int threads;
  private final TrainingListener listener;
  private final StopSignal stop;

  /**
   * A search.
   *
   * @param log where trials are logged; those that are there already are not made again
   */
  FastTextSearch(FastTextSettings config, Path log, int threads, TrainingListener listener, StopSignal stop) {
    this.config = config;
    this.log = log;
    this.threads = threads;
    this.listener = listener;
    this.stop = stop;
  }

  /** The run was asked to stop: there is no use in training with the best so far. */
  private static final class StoppedException extends RuntimeException {}

  /**
   * Searches, and trains with the best settings.
   *
   * @return nothing if the run was asked to stop
   * @throws UserError if nothing was found, or the metric is none
   */
  Optional<Autotune.Result> run(TextSource train, TextSource validation) throws IOException {
    listener.stage("Searching for settings");
    try {
      return Optional.of(autotune().listener(this::goesOn).run(train, validation));
    } catch (StoppedException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Trains with what was found on other rows. */
  FastText train(Autotune.Result found, TextSource text) throws IOException {
    try {
      return autotune().train(found, text);
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  private Autotune autotune() {
    String metric = encoded(config.settings().get(FastTextSettings.AUTOTUNE_METRIC));
    return new Autotune(config.engine(threads), new AutotuneOptions(Metric.parse(metric),
        Duration.ofSeconds(config.settings().get(FastTextSettings.AUTOTUNE_DURATION)), config.modelBytes(),
        metric.contains("At") ? -1 : 1, config.fixed(), log));
  }

  private boolean goesOn(Autotune.Progress progress) {
    if (stop.isRequested()) {
      throw new StoppedException();
    }
    listener.progress(Math.min(progress.elapsed().toSeconds(), progress.duration().toSeconds()),
        progress.duration().toSeconds());
    return true;
  }

  /** A metric of one label, with the label as the engine knows it. */
  private String encoded(String metric) {
    String[] parts = metric.split(":", metric.startsWith("f1:") ? 2 : 3);
    if (parts.length > 1) {
      parts[parts.length - 1] = config.reading().fields().encodeLabel(parts[parts.length - 1]);
    }
    return String.join(":", parts);
  }

  /** What was found, for people. */
  static String describe(FastTextConfig found) {
    return String.format(Locale.ROOT,
        "learning rate %.4g, %d epochs, dim %d, word n-grams %d, character n-grams %d to %d, "
            + "%,d buckets",
        found.lr(), found.epoch(), found.dim(), found.wordNgrams(), found.minn(), found.maxn(),
        found.bucket());
  }
}
