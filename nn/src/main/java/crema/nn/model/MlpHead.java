package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import crema.tensor.Sequences;
import java.util.List;

/**
 * Dropout, linear, GELU, dropout, linear. The state-dict keys {@code 1} and {@code 4} are the positions of the linear
 * layers in PyTorch's {@code Sequential}.
 */
final class MlpHead extends ClassificationHead {
  private final Dropout dropout;
  private final Linear hidden;
  private final Linear output;

  MlpHead(ParameterSource source, int in, HeadConfig config, int numLabels) {
    dropout = new Dropout((float) config.dropout());
    hidden = module("1", new Linear(source, in, config.hiddenSize()));
    output = module("4", new Linear(source, config.hiddenSize(), numLabels));
  }

  /** The linear layers. */
  static List<PublishedHead.Layer> layers() {
    return List.of(new PublishedHead.Layer("1.", Activation.GELU), new PublishedHead.Layer("4.", Activation.IDENTITY));
  }

  /** A state-dict key with other names for the two layers. */
  static String renamed(String key, String hidden, String output) {
    String layer = key.substring(0, key.indexOf('.'));
    return (layer.equals("1") ? hidden : output) + key.substring(layer.length());
  }

  @Override
  Variable forward(Tape tape, TextClassifier.Embeddings embeddings, Sequences sequences) {
    Variable x = embeddings.pooled();
    Variable activated = hidden.forward(tape, dropout.forward(tape, x), Activation.GELU);
    return output.forward(tape, dropout.forward(tape, activated));
  }
}
