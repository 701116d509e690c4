package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Attention;
import crema.autograd.op.QkvRope;
import crema.autograd.op.Rope;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.AttentionSpec;
import crema.tensor.QkvWeights;
import crema.tensor.Sequences;
import java.util.Optional;

/**
 * Bidirectional attention with grouped key and value heads and rotary positions. State-dict keys: {@code q_proj},
 * {@code k_proj}, {@code v_proj}, {@code o_proj}.
 */
final class SelfAttention extends Module {
  private final PreNormConfig config;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;

  SelfAttention(ParameterSource source, PreNormConfig config) {
    this.config = config;
    int hidden = config.hiddenSize();
    int keyValue = config.numKeyValueHeads() * config.headDim();
    var initializer = new Initializer.Normal(config.initializerRange());
    query = module("q_proj", new Linear(source, hidden, hidden, initializer, null));
    key = module("k_proj", new Linear(source, hidden, keyValue, initializer, null));
    value = module("v_proj", new Linear(source, hidden, keyValue, initializer, null));
    output = module("o_proj", new Linear(source, hidden, hidden, initializer, null));
  }

  /** {@code [tokens, hiddenSize]} from x {@code [tokens, hiddenSize]}. */
  Variable forward(Tape tape, Variable x, Sequences sequences) {
    QkvRope.Values values = project(tape, x, sequences);
    var spec = AttentionSpec.of(config.numAttentionHeads(), config.numKeyValueHeads(), config.headDim(), false);
    return output.forward(tape,
        Attention.apply(tape, values.q(), values.k(), values.v(), sequences, spec, (float) config.dropout()));
  }

  private QkvRope.Values project(Tape tape, Variable x, Sequences sequences) {
    Optional<Variable> q = query.plainWeight(tape, x);
    Optional<Variable> k = key.plainWeight(tape, x);
    Optional<Variable> v = value.plainWeight(tape, x);
    if (q.isPresent() && k.isPresent() && v.isPresent()) {
      return QkvRope.apply(tape, x, new QkvWeights<>(q.get(), k.get(), v.get()), sequences, config.headDim(),
          config.ropeTheta());
    }
    return new QkvRope.Values(
        Rope.apply(tape, query.forward(tape, x), sequences, config.headDim(), config.ropeTheta()),
        Rope.apply(tape, key.forward(tape, x), sequences, config.headDim(), config.ropeTheta()),
        value.forward(tape, x));
  }
}
