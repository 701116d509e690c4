package crema.cli.fasttext;

import crema.fasttext.Autotune;
import crema.fasttext.FastTextConfig;
import crema.fasttext.TrainingProgress;
import crema.fasttext.Trial;
import crema.fasttext.VectorText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The line on which the original shows how far it is. */
final class ProgressLine {
  /** The original's {@code -verbose}: 0 for nothing, 1 for the last line of progress only, 2 for all. */
  static final int ALL = 2;

  private final PrintStream err;
  private final int verbosity;
  private final int threads;
  private @Nullable TrainingProgress training;

  ProgressLine(PrintStream err, int verbosity, int threads) {
    this.err = err;
    this.verbosity = verbosity;
    this.threads = threads;
  }

  /** Shows how far training is. */
  boolean training(TrainingProgress progress) {
    training = progress;
    if (verbosity >= ALL) {
      show(progress, progress.fraction(), progress.lr(), progress.remaining(0));
    }
    return true;
  }

  /** Shows that training is done. */
  void trained() {
    if (verbosity > 0 && training != null) {
      show(training, 1, 0, Duration.ZERO);
      err.println();
    }
  }

  private void show(TrainingProgress progress, double fraction, double lr, Duration left) {
    show(String.format(Locale.ROOT, "Progress: %5.1f%% words/sec/thread: %7d lr: %9.6f avg.loss: %9.6f ETA: %s",
        fraction * 100, (long) (progress.wordsPerSecond() / threads), lr, progress.loss(), clock(left)));
  }

  /** Shows how far a search is. */
  boolean search(Autotune.Progress progress) {
    if (verbosity > 0) {
      double fraction = Math.min(1, (double) progress.elapsed().toMillis() / progress.duration().toMillis());
      Trial best = progress.best();
      String score = best == null || best.score() == null
          ? "unknown" : String.format(Locale.ROOT, "%9.6f", best.score());
      Duration left = progress.duration().minus(progress.elapsed());
      show(String.format(Locale.ROOT, "Progress: %5.1f%% Trials: %4d Best score: %s ETA: %s", fraction * 100,
          progress.trials(), score, clock(left.isNegative() ? Duration.ZERO : left)));
    }
    return true;
  }

  /** Shows what a search found. */
  void found(FastTextConfig best) {
    if (verbosity > 0) {
      err.println();
      err.println("Best: -epoch " + best.epoch() + " -lr " + VectorText.format(best.lr(), 6) + " -dim " + best.dim()
          + " -minn " + best.minn() + " -maxn " + best.maxn() + " -wordNgrams " + best.wordNgrams() + " -bucket "
          + best.bucket());
    }
  }

  private void show(String text) {
    err.print("\r" + text);
    err.flush();
  }

  private static String clock(Duration time) {
    return String.format(Locale.ROOT, "%3dh%2dm%2ds", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }
}
