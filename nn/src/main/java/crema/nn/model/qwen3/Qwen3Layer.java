package crema.nn.model.qwen3;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.SwiGlu;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.nn.model.EncoderLayer;
import crema.tensor.Sequences;

/**
 * A pre-norm transformer layer: x + attention(norm(x)), then x + feedForward(norm(x)). State-dict keys:
 * {@code input_layernorm}, {@code self_attn}, {@code post_attention_layernorm}, {@code mlp.gate_proj},
 * {@code mlp.up_proj}, {@code mlp.down_proj}.
 */
final class Qwen3Layer extends EncoderLayer {
  private final RmsNorm attentionNorm;
  private final Qwen3Attention attention;
  private final RmsNorm feedForwardNorm;
  private final Linear gate;
  private final Linear up;
  private final Linear down;

  Qwen3Layer(ParameterSource source, Qwen3Config config) {
    int hidden = config.hiddenSize();
    int inner = config.intermediateSize();
    float epsilon = (float) config.rmsNormEps();
    var weights = config.initializer();
    attentionNorm = module("input_layernorm", new RmsNorm(source, hidden, epsilon));
    attention = module("self_attn", new Qwen3Attention(source, config));
    feedForwardNorm = module("post_attention_layernorm", new RmsNorm(source, hidden, epsilon));
    gate = module("mlp.gate_proj", new Linear(source, hidden, inner, weights, null));
    up = module("mlp.up_proj", new Linear(source, hidden, inner, weights, null));
    down = module("mlp.down_proj", new Linear(source, inner, hidden, weights, null));
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable middle = Binary.add(tape, x, attention.forward(tape, attentionNorm.forward(tape, x), sequences));
    Variable normalized = feedForwardNorm.forward(tape, middle);
    Variable gated = SwiGlu.apply(tape, gate.forward(tape, normalized), up.forward(tape, normalized));
    return Binary.add(tape, middle, down.forward(tape, gated));
  }
}
