package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Binary;
import crema.autograd.op.Scale;
import crema.autograd.op.Softmax;
import crema.nn.BatchNorm;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import java.util.List;

/**
 * Two attentions over features: the softmax of a query of the text times, element by element, a value of the picture,
 * and the other way round; both results one behind the other, batch norm, linear, GELU. Since batch norm looks at each
 * feature by itself, the concatenation is held as its two halves. State-dict keys: {@code text_query},
 * {@code picture_value}, {@code picture_query}, {@code text_value}; {@code text_norm} and {@code text_output} of what
 * texts attended to, the latter with the bias; {@code picture_norm} and {@code picture_output}.
 */
final class CrossAttentionFusion extends Fusion {
  private final int width;
  private final Linear textQuery;
  private final Linear pictureValue;
  private final Linear pictureQuery;
  private final Linear textValue;
  private final BatchNorm textNorm;
  private final BatchNorm pictureNorm;
  private final Linear textOutput;
  private final Linear pictureOutput;

  CrossAttentionFusion(ParameterSource source, int width) {
    this.width = width;
    textQuery = module("text_query", new Linear(source, width, width));
    pictureValue = module("picture_value", new Linear(source, width, width));
    pictureQuery = module("picture_query", new Linear(source, width, width));
    textValue = module("text_value", new Linear(source, width, width));
    textNorm = module("text_norm", new BatchNorm(source, width));
    pictureNorm = module("picture_norm", new BatchNorm(source, width));
    Initializer initial = Initializer.Uniform.linear(2L * width);
    textOutput = module("text_output", new Linear(source, width, width, initial, initial));
    pictureOutput = module("picture_output", new Linear(source, width, width, initial, null));
  }

  @Override
  public Variable forward(Tape tape, Variable texts, Variable pictures) {
    Variable ofText = attention(tape, textQuery.forward(tape, texts), pictureValue.forward(tape, pictures));
    Variable ofPicture = attention(tape, pictureQuery.forward(tape, pictures), textValue.forward(tape, texts));
    Variable sum = Binary.add(tape, textOutput.forward(tape, textNorm.forward(tape, ofText)),
        pictureOutput.forward(tape, pictureNorm.forward(tape, ofPicture)));
    return Activate.apply(tape, Activation.GELU, sum);
  }

  /** The softmax has a mean of 1 / width, which is taken out: batch norm adds an epsilon to variances of about one. */
  private Variable attention(Tape tape, Variable query, Variable value) {
    return Scale.apply(tape, Binary.multiply(tape, value, Softmax.apply(tape, query)), width);
  }

  @Override
  List<Linear> ofTexts() {
    return List.of(textQuery, textValue);
  }

  @Override
  List<Linear> ofPictures() {
    return List.of(pictureQuery, pictureValue);
  }
}
