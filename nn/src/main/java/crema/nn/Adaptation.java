package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;

/** What an adapter makes of the product of a layer, set by {@link Linear#adapt}. */
@FunctionalInterface
public interface Adaptation {
  /**
   * The product as adapted, {@code [rows, out]}.
   *
   * @param x the layer's input, {@code [rows, in]}
   * @param product what the layer alone makes of it, {@code [rows, out]}, without an activation
   */
  Variable apply(Tape tape, Variable x, Variable product);

  /** Whether it changes anything for the caller now; if not, the layer computes as if there were no adapter. */
  default boolean isActive() {
    return true;
  }
}
