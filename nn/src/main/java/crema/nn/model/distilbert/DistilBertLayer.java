package crema.nn.model.distilbert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Attention;
import crema.nn.Dropout;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.nn.model.PostNorm;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;

/**
 * A post-norm transformer layer. State-dict keys: {@code attention.q_lin}, {@code attention.k_lin},
 * {@code attention.v_lin}, {@code attention.out_lin}, {@code sa_layer_norm}, {@code ffn.lin1}, {@code ffn.lin2},
 * {@code output_layer_norm}.
 */
final class DistilBertLayer extends EncoderLayer {
  private static final PostNorm.Names NAMES =
      new PostNorm.Names("attention.out_lin", "sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm");

  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final AttentionSpec spec;
  private final float attentionDropout;
  private final PostNorm rest;

  DistilBertLayer(ParameterSource source, DistilBertConfig config) {
    int dim = config.dim();
    query = module("attention.q_lin", config.linear(source, dim, dim));
    key = module("attention.k_lin", config.linear(source, dim, dim));
    value = module("attention.v_lin", config.linear(source, dim, dim));
    int inner = config.hiddenDim();
    rest = inline(new PostNorm(NAMES, config.linear(source, dim, dim), config.norm(source),
        config.linear(source, dim, inner), config.linear(source, inner, dim), config.norm(source), config.activation(),
        new Dropout(0), new Dropout((float) config.dropout())));
    spec = AttentionSpec.of(config.nHeads(), config.nHeads(), dim / config.nHeads(), false);
    attentionDropout = (float) config.attentionDropout();
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable attended = Attention.apply(tape, query.forward(tape, x), key.forward(tape, x), value.forward(tape, x),
        sequences, spec, attentionDropout);
    return rest.forward(tape, x, attended);
  }
}
