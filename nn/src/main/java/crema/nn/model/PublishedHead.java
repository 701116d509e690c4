package crema.nn.model;

import crema.nn.Weights;
import crema.tensor.Activation;
import java.util.List;

/**
 * A head that stands beside an encoder, since no class has both.
 *
 * @param layers the linear layers that it is, one after the other; empty if it is something else
 * @param weights under the names of its own state dict
 */
public record PublishedHead(List<Layer> layers, Weights weights) {
  /**
   * A linear layer and what follows it.
   *
   * @param prefix what the names of its weight and bias start with
   * @param activation applied to its product
   */
  public record Layer(String prefix, Activation activation) {}

  /** Copies the list. */
  public PublishedHead {
    layers = List.copyOf(layers);
  }

  /** The weight and the bias of a layer, under these names. */
  public Weights of(Layer layer) {
    return weights.under(layer.prefix());
  }
}
