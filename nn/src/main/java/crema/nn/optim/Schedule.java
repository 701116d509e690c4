package crema.nn.optim;

import crema.base.Keyed;

/**
 * How the learning rate changes: a factor on its peak as a pure function of the step, so that a resumed run continues
 * as if it had never stopped.
 *
 * <p>It rises linearly from 0 at step 0 to 1 at step {@code warmup}, then falls from 1 to {@code minimum} at step
 * {@code total}, and stays there.
 *
 * @param decay how it falls
 * @param warmup the steps of the rise; 0 for none
 * @param total the steps of the whole run, warm-up included
 * @param minimum the factor at the end, in [0, 1]; above 0 for {@link Decay#EXPONENTIAL}
 */
public record Schedule(Decay decay, long warmup, long total, double minimum) {
  /** How the learning rate falls, p being the share of the steps after the warm-up that are done. */
  public enum Decay implements Keyed {
    /** Not at all. */
    NONE,
    /** 1 − (1 − minimum) · p. */
    LINEAR,
    /** minimum + (1 − minimum) · (1 + cos πp) / 2 (Loshchilov and Hutter, arXiv 1608.03983, equation 5). */
    COSINE,
    /** minimumᵖ. */
    EXPONENTIAL
  }

  /** Checks the ranges. */
  public Schedule {
    if (warmup < 0 || total < 0) {
      throw new IllegalArgumentException("a schedule of " + total + " steps with a warm-up of " + warmup);
    }
    if (!(minimum >= 0 && minimum <= 1) || (decay == Decay.EXPONENTIAL && minimum == 0)) {
      throw new IllegalArgumentException("the minimum scale of the learning rate must be in "
          + (decay == Decay.EXPONENTIAL ? "(0, 1]" : "[0, 1]") + ", not " + minimum);
    }
  }

  /** The peak learning rate at every step. */
  public static Schedule constant() {
    return new Schedule(Decay.NONE, 0, 0, 1);
  }

  /**
   * The factor on the peak learning rate.
   *
   * @param step how many updates were done before
   */
  public double scale(long step) {
    if (step < warmup) {
      return (double) step / warmup;
    }
    double done = Math.min(1, (double) (step - warmup) / Math.max(1, total - warmup));
    return switch (decay) {
      case NONE -> 1;
      case LINEAR -> 1 - (1 - minimum) * done;
      case COSINE -> minimum + (1 - minimum) * 0.5 * (1 + StrictMath.cos(Math.PI * done));
      case EXPONENTIAL -> StrictMath.pow(minimum, done);
    };
  }
}
