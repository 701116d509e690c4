package crema.nn.model.qwen3;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Attention;
import crema.autograd.op.Reshape;
import crema.autograd.op.Rope;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.tensor.Sequences;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention with grouped key and value heads, whose queries and keys are normalized head by head before they get
 * rotary positions. State-dict keys: {@code q_proj}, {@code k_proj}, {@code v_proj}, {@code o_proj}, {@code q_norm},
 * {@code k_norm}.
 */
final class Qwen3Attention extends Module {
  private final Qwen3Config config;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final RmsNorm queryNorm;
  private final RmsNorm keyNorm;

  Qwen3Attention(ParameterSource source, Qwen3Config config) {
    this.config = config;
    int hidden = config.hiddenSize();
    int queries = Math.multiplyExact(config.numAttentionHeads(), config.headDim());
    int keys = Math.multiplyExact(config.numKeyValueHeads(), config.headDim());
    Initializer weights = config.initializer();
    @Nullable Initializer bias = config.attentionBias() ? new Initializer.Constant(0) : null;
    float epsilon = (float) config.rmsNormEps();
    query = module("q_proj", new Linear(source, hidden, queries, weights, bias));
    key = module("k_proj", new Linear(source, hidden, keys, weights, bias));
    value = module("v_proj", new Linear(source, hidden, keys, weights, bias));
    output = module("o_proj", new Linear(source, queries, hidden, weights, bias));
    queryNorm = module("q_norm", new RmsNorm(source, config.headDim(), epsilon));
    keyNorm = module("k_norm", new RmsNorm(source, config.headDim(), epsilon));
  }

  /** {@code [tokens, hiddenSize]} from x {@code [tokens, hiddenSize]}. */
  Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable q = positioned(tape, queryNorm, query.forward(tape, x), sequences);
    Variable k = positioned(tape, keyNorm, key.forward(tape, x), sequences);
    Variable v = value.forward(tape, x);
    return output.forward(tape,
        Attention.apply(tape, q, k, v, sequences, config.attention(), (float) config.attentionDropout()));
  }

  /** Heads normalized one by one, with rotary positions. */
  private Variable positioned(Tape tape, RmsNorm norm, Variable heads, Sequences sequences) {
    long features = heads.shape().columns();
    long count = sequences.tokens() * (features / config.headDim());
    Variable normalized = norm.forward(tape, Reshape.apply(tape, heads, count, config.headDim()));
    Variable joined = Reshape.apply(tape, normalized, sequences.tokens(), features);
    return Rope.apply(tape, joined, sequences, config.headDim(), config.ropeTheta());
  }
}
