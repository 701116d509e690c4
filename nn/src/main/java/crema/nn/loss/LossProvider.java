package crema.nn.loss;

import java.util.List;

/**
 * Adds losses to the {@link LossCatalog}; found through {@link java.util.ServiceLoader}. They can then be trained with
 * by name, as Crema's own.
 */
public interface LossProvider {
  /** The losses; their names differ from those of all others. */
  List<LossDefinition> losses();
}
