package crema.nn.model.deberta;

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
final class DebertaV2Layer extends EncoderLayer {
  private final DisentangledAttention attention;
  private final PostNorm rest;

  DebertaV2Layer(ParameterSource source, DebertaV2Config config, RelativeEmbeddings distances) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    var dropout = new Dropout((float) config.hiddenDropoutProb());
    attention = module("attention.self", new DisentangledAttention(source, config, distances));
    rest = inline(new PostNorm(PostNorm.Names.BERT, config.linear(source, hidden, hidden), config.norm(source),
        config.linear(source, hidden, inner), config.linear(source, inner, hidden), config.norm(source),
        config.hiddenAct(), dropout, dropout));
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    return rest.forward(tape, x, attention.forward(tape, x, sequences));
  }
}
