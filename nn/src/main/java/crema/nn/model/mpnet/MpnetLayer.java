package crema.nn.model.mpnet;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.RelativeAttention;
import crema.nn.Dropout;
import crema.nn.Embedding;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.nn.model.PostNorm;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;

/**
 * A post-norm transformer layer. State-dict keys: {@code attention.attn.q}, {@code attention.attn.k},
 * {@code attention.attn.v}, {@code attention.attn.o}, {@code attention.LayerNorm}, {@code intermediate.dense},
 * {@code output.dense}, {@code output.LayerNorm}.
 */
final class MpnetLayer extends EncoderLayer {
  private static final PostNorm.Names NAMES = new PostNorm.Names("attention.attn.o", "attention.LayerNorm",
      "intermediate.dense", "output.dense", "output.LayerNorm");

  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Embedding relativeBias;
  private final AttentionSpec spec;
  private final float attentionDropout;
  private final PostNorm rest;

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
    int inner = config.intermediateSize();
    var dropout = new Dropout((float) config.hiddenDropoutProb());
    rest = inline(new PostNorm(NAMES, config.linear(source, hidden, hidden), config.norm(source),
        config.linear(source, hidden, inner), config.linear(source, inner, hidden), config.norm(source),
        config.hiddenAct(), dropout, dropout));
    int heads = config.numAttentionHeads();
    spec = AttentionSpec.of(heads, heads, hidden / heads, false);
    attentionDropout = (float) config.attentionProbsDropoutProb();
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable attended = RelativeAttention.apply(tape, query.forward(tape, x), key.forward(tape, x),
        value.forward(tape, x), RelativeBias.tables(tape, relativeBias, sequences), sequences, spec, attentionDropout);
    return rest.forward(tape, x, attended);
  }
}
