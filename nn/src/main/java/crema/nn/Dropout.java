package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;

/** Drops elements while training (Srivastava et al., JMLR 15, 2014) and scales those that stay. */
public final class Dropout extends Module {
  private final float probability;

  /**
   * Dropout with a fixed probability.
   *
   * @throws IllegalArgumentException when the probability is not in [0, 1)
   */
  public Dropout(float probability) {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), not " + probability);
    }
    this.probability = probability;
  }

  /** x itself unless the tape is training. */
  public Variable forward(Tape tape, Variable x) {
    return crema.autograd.op.Dropout.apply(tape, x, probability);
  }
}
