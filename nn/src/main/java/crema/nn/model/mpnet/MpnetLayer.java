package crema.nn.model.mpnet;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.RelativeAttention;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.tensor.Activation;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;

/**
 * A post-norm transformer layer. State-dict keys: {@code attention.attn.q}, {@code attention.attn.k},
 * {@code attention.attn.v}, {@code attention.attn.o}, {@code attention.LayerNorm}, {@code intermediate.dense},
 * {@code output.dense}, {@code output.LayerNorm}.
 */
final class MpnetLayer extends EncoderLayer {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear attentionOutput;
  private final LayerNorm attentionNorm;
  private final Linear intermediate;
  private final Linear output;
  private final LayerNorm outputNorm;
  private final Embedding relativeBias;
  private final AttentionSpec spec;
  private final float attentionDropout;
  private final Activation activation;
  private final Dropout dropout;

  /**
   * A layer.
   *
   * @param relativeBias the table that all layers share, registered by the encoder
   */
  MpnetLayer(ParameterSource source, MpnetConfig config, Embedding relativeBias) {
    this.relativeBias = relativeBias;
    int hidden = config.hiddenSize();
    query = module("attention.attn.q", config.linear(source, hidden, hidden));
    key = module("attention.attn.k", config.linear(source, hidden, hidden));
    value = module("attention.attn.v", config.linear(source, hidden, hidden));
    attentionOutput = module("attention.attn.o", config.linear(source, hidden, hidden));
    attentionNorm = module("attention.LayerNorm", config.norm(source));
    intermediate = module("intermediate.dense", config.linear(source, hidden, config.intermediateSize()));
    output = module("output.dense", config.linear(source, config.intermediateSize(), hidden));
    outputNorm = module("output.LayerNorm", config.norm(source));
    int heads = config.numAttentionHeads();
    spec = AttentionSpec.of(heads, heads, hidden / heads, false);
    attentionDropout = (float) config.attentionProbsDropoutProb();
    activation = config.hiddenAct();
    dropout = new Dropout((float) config.hiddenDropoutProb());
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable attended = RelativeAttention.apply(tape, query.forward(tape, x), key.forward(tape, x),
        value.forward(tape, x), RelativeBias.tables(tape, relativeBias, sequences), sequences, spec, attentionDropout);
    Variable branch = dropout.forward(tape, attentionOutput.forward(tape, attended));
    Variable middle = attentionNorm.forward(tape, Binary.add(tape, branch, x));
    Variable transformed = output.forward(tape, intermediate.forward(tape, middle, activation));
    return outputNorm.forward(tape, Binary.add(tape, dropout.forward(tape, transformed), middle));
  }
}
