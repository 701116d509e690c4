package crema.nn.train;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;

/**
 * What training minimizes: a module's loss on a batch.
 *
 * @param <B> a batch
 */
@FunctionalInterface
public interface Objective<B> {
  /** The mean loss of a batch's examples, {@code [1]}. */
  Variable apply(Tape tape, B batch);

  /**
   * Is called before the first step of each epoch, and of a run that goes on within one: the place to let other
   * parameters learn. By default nothing happens.
   *
   * @param epoch from 0
   */
  default void beginEpoch(long epoch) {}

  /**
   * The batch as a training step sees it; where examples are changed at random, this is the place. By default the batch
   * itself.
   *
   * @param random gives each batch of each step numbers of its own
   */
  default B augment(B batch, Rng random) {
    return batch;
  }

  /**
   * About what the loss is where the model knows nothing: a running mean several times as high means that training has
   * diverged. NaN, the default, if that is not known; then only numbers that are not finite do.
   */
  default double uninformed() {
    return Double.NaN;
  }
}
