package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Attention;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;

/** Bidirectional attention. State-dict keys: {@code query}, {@code key}, {@code value}. */
final class BertSelfAttention extends Module {
  private final AttentionSpec spec;
  private final float dropout;
  private final Linear query;
  private final Linear key;
  private final Linear value;

  BertSelfAttention(ParameterSource source, BertConfig config) {
    int heads = config.numAttentionHeads();
    int hidden = config.hiddenSize();
    spec = AttentionSpec.of(heads, heads, config.headDim(), false);
    dropout = (float) config.attentionProbsDropoutProb();
    query = module("query", config.linear(source, hidden, hidden));
    key = module("key", config.linear(source, hidden, hidden));
    value = module("value", config.linear(source, hidden, hidden));
  }

  /** {@code [tokens, hiddenSize]} from x {@code [tokens, hiddenSize]}. */
  Variable forward(Tape tape, Variable x, Sequences sequences) {
    return Attention.apply(tape, query.forward(tape, x), key.forward(tape, x), value.forward(tape, x), sequences,
        spec, dropout);
  }
}
