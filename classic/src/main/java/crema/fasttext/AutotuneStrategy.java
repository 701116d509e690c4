package crema.fasttext;

import crema.base.CounterRandom;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Proposes hyper-parameters near the best so far, by steps that shrink as time passes; the ranges and step sizes are
 * the original's.
 */
final class AutotuneStrategy {
  private static final int[] MINN = {0, 2, 3};
  private static final int NGRAM_SPAN = 3;

  private final FastTextConfig base;
  private final AutotuneOptions options;
  private @Nullable Trial best;

  AutotuneStrategy(FastTextConfig base, AutotuneOptions options) {
    this.base = base;
    this.options = options;
  }

  /** Takes note of a result. */
  void observe(Trial trial) {
    Trial leader = best;
    if (trial.score() != null && (leader == null || leader.score() == null || trial.score() > leader.score())) {
      best = trial;
    }
  }

  @Nullable
  Trial best() {
    return best;
  }

  /**
   * The next try; the first is the configuration as it was given.
   *
   * @param number from 1
   * @param time the part of the budget that is spent
   */
  Trial ask(int number, double time) {
    Trial from = best != null ? best : first(number);
    if (number == 1) {
      return from;
    }
    var random = new Random(CounterRandom.bits(base.seed(), number, 0));
    int epoch = fixed("epoch") ? from.epoch() : (int) scaled(from.epoch(), 1, 100, 2.8, 2.5, time, random);
    double lr = fixed("lr") ? from.lr() : scaled(from.lr(), 0.01, 5, 1.9, 1.0, time, random);
    int dim = fixed("dim") ? from.dim() : (int) scaled(from.dim(), 1, 1000, 1.4, 0.3, time, random);
    int wordNgrams =
        fixed("wordNgrams") ? from.wordNgrams() : shifted(from.wordNgrams(), 1, 5, 4.3, 2.4, time, random);
    int dsub = fixed("dsub")
        ? from.dsub()
        : 1 << shifted(31 - Integer.numberOfLeadingZeros(from.dsub()), 1, 4, 2.0, 1.0, time, random);
    int minn = fixed("minn")
        ? from.minn()
        : MINN[shifted(Math.max(0, from.minn() - 1), 0, MINN.length - 1, 4.0, 1.4, time, random)];
    int maxn = fixed("maxn") ? from.maxn() : minn == 0 ? 0 : minn + NGRAM_SPAN;
    int bucket = fixed("bucket")
        ? base.bucket()
        : (int) scaled(from.bucket(), 10_000, 10_000_000, 2.0, 1.5, time, random);
    return new Trial(number, epoch, lr, dim, wordNgrams, minn, maxn, bucket, dsub, null, null, 0);
  }

  private Trial first(int number) {
    return new Trial(
        number, base.epoch(), base.lr(), base.dim(), base.wordNgrams(), base.minn(), base.maxn(), base.bucket(),
        QuantizeOptions.DEFAULT.dsub(), null, null, 0);
  }

  private boolean fixed(String name) {
    return options.fixed().contains(name);
  }

  /** The step size: large for a quarter of the time, small for the last quarter, linear between them. */
  private static double sigma(double start, double end, double time) {
    return start - (start - end) / 0.5 * Math.clamp(time - 0.25, 0, 0.5);
  }

  private static double scaled(
      double value, double min, double max, double start, double end, double time, Random random) {
    return Math.clamp(value * Math.pow(2, random.nextGaussian() * sigma(start, end, time)), min, max);
  }

  private static int shifted(int value, int min, int max, double start, double end, double time, Random random) {
    return (int) Math.clamp(value + random.nextGaussian() * sigma(start, end, time), min, max);
  }
}
