package crema.pretrain;

import java.util.OptionalDouble;

/**
 * How a run ended.
 *
 * @param steps training steps made, over all resumed parts
 * @param bestStep the step whose weights were kept
 * @param loss the mean loss of the hidden tokens of the validation texts; empty if the run was interrupted, after saving
 *     a checkpoint
 */
public record PretrainingResult(long steps, long bestStep, OptionalDouble loss) {
  /** Whether the run was stopped before its end, and can be resumed. */
  public boolean isInterrupted() {
    return loss.isEmpty();
  }

  /** The perplexity of the hidden tokens of the validation texts: e to the loss. */
  public double perplexity() {
    return Math.exp(loss.orElseThrow());
  }
}
