package crema.nn.model.vision;

import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a stack of pre-norm transformer layers, under Hugging Face's names.
 *
 * @param hiddenSize features of a token: {@code hidden_size}
 * @param intermediateSize features inside the feed-forward part: {@code intermediate_size}
 * @param numHiddenLayers layers: {@code num_hidden_layers}
 * @param numAttentionHeads heads of hiddenSize / numAttentionHeads features each: {@code num_attention_heads}
 * @param hiddenAct the activation inside the feed-forward part: {@code hidden_act}
 * @param layerNormEps added to variances: {@code layer_norm_eps}
 * @param hiddenDropout the probability of dropping what a part of a layer gives: {@code hidden_dropout_prob}
 * @param attentionDropout the probability of dropping attention weights
 * @param qkvBias whether queries, keys and values have biases: {@code qkv_bias}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 */
record TransformerShape(int hiddenSize, int intermediateSize, int numHiddenLayers, int numAttentionHeads,
    ScaledActivation hiddenAct, double layerNormEps, double hiddenDropout, double attentionDropout, boolean qkvBias,
    double initializerRange) {
  /** More layers than any model has; what describes a model may be damaged. */
  private static final int MOST_LAYERS = 1000;

  TransformerShape {
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("intermediate_size", intermediateSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("layer_norm_eps", layerNormEps);
    ConfigValues.requireProbability("hidden_dropout_prob", hiddenDropout);
    ConfigValues.requireProbability("attention_dropout", attentionDropout);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    ConfigValues.requireDivisor("num_attention_heads", numAttentionHeads, "hidden_size", hiddenSize);
    if (numHiddenLayers > MOST_LAYERS) {
      throw new IllegalArgumentException("num_hidden_layers must be at most " + MOST_LAYERS + ", not "
          + numHiddenLayers);
    }
  }

  /** The features of a head. */
  int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  /** A linear layer with this shape's initial values. */
  Linear linear(ParameterSource source, int in, int out, boolean bias) {
    @Nullable Initializer biases = bias ? new Initializer.Constant(0) : null;
    return new Linear(source, in, out, initializer(), biases);
  }

  /** The initial values of weights. */
  Initializer initializer() {
    return new Initializer.Normal(initializerRange);
  }

  /** A norm of a token's features. */
  LayerNorm norm(ParameterSource source) {
    return new LayerNorm(source, hiddenSize, (float) layerNormEps);
  }

  /** The shape in a few words for people. */
  String describe() {
    return numHiddenLayers + " layers of " + hiddenSize + ", " + numAttentionHeads + " heads";
  }

  /** Puts what all architectures call alike. */
  void putTo(Map<String, Object> json) {
    json.put("hidden_size", hiddenSize);
    json.put("intermediate_size", intermediateSize);
    json.put("num_hidden_layers", numHiddenLayers);
    json.put("num_attention_heads", numAttentionHeads);
    json.put("hidden_act", hiddenAct.key());
    json.put("layer_norm_eps", layerNormEps);
    json.put("initializer_range", initializerRange);
  }
}
