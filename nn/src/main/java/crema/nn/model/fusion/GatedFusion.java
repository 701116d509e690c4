package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Binary;
import crema.autograd.op.Scale;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import java.util.List;

/**
 * g · tanh(text) + (1 − g) · tanh(picture), feature by feature, where g = least + (1 − 2 · least) · σ of a linear layer of
 * both (the gated multimodal unit of Arevalo, Solorio, Montes-y-Gómez and González, arXiv 1702.01992, equations 1 to 4,
 * with g kept from 0 and 1). State-dict keys: {@code text}, {@code picture}, and the halves of the gate's layer,
 * {@code gate_text} with its bias and {@code gate_picture}.
 */
final class GatedFusion extends Fusion {
  private final double least;
  private final Linear text;
  private final Linear picture;
  private final Linear gateText;
  private final Linear gatePicture;

  GatedFusion(ParameterSource source, int width, double least) {
    this.least = least;
    text = module("text", new Linear(source, width, width));
    picture = module("picture", new Linear(source, width, width));
    Initializer initial = Initializer.Uniform.linear(2L * width);
    gateText = module("gate_text", new Linear(source, width, width, initial, initial));
    gatePicture = module("gate_picture", new Linear(source, width, width, initial, null));
  }

  @Override
  public Variable forward(Tape tape, Variable texts, Variable pictures) {
    Variable ofText = text.forward(tape, texts, Activation.TANH);
    Variable ofPicture = picture.forward(tape, pictures, Activation.TANH);
    Variable gate = Activate.apply(tape, Activation.SIGMOID,
        Binary.add(tape, gateText.forward(tape, texts), gatePicture.forward(tape, pictures)));
    // g · a + (1 − g) · b = b + g · (a − b)
    Variable difference = Binary.subtract(tape, ofText, ofPicture);
    Variable moved = Binary.add(tape, Scale.apply(tape, difference, least),
        Binary.multiply(tape, Scale.apply(tape, difference, 1 - 2 * least), gate));
    return Binary.add(tape, ofPicture, moved);
  }

  @Override
  List<Linear> ofTexts() {
    return List.of(text, gateText);
  }

  @Override
  List<Linear> ofPictures() {
    return List.of(picture, gatePicture);
  }
}
