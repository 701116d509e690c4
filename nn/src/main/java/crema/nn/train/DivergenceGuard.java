package crema.nn.train;

import crema.base.UserError;
import crema.nn.Module;
import crema.tensor.Tensor;
import java.util.Locale;
import java.util.Map;

/**
 * Stops a run whose loss is no longer a number or has exploded: when its running mean is several times what guessing
 * would cost, nothing good comes any more.
 */
final class DivergenceGuard {
  private static final double MOMENTUM = 0.98;
  private static final double EXPLODED = 4;

  private final double guessing;
  private double smoothed;

  /**
   * A guard.
   *
   * @param guessing what guessing costs; NaN if that is not known
   * @param smoothed the running mean so far; NaN before the first step
   */
  DivergenceGuard(double guessing, double smoothed) {
    this.guessing = guessing;
    this.smoothed = smoothed;
  }

  /** The running mean of the loss. */
  double smoothed() {
    return smoothed;
  }

  /**
   * Takes a step's loss and gradient norm into account. The optimizer leaves the parameters alone when the norm is not
   * finite, so they are those of the last good step.
   *
   * @param gradients by name, to tell the layer in which numbers broke; empty if they are there no more
   * @param lastCheckpoint for the message
   * @throws UserError when the run has diverged; the message names the step and, if the numbers broke, the
   *     layer
   */
  void check(long step, double loss, double norm, double learningRate, Module model,
      Map<String, Tensor> gradients, String lastCheckpoint) {
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      String where = gradients.entrySet().stream()
          .filter(entry -> !entry.getValue().backend().ops().reduction().isFinite(entry.getValue()))
          .map(Map.Entry::getKey)
          .reduce((_, last) -> last)
          .map(name -> "; the gradient of " + name + " is the first that is not finite")
          .orElse("");
      throw diverged(step, "the loss is " + number(loss) + " and the gradient's norm " + number(norm) + where,
          learningRate, lastCheckpoint);
    }
    smoothed = Double.isNaN(smoothed) ? loss : MOMENTUM * smoothed + (1 - MOMENTUM) * loss;
    if (smoothed > EXPLODED * Math.max(guessing, 1)) {
      String largest = model.stateDict().entrySet().stream()
          .max((a, b) -> Double.compare(meanSquare(a.getValue()), meanSquare(b.getValue())))
          .map(entry -> "; the largest weights are in " + entry.getKey())
          .orElse("");
      throw diverged(step, String.format(Locale.ROOT, "the loss is %.3g, guessing costs %.3g", smoothed, guessing)
          + largest, learningRate, lastCheckpoint);
    }
  }

  private static double meanSquare(Tensor tensor) {
    return tensor.backend().ops().reduction().sumOfSquares(tensor) / tensor.elements();
  }

  private static UserError diverged(long step, String what, double learningRate, String lastCheckpoint) {
    return new UserError(String.format(Locale.ROOT,
        "training diverged at step %d: %s. %s. Start over with a lower learning rate (it was %.3g) or a longer warm-up",
        step, what, lastCheckpoint, learningRate));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : Double.toString(value);
  }
}
