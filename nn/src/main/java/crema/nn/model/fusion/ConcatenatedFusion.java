package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Binary;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import java.util.List;

/**
 * GELU of a linear layer of both vectors, one behind the other. The layer's weight is held as its two halves, whose
 * products are added: what {@code Linear(2 · width, width)} gives of the concatenation. State-dict keys: {@code text}
 * with the bias, {@code picture}.
 */
final class ConcatenatedFusion extends Fusion {
  private final Linear text;
  private final Linear picture;

  ConcatenatedFusion(ParameterSource source, int width) {
    Initializer initial = Initializer.Uniform.linear(2L * width);
    text = module("text", new Linear(source, width, width, initial, initial));
    picture = module("picture", new Linear(source, width, width, initial, null));
  }

  @Override
  public Variable forward(Tape tape, Variable texts, Variable pictures) {
    return Activate.apply(tape, Activation.GELU,
        Binary.add(tape, text.forward(tape, texts), picture.forward(tape, pictures)));
  }

  @Override
  List<Linear> ofTexts() {
    return List.of(text);
  }

  @Override
  List<Linear> ofPictures() {
    return List.of(picture);
  }
}
