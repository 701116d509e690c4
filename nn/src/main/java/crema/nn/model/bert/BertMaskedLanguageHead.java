package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Embedding;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.MaskedLanguageHead;
import crema.tensor.Activation;

/**
 * Linear, activation, norm, and a decoder tied with the token embeddings. State-dict keys:
 * {@code cls.predictions.transform.dense}, {@code cls.predictions.transform.LayerNorm}, {@code cls.predictions.bias}.
 */
final class BertMaskedLanguageHead extends MaskedLanguageHead {
  private final Linear dense;
  private final LayerNorm norm;
  private final Activation activation;
  private final Embedding decoder;
  private final Variable bias;

  BertMaskedLanguageHead(ParameterSource source, BertConfig config, Embedding embeddings) {
    int hidden = config.hiddenSize();
    var zero = new Initializer.Constant(0);
    dense = module("cls.predictions.transform.dense",
        new Linear(source, hidden, hidden, config.initializer(), zero));
    norm = module("cls.predictions.transform.LayerNorm",
        new LayerNorm(source, hidden, (float) config.layerNormEps()));
    activation = config.hiddenAct();
    decoder = embeddings;
    bias = parameter("cls.predictions.bias", source.create(zero, config.vocabSize()));
  }

  @Override
  public Variable forward(Tape tape, Variable x) {
    Variable transformed = norm.forward(tape, dense.forward(tape, x, activation));
    return crema.autograd.op.Linear.apply(tape, transformed, decoder.weight(), bias, Activation.IDENTITY);
  }
}
