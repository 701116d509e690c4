package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.nn.model.PostNorm;
import crema.tensor.Sequences;

/**
 * A post-norm transformer layer. State-dict keys: {@code attention.self}, {@code attention.output.dense},
 * {@code attention.output.LayerNorm}, {@code intermediate.dense}, {@code output.dense}, {@code output.LayerNorm}.
 */
final class BertLayer extends EncoderLayer {
  private final BertSelfAttention attention;
  private final PostNorm rest;

  BertLayer(ParameterSource source, BertConfig config) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    var dropout = new Dropout((float) config.hiddenDropoutProb());
    attention = module("attention.self", new BertSelfAttention(source, config));
    rest = inline(new PostNorm(PostNorm.Names.BERT, config.linear(source, hidden, hidden), config.norm(source, hidden),
        config.linear(source, hidden, inner), config.linear(source, inner, hidden), config.norm(source, hidden),
        config.hiddenAct(), dropout, dropout));
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    return rest.forward(tape, x, attention.forward(tape, x, sequences));
  }
}
