package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.nn.model.EncoderLayer;
import crema.tensor.Sequences;

/**
 * A pre-norm transformer layer: x + attention(norm(x)), then x + feedForward(norm(x)). State-dict keys:
 * {@code input_layernorm}, {@code self_attn}, {@code post_attention_layernorm}, {@code mlp}.
 */
final class EuroBertLayer extends EncoderLayer {
  private final RmsNorm attentionNorm;
  private final SelfAttention attention;
  private final RmsNorm feedForwardNorm;
  private final FeedForward feedForward;

  EuroBertLayer(ParameterSource source, EuroBertConfig config) {
    float epsilon = (float) config.rmsNormEps();
    attentionNorm = module("input_layernorm", new RmsNorm(source, config.hiddenSize(), epsilon));
    attention = module("self_attn", new SelfAttention(source, config.parts()));
    feedForwardNorm = module("post_attention_layernorm", new RmsNorm(source, config.hiddenSize(), epsilon));
    feedForward = module("mlp", new FeedForward(source, config.parts()));
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable middle = Binary.add(tape, x, attention.forward(tape, attentionNorm.forward(tape, x), sequences));
    return Binary.add(tape, middle, feedForward.forward(tape, feedForwardNorm.forward(tape, middle)));
  }
}
