package crema.fasttext;

import crema.base.UserError;

/** The learning rate is so large that the vectors exploded. */
public final class DivergedException extends UserError {
  private static final long serialVersionUID = 1L;

  /** The step at which it diverged. */
  private final long step;
  /** A learning rate at which it may not. */
  private final double suggestedLr;

  DivergedException(long step, double lr, double suggestedLr) {
    super("training diverged at step " + step + ", where the learning rate was " + VectorText.format(lr, 3)
        + "; try lr " + VectorText.format(suggestedLr, 2));
    this.step = step;
    this.suggestedLr = suggestedLr;
  }

  /** The batch whose loss was not a finite number. */
  public long step() {
    return step;
  }

  /** A smaller learning rate to start with. */
  public double suggestedLr() {
    return suggestedLr;
  }
}
