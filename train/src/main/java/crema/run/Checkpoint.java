package crema.run;

import crema.nn.Weights;
import crema.nn.io.SafetensorsReader;
import java.nio.file.Path;

/**
 * A checkpoint that was found whole.
 *
 * @param file where it is
 * @param state where the run was
 * @param tensors the parameters under {@code model.}, the best parameters under {@code best.} and the optimizer's
 *     moments under {@code optimizer.}
 */
public record Checkpoint(Path file, TrainingState state, SafetensorsReader tensors) implements AutoCloseable {
  public static final String MODEL = "model.";
  public static final String BEST = "best.";
  public static final String OPTIMIZER = "optimizer.";

  public Weights under(String prefix) {
    return tensors.under(prefix);
  }

  @Override
  public void close() {
    tensors.close();
  }
}
