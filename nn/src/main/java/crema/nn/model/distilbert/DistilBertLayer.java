package crema.nn.model.distilbert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Attention;
import crema.autograd.op.Binary;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.tensor.Activation;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;

/**
 * A post-norm transformer layer. State-dict keys: {@code attention.q_lin}, {@code attention.k_lin},
 * {@code attention.v_lin}, {@code attention.out_lin}, {@code sa_layer_norm}, {@code ffn.lin1}, {@code ffn.lin2},
 * {@code output_layer_norm}.
 */
final class DistilBertLayer extends EncoderLayer {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear attentionOutput;
  private final LayerNorm attentionNorm;
  private final Linear inner;
  private final Linear output;
  private final LayerNorm outputNorm;
  private final AttentionSpec spec;
  private final float attentionDropout;
  private final Activation activation;
  private final Dropout dropout;

  DistilBertLayer(ParameterSource source, DistilBertConfig config) {
    int dim = config.dim();
    Initializer weights = config.initializer();
    var zero = new Initializer.Constant(0);
    query = module("attention.q_lin", new Linear(source, dim, dim, weights, zero));
    key = module("attention.k_lin", new Linear(source, dim, dim, weights, zero));
    value = module("attention.v_lin", new Linear(source, dim, dim, weights, zero));
    attentionOutput = module("attention.out_lin", new Linear(source, dim, dim, weights, zero));
    attentionNorm = module("sa_layer_norm", new LayerNorm(source, dim, DistilBertConfig.EPSILON));
    inner = module("ffn.lin1", new Linear(source, dim, config.hiddenDim(), weights, zero));
    output = module("ffn.lin2", new Linear(source, config.hiddenDim(), dim, weights, zero));
    outputNorm = module("output_layer_norm", new LayerNorm(source, dim, DistilBertConfig.EPSILON));
    spec = AttentionSpec.of(config.nHeads(), config.nHeads(), dim / config.nHeads(), false);
    attentionDropout = (float) config.attentionDropout();
    activation = config.activation();
    dropout = new Dropout((float) config.dropout());
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable attended = Attention.apply(tape, query.forward(tape, x), key.forward(tape, x), value.forward(tape, x),
        sequences, spec, attentionDropout);
    Variable middle = attentionNorm.forward(tape, Binary.add(tape, attentionOutput.forward(tape, attended), x));
    Variable transformed = output.forward(tape, inner.forward(tape, middle, activation));
    return outputNorm.forward(tape, Binary.add(tape, dropout.forward(tape, transformed), middle));
  }
}
