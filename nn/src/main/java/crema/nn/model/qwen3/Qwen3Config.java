package crema.nn.model.qwen3;

import crema.nn.Initializer;
import crema.nn.ParameterSource;
import crema.nn.model.Architecture;
import crema.nn.model.ConfigValues;
import crema.nn.model.RmsNormEncoder;
import crema.nn.model.SequenceHead;
import crema.nn.model.TextEncoderConfig;
import crema.tensor.Activation;
import crema.tensor.AttentionSpec;
import crema.tensor.Pooling;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of Qwen3: an {@link RmsNormEncoder} with causal attention. The names in JSON are Hugging Face's;
 * {@link #toMap} and {@link #of} go there and back.
 *
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param hiddenSize features of a token: {@code hidden_size}
 * @param intermediateSize features inside the feed-forward part: {@code intermediate_size}
 * @param numHiddenLayers layers: {@code num_hidden_layers}
 * @param numAttentionHeads query heads: {@code num_attention_heads}
 * @param numKeyValueHeads key and value heads, a divisor of numAttentionHeads: {@code num_key_value_heads}
 * @param headDim features of a head, an even number: {@code head_dim}
 * @param maxPositionEmbeddings the longest sequence, in tokens: {@code max_position_embeddings}
 * @param rmsNormEps added to mean squares: {@code rms_norm_eps}
 * @param ropeTheta the base of the rotary angles: {@code rope_theta}, or {@code rope_parameters.rope_theta}
 * @param attentionBias whether the attention's linear layers have a bias: {@code attention_bias}
 * @param attentionDropout the probability of dropping attention weights: {@code attention_dropout}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 */
public record Qwen3Config(int vocabSize, int hiddenSize, int intermediateSize, int numHiddenLayers,
    int numAttentionHeads, int numKeyValueHeads, int headDim, int maxPositionEmbeddings, double rmsNormEps,
    double ropeTheta, boolean attentionBias, double attentionDropout, double initializerRange)
    implements TextEncoderConfig {

  /** Checks the ranges; messages use the names in JSON. */
  public Qwen3Config {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("intermediate_size", intermediateSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("num_key_value_heads", numKeyValueHeads);
    ConfigValues.requirePositive("head_dim", headDim);
    ConfigValues.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    ConfigValues.requirePositive("rms_norm_eps", rmsNormEps);
    ConfigValues.requirePositive("rope_theta", ropeTheta);
    ConfigValues.requireProbability("attention_dropout", attentionDropout);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException("head_dim must be even, not " + headDim);
    }
    ConfigValues.requireDivisor("num_key_value_heads", numKeyValueHeads, "num_attention_heads", numAttentionHeads);
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static Qwen3Config of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    values.requireOnly("use_sliding_window", false);
    if (values.activation("hidden_act", "silu") != Activation.SILU) {
      throw new IllegalArgumentException("hidden_act must be silu, not " + values.text("hidden_act"));
    }
    return new Qwen3Config(values.integer("vocab_size", 151_936), values.integer("hidden_size", 4096),
        values.integer("intermediate_size", 22_016), values.integer("num_hidden_layers", 32),
        values.integer("num_attention_heads", 32), values.integer("num_key_value_heads", 32),
        values.integer("head_dim", 128), values.integer("max_position_embeddings", 32_768),
        values.number("rms_norm_eps", 1e-6), values.ropeTheta(1e4), values.flag("attention_bias", false),
        values.number("attention_dropout", 0), values.number("initializer_range", 0.02));
  }

  @Override
  public RmsNormEncoder create(ParameterSource source) {
    return new RmsNormEncoder(source, this, initializerRange, rmsNormEps, from -> new Qwen3Layer(from, this));
  }

  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    return new Qwen3Head(source, this, numLabels);
  }

  @Override
  public Architecture architecture() {
    return new Qwen3();
  }

  @Override
  public int maxTokens() {
    return maxPositionEmbeddings;
  }

  @Override
  public Pooling pooling() {
    return Pooling.LAST;
  }

  @Override
  public String describe() {
    return TextEncoderConfig.super.describe() + " (" + numKeyValueHeads + " for keys and values)";
  }

  @Override
  public double normEps() {
    return rmsNormEps;
  }

  AttentionSpec attention() {
    return AttentionSpec.of(numAttentionHeads, numKeyValueHeads, headDim, true);
  }

  /** The initial values of weights. */
  Initializer initializer() {
    return new Initializer.Normal(initializerRange);
  }

  /** What {@link #of} reads, in a fixed order. */
  @Override
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", vocabSize);
    json.put("hidden_size", hiddenSize);
    json.put("intermediate_size", intermediateSize);
    json.put("num_hidden_layers", numHiddenLayers);
    json.put("num_attention_heads", numAttentionHeads);
    json.put("num_key_value_heads", numKeyValueHeads);
    json.put("head_dim", headDim);
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("rms_norm_eps", rmsNormEps);
    json.put("rope_theta", ropeTheta);
    json.put("attention_bias", attentionBias);
    json.put("attention_dropout", attentionDropout);
    json.put("initializer_range", initializerRange);
    return json;
  }
}
