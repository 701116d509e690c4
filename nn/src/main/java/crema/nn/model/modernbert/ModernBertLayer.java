package crema.nn.model.modernbert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Attention;
import crema.autograd.op.Binary;
import crema.autograd.op.Rope;
import crema.autograd.op.SplitColumns;
import crema.nn.Dropout;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.EncoderLayer;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pre-norm transformer layer with rotary positions and a gated feed-forward part; the first one has no norm before its
 * attention. State-dict keys: {@code attn_norm}, {@code attn.Wqkv}, {@code attn.Wo}, {@code mlp_norm}, {@code mlp.Wi},
 * which gives what is activated and then its gate, {@code mlp.Wo}.
 */
final class ModernBertLayer extends EncoderLayer {
  private final ModernBertConfig config;
  private final AttentionSpec spec;
  private final double ropeTheta;
  private final @Nullable LayerNorm attentionNorm;
  private final Linear queriesKeysValues;
  private final Linear attentionOutput;
  private final LayerNorm feedForwardNorm;
  private final Linear inner;
  private final Linear output;
  private final Dropout attentionDropout;
  private final Dropout feedForwardDropout;

  ModernBertLayer(ParameterSource source, ModernBertConfig config, int layer) {
    this.config = config;
    spec = config.attention(layer);
    ropeTheta = config.ropeTheta(layer);
    int hidden = config.hiddenSize();
    var weights = config.initializer();
    var attentionBias = ModernBertConfig.bias(config.biases().attention());
    var bias = ModernBertConfig.bias(config.biases().feedForward());
    attentionNorm = layer == 0 ? null : module("attn_norm", config.norm(source));
    queriesKeysValues = module("attn.Wqkv", new Linear(source, hidden, 3 * hidden, weights, attentionBias));
    attentionOutput = module("attn.Wo", new Linear(source, hidden, hidden, weights, attentionBias));
    feedForwardNorm = module("mlp_norm", config.norm(source));
    inner = module("mlp.Wi", new Linear(source, hidden, 2 * config.intermediateSize(), weights, bias));
    output = module("mlp.Wo", new Linear(source, config.intermediateSize(), hidden, weights, bias));
    attentionDropout = new Dropout((float) config.dropouts().attention());
    feedForwardDropout = new Dropout((float) config.dropouts().feedForward());
  }

  @Override
  public Variable forward(Tape tape, Variable x, Sequences sequences) {
    Variable normalized = attentionNorm == null ? x : attentionNorm.forward(tape, x);
    Variable middle = Binary.add(tape, x, attend(tape, normalized, sequences));
    return Binary.add(tape, middle, feedForward(tape, feedForwardNorm.forward(tape, middle)));
  }

  private Variable attend(Tape tape, Variable x, Sequences sequences) {
    int hidden = config.hiddenSize();
    List<Variable> parts =
        SplitColumns.apply(tape, queriesKeysValues.forward(tape, x), List.of(hidden, hidden, hidden));
    Variable q = Rope.apply(tape, parts.get(0), sequences, spec.headDim(), ropeTheta);
    Variable k = Rope.apply(tape, parts.get(1), sequences, spec.headDim(), ropeTheta);
    Variable attended = Attention.apply(tape, q, k, parts.get(2), sequences, spec,
        (float) config.dropouts().attention());
    return attentionDropout.forward(tape, attentionOutput.forward(tape, attended));
  }

  private Variable feedForward(Tape tape, Variable x) {
    int width = config.intermediateSize();
    List<Variable> parts = SplitColumns.apply(tape, inner.forward(tape, x), List.of(width, width));
    Variable activated = Activate.apply(tape, config.hiddenActivation(), parts.get(0));
    Variable gated = Binary.multiply(tape, activated, parts.get(1));
    return output.forward(tape, feedForwardDropout.forward(tape, gated));
  }
}
