package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.tensor.Activation;
import crema.tensor.Sequences;

/**
 * A post-norm transformer layer: norm(x + attention(x)), then norm(x + feedForward(x)). State-dict keys:
 * {@code attention.self}, {@code attention.output.dense}, {@code attention.output.LayerNorm},
 * {@code intermediate.dense}, {@code output.dense}, {@code output.LayerNorm}.
 */
final class BertLayer extends EncoderLayer {
  private final BertSelfAttention attention;
  private final Linear attentionOutput;
  private final LayerNorm attentionNorm;
  private final Linear intermediate;
  private final Linear output;
  private final LayerNorm outputNorm;
  private final Activation activation;
  private final Dropout dropout;

  BertLayer(ParameterSource source, BertConfig config) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    float epsilon = (float) config.layerNormEps();
    Initializer weights = config.initializer();
    var zero = new Initializer.Constant(0);
    attention = module("attention.self", new BertSelfAttention(source, config));
    attentionOutput = module("attention.output.dense", new Linear(source, hidden, hidden, weights, zero));
    attentionNorm = module("attention.output.LayerNorm", new LayerNorm(source, hidden, epsilon));
    intermediate = module("intermediate.dense", new Linear(source, hidden, inner, weights, zero));
    output = module("output.dense", new Linear(source, inner, hidden, weights, zero));
    outputNorm = module("output.LayerNorm", new LayerNorm(source, hidden, epsilon));
    activation = config.hiddenAct();
    dropout = new Dropout((float) config.hiddenDropoutProb());
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable attended = attentionOutput.forward(tape, attention.forward(tape, x, sequences));
    Variable middle = attentionNorm.forward(tape, Binary.add(tape, dropout.forward(tape, attended), x));
    Variable transformed = output.forward(tape, intermediate.forward(tape, middle, activation));
    return outputNorm.forward(tape, Binary.add(tape, dropout.forward(tape, transformed), middle));
  }
}
