package crema.nn.model.prenorm;

import crema.base.Keyed;
import crema.nn.Initializer;
import crema.nn.ParameterSource;
import crema.nn.model.Architecture;
import crema.nn.model.ConfigValues;
import crema.nn.model.OriginalMlp;
import crema.nn.model.RmsNormEncoder;
import crema.nn.model.SequenceHead;
import crema.nn.model.TextEncoderConfig;
import crema.tensor.Activation;
import crema.tensor.Pooling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shape of EuroBERT, an {@link RmsNormEncoder}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of}
 * go there and back.
 *
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param hiddenSize features of a token: {@code hidden_size}
 * @param intermediateSize features inside the feed-forward part: {@code intermediate_size}
 * @param numHiddenLayers layers: {@code num_hidden_layers}
 * @param numAttentionHeads query heads; hiddenSize / numAttentionHeads features each, an even number:
 *     {@code num_attention_heads}
 * @param numKeyValueHeads key and value heads, a divisor of numAttentionHeads: {@code num_key_value_heads}
 * @param maxPositionEmbeddings the longest sequence, in tokens: {@code max_position_embeddings}
 * @param rmsNormEps added to mean squares: {@code rms_norm_eps}
 * @param ropeTheta the base of the rotary angles: {@code rope_theta}, or {@code rope_parameters.rope_theta}
 * @param attentionDropout the probability of dropping attention weights: {@code attention_dropout}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 * @param padTokenId the id of the padding token, which a packed batch has none of: {@code pad_token_id}
 * @param classifierPooling what a head for classification does with the vectors of tokens: {@code classifier_pooling}
 */
public record EuroBertConfig(int vocabSize, int hiddenSize, int intermediateSize, int numHiddenLayers,
    int numAttentionHeads, int numKeyValueHeads, int maxPositionEmbeddings, double rmsNormEps, double ropeTheta,
    double attentionDropout, double initializerRange, int padTokenId,
    ClassifierPooling classifierPooling)
    implements TextEncoderConfig {
  private static final String POOLING = "classifier_pooling";

  /** What a head for classification reads. */
  public enum ClassifierPooling implements Keyed {
    /** The first token. */
    BOS,
    /** The mean of the vectors. */
    MEAN,
    /** Every token, and then the mean of their logits. */
    LATE
  }

  /** Checks the ranges; messages use the names in JSON. */
  public EuroBertConfig {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("intermediate_size", intermediateSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("num_key_value_heads", numKeyValueHeads);
    ConfigValues.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    ConfigValues.requirePositive("rms_norm_eps", rmsNormEps);
    ConfigValues.requirePositive("rope_theta", ropeTheta);
    ConfigValues.requireProbability("attention_dropout", attentionDropout);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    ConfigValues.requireEvenHeads("num_attention_heads", numAttentionHeads, "hidden_size", hiddenSize);
    ConfigValues.requireDivisor("num_key_value_heads", numKeyValueHeads, "num_attention_heads", numAttentionHeads);
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static EuroBertConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    values.requireOnly("attention_bias", false);
    values.requireOnly("mlp_bias", false);
    if (values.activation("hidden_act", "silu") != Activation.SILU) {
      throw new IllegalArgumentException("hidden_act must be silu, not " + values.text("hidden_act"));
    }
    int hidden = values.integer("hidden_size", 768);
    int heads = values.integer("num_attention_heads", 12);
    if (heads > 0) {
      values.requireOnly("head_dim", hidden / heads);
    }
    // The model's first release called it otherwise.
    String pooling = values.text(values.firstKey(POOLING, "clf_pooling"));
    return new EuroBertConfig(values.integer("vocab_size", 128_256), hidden, values.integer("intermediate_size", 3072),
        values.integer("num_hidden_layers", 12), heads, values.integer("num_key_value_heads", heads),
        values.integer("max_position_embeddings", 8192), values.number("rms_norm_eps", 1e-5), values.ropeTheta(1e4),
        values.number("attention_dropout", 0), values.number("initializer_range", 0.02),
        values.integer("pad_token_id", 128_001), pooling == null
            ? ClassifierPooling.LATE
            : ConfigValues.choice(POOLING, pooling, List.of(ClassifierPooling.values())));
  }

  @Override
  public RmsNormEncoder create(ParameterSource source) {
    return new RmsNormEncoder(source, this, initializerRange, rmsNormEps, from -> new EuroBertLayer(from, this));
  }

  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    return new EuroBertHead(source, this, numLabels);
  }

  @Override
  public Optional<OriginalMlp> originalMlp(Pooling pooling) {
    return switch (pooling) {
      case FIRST -> Optional.of(originalMlp(ClassifierPooling.BOS));
      case MEAN -> Optional.of(originalMlp(ClassifierPooling.MEAN));
      case MAX, LAST -> Optional.empty();
    };
  }

  private OriginalMlp originalMlp(ClassifierPooling pooling) {
    return new OriginalMlp(new EuroBertConfig(vocabSize, hiddenSize, intermediateSize, numHiddenLayers,
        numAttentionHeads, numKeyValueHeads, maxPositionEmbeddings, rmsNormEps, ropeTheta, attentionDropout,
        initializerRange, padTokenId, pooling), EuroBertHead.DENSE, EuroBertHead.CLASSIFIER);
  }

  @Override
  public Architecture architecture() {
    return new EuroBert();
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

  /** The initial values of weights. */
  Initializer initializer() {
    return new Initializer.Normal(initializerRange);
  }

  /** The shape of attention and feed-forward parts, which are those of Crema's own encoder. */
  PreNormConfig parts() {
    return new PreNormConfig(vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads, numKeyValueHeads,
        intermediateSize, maxPositionEmbeddings, ropeTheta, rmsNormEps, attentionDropout, 0, 1, initializerRange);
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
    json.put("hidden_act", "silu");
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("rms_norm_eps", rmsNormEps);
    json.put("rope_theta", ropeTheta);
    json.put("attention_dropout", attentionDropout);
    json.put("initializer_range", initializerRange);
    json.put("pad_token_id", padTokenId);
    json.put(POOLING, classifierPooling.key());
    return json;
  }
}
