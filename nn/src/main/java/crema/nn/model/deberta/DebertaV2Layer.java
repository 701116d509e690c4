package crema.nn.model.deberta;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.tensor.Activation;
import crema.tensor.Sequences;

/**
 * A post-norm transformer layer. State-dict keys: {@code attention.self}, {@code attention.output.dense},
 * {@code attention.output.LayerNorm}, {@code intermediate.dense}, {@code output.dense}, {@code output.LayerNorm}.
 */
final class DebertaV2Layer extends EncoderLayer {
  private final DisentangledAttention attention;
  private final Linear attentionOutput;
  private final LayerNorm attentionNorm;
  private final Linear intermediate;
  private final Linear output;
  private final LayerNorm outputNorm;
  private final Activation activation;
  private final Dropout dropout;

  DebertaV2Layer(ParameterSource source, DebertaV2Config config, RelativeEmbeddings distances) {
    int hidden = config.hiddenSize();
    attention = module("attention.self", new DisentangledAttention(source, config, distances));
    attentionOutput = module("attention.output.dense", config.linear(source, hidden, hidden));
    attentionNorm = module("attention.output.LayerNorm", config.norm(source));
    intermediate = module("intermediate.dense", config.linear(source, hidden, config.intermediateSize()));
    output = module("output.dense", config.linear(source, config.intermediateSize(), hidden));
    outputNorm = module("output.LayerNorm", config.norm(source));
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
