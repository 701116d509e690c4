package crema.nn.model.prenorm;

import crema.nn.Embedding;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.model.Architecture;
import crema.nn.model.ConfigValues;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.PublishedEncoder;
import crema.nn.model.TextEncoderConfig;
import crema.nn.model.TiedDecoderHead;
import crema.tensor.Activation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of an {@link PreNormEncoder}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there and
 * back.
 *
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param hiddenSize features of a token: {@code hidden_size}
 * @param numHiddenLayers blocks: {@code num_hidden_layers}
 * @param numAttentionHeads query heads; hiddenSize / numAttentionHeads features each, an even number:
 *     {@code num_attention_heads}
 * @param numKeyValueHeads key and value heads, a divisor of numAttentionHeads: {@code num_key_value_heads}
 * @param ffnHiddenSize features inside the feed-forward part: {@code ffn_hidden_size}, read from Hugging Face's
 *     {@code intermediate_size} too
 * @param maxPositionEmbeddings the longest sequence, in tokens: {@code max_position_embeddings}
 * @param ropeTheta the base of the rotary angles: {@code rope_theta}
 * @param rmsNormEps added to mean squares: {@code rms_norm_eps}
 * @param dropout the probability of dropping embeddings and attention weights: {@code dropout}
 * @param maxDropPath the probability of dropping a branch of the last block; it rises linearly from 0:
 *     {@code max_drop_path}
 * @param layerScaleInit the initial γ of both branches: {@code layer_scale_init}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 */
public record PreNormConfig(int vocabSize, int hiddenSize, int numHiddenLayers, int numAttentionHeads,
    int numKeyValueHeads, int ffnHiddenSize, int maxPositionEmbeddings, double ropeTheta, double rmsNormEps,
    double dropout, double maxDropPath, double layerScaleInit, double initializerRange) implements TextEncoderConfig {
  private static final TiedDecoderHead.Names DECODER =
      new TiedDecoderHead.Names("lm_head.dense", "lm_head.layer_norm", "lm_head.bias");

  /** Checks the ranges; messages use the names in JSON. */
  public PreNormConfig {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("num_key_value_heads", numKeyValueHeads);
    ConfigValues.requirePositive("ffn_hidden_size", ffnHiddenSize);
    ConfigValues.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    ConfigValues.requirePositive("rope_theta", ropeTheta);
    ConfigValues.requirePositive("rms_norm_eps", rmsNormEps);
    ConfigValues.requireProbability("dropout", dropout);
    ConfigValues.requireProbability("max_drop_path", maxDropPath);
    ConfigValues.requireFinite("layer_scale_init", layerScaleInit);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    if (hiddenSize % numAttentionHeads != 0 || hiddenSize / numAttentionHeads % 2 != 0) {
      throw new IllegalArgumentException("hidden_size " + hiddenSize + " does not give " + numAttentionHeads
          + " attention heads an even number of features each");
    }
    ConfigValues.requireDivisor("num_key_value_heads", numKeyValueHeads, "num_attention_heads", numAttentionHeads);
  }

  /** The defaults, 34 million parameters with a vocabulary of 32,000. */
  public static PreNormConfig defaults(int vocabSize) {
    return of(Map.of("vocab_size", vocabSize));
  }

  /**
   * A config from the values of a JSON object; what it does not name is default, and names of others are ignored.
   *
   * @throws IllegalArgumentException when a value is missing, of another type or out of range; the message names it
   */
  public static PreNormConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    return new PreNormConfig(values.integer("vocab_size"), values.integer("hidden_size", 384),
        values.integer("num_hidden_layers", 10), values.integer("num_attention_heads", 6),
        values.integer("num_key_value_heads", 2),
        values.integer(values.firstKey("ffn_hidden_size", "intermediate_size"), 1536),
        values.integer("max_position_embeddings", 512), values.number("rope_theta", 1e6),
        values.number("rms_norm_eps", 1e-6), values.number("dropout", 0), values.number("max_drop_path", 0.1),
        values.number("layer_scale_init", 1e-2), values.number("initializer_range", 0.02));
  }

  /**
   * As EuroBERT, which has no dropout of embeddings and drops no branches; both matter in training alone. It has one row
   * more for padding, which Crema's own tokenizers have no token for and Hugging Face's libraries cannot do without.
   */
  @Override
  public PublishedEncoder published(Weights weights) {
    var shape = new EuroBertConfig(vocabSize + 1, hiddenSize, ffnHiddenSize, numHiddenLayers, numAttentionHeads,
        numKeyValueHeads, maxPositionEmbeddings, rmsNormEps, ropeTheta, dropout, initializerRange, vocabSize,
        EuroBertConfig.ClassifierPooling.LATE);
    return new PublishedEncoder(shape, new FoldedWeights(weights, this));
  }

  @Override
  public PreNormEncoder create(ParameterSource source) {
    return new PreNormEncoder(source, this);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    var initializer = new Initializer.Normal(initializerRange);
    var zero = new Initializer.Constant(0);
    return new TiedDecoderHead(DECODER, new Linear(source, hiddenSize, hiddenSize, initializer, zero), Activation.GELU,
        new LayerNorm(source, hiddenSize, (float) rmsNormEps), embeddings, source.create(zero, vocabSize));
  }

  @Override
  public Architecture architecture() {
    return new PreNorm();
  }

  @Override
  public int maxTokens() {
    return maxPositionEmbeddings;
  }

  @Override
  public String describe() {
    return TextEncoderConfig.super.describe() + " (" + numKeyValueHeads + " for keys and values)";
  }

  @Override
  public double normEps() {
    return rmsNormEps;
  }

  /** What {@link #of} reads, in a fixed order. */
  @Override
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", vocabSize);
    json.put("hidden_size", hiddenSize);
    json.put("num_hidden_layers", numHiddenLayers);
    json.put("num_attention_heads", numAttentionHeads);
    json.put("num_key_value_heads", numKeyValueHeads);
    json.put("ffn_hidden_size", ffnHiddenSize);
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("rope_theta", ropeTheta);
    json.put("rms_norm_eps", rmsNormEps);
    json.put("dropout", dropout);
    json.put("max_drop_path", maxDropPath);
    json.put("layer_scale_init", layerScaleInit);
    json.put("initializer_range", initializerRange);
    return json;
  }

  /** Features of one head. */
  public int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  /** The probability of dropping a branch of a block: {@code torch.linspace(0, max_drop_path, num_hidden_layers)}. */
  public float dropPath(int layer) {
    return numHiddenLayers == 1 ? 0 : (float) (maxDropPath * layer / (numHiddenLayers - 1));
  }
}
