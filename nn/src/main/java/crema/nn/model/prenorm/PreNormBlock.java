package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Residual;
import crema.nn.Initializer;
import crema.nn.ParameterSource;
import crema.nn.RmsNorm;
import crema.nn.model.EncoderLayer;
import crema.tensor.Sequences;

/**
 * A pre-norm transformer block: x + γ · attention(norm(x)), then x + γ · feedForward(norm(x)), each branch being
 * dropped for whole sequences while training (LayerScale, arXiv 2103.17239; stochastic depth, arXiv 1603.09382).
 * State-dict keys: {@code gamma_attn}, {@code gamma_mlp}, {@code self_attn}, {@code mlp}, {@code input_layernorm},
 * {@code post_attention_layernorm}.
 */
final class PreNormBlock extends EncoderLayer {
  private final Variable attentionGamma;
  private final Variable feedForwardGamma;
  private final SelfAttention attention;
  private final FeedForward feedForward;
  private final RmsNorm attentionNorm;
  private final RmsNorm feedForwardNorm;
  private final float dropPath;

  PreNormBlock(ParameterSource source, PreNormConfig config, float dropPath) {
    this.dropPath = dropPath;
    int hidden = config.hiddenSize();
    var scale = new Initializer.Constant(config.layerScaleInit());
    attentionGamma = parameter("gamma_attn", source.create(scale, hidden));
    feedForwardGamma = parameter("gamma_mlp", source.create(scale, hidden));
    attention = module("self_attn", new SelfAttention(source, config));
    feedForward = module("mlp", new FeedForward(source, config));
    float epsilon = (float) config.rmsNormEps();
    attentionNorm = module("input_layernorm", new RmsNorm(source, hidden, epsilon));
    feedForwardNorm = module("post_attention_layernorm", new RmsNorm(source, hidden, epsilon));
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable attended = attention.forward(tape, attentionNorm.forward(tape, x), sequences);
    var middle = feedForwardNorm.forward(tape,
        Residual.of(tape, x, attended, attentionGamma, sequences, dropPath));
    Variable transformed = feedForward.forward(tape, middle.normalized());
    return Residual.apply(tape, middle.sum(), transformed, feedForwardGamma, sequences, dropPath);
  }
}
