package crema.nn.train;

import crema.nn.Weights;
import crema.nn.io.StoredWeights;
import java.nio.file.Path;

/**
 * A checkpoint that was found whole.
 *
 * @param file where it is
 * @param state where the run was
 * @param tensors the parameters under {@code model.}, the best parameters under {@code best.} and the optimizer's
 *     moments under {@code optimizer.}
 */
record Checkpoint(Path file, TrainingState state, StoredWeights tensors) implements AutoCloseable {
  static final String MODEL = "model.";
  static final String BEST = "best.";
  static final String OPTIMIZER = "optimizer.";

  Weights under(String prefix) {
    return tensors.under(prefix);
  }

  @Override
  public void close() {
    tensors.close();
  }
}
