package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * Hidden layers of dropout, linear and GELU, one by default, and after them dropout and linear. The state-dict keys
 * {@code 1}, {@code 4} and so on are the positions of the linear layers in PyTorch's {@code Sequential}.
 */
final class MlpHead extends PooledHead {
  private final Dropout dropout;
  private final List<Linear> hidden = new ArrayList<>();
  private final Linear output;

  MlpHead(ParameterSource source, int in, HeadConfig config, int numLabels) {
    dropout = new Dropout((float) config.dropout());
    for (int layer = 0; layer < config.layers(); layer++) {
      hidden.add(module(key(layer), new Linear(source, layer == 0 ? in : config.hiddenSize(), config.hiddenSize())));
    }
    output = module(key(config.layers()), new Linear(source, config.hiddenSize(), numLabels));
  }

  /** The position of a linear layer behind those before it, each with its dropout and activation, and its own dropout. */
  private static String key(int layer) {
    return String.valueOf(3 * layer + 1);
  }

  /**
   * The linear layers.
   *
   * @param hidden how many of them are hidden
   */
  static List<PublishedHead.Layer> layers(int hidden) {
    var layers = new ArrayList<PublishedHead.Layer>();
    for (int layer = 0; layer <= hidden; layer++) {
      layers.add(
          new PublishedHead.Layer(key(layer) + ".", layer < hidden ? Activation.GELU : Activation.IDENTITY));
    }
    return layers;
  }

  /** A state-dict key of a head with one hidden layer, with other names for it and the layer after it. */
  static String renamed(String key, String hidden, String output) {
    String layer = key.substring(0, key.indexOf('.'));
    return (layer.equals(key(0)) ? hidden : output) + key.substring(layer.length());
  }

  @Override
  Variable forward(Tape tape, Variable x) {
    Variable activated = x;
    for (Linear layer : hidden) {
      activated = layer.forward(tape, dropout.forward(tape, activated), Activation.GELU);
    }
    return output.forward(tape, dropout.forward(tape, activated));
  }
}
