package crema.nn.model.mpnet;

import crema.nn.Embedding;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.Architecture;
import crema.nn.model.ConfigValues;
import crema.nn.model.FirstTokenHead;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.SequenceHead;
import crema.nn.model.TextEncoderConfig;
import crema.nn.model.TiedDecoderHead;
import crema.tensor.Activation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of an {@link MpnetEncoder}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there
 * and back.
 *
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param hiddenSize features of a token: {@code hidden_size}
 * @param numHiddenLayers layers: {@code num_hidden_layers}
 * @param numAttentionHeads heads, a divisor of hiddenSize: {@code num_attention_heads}
 * @param intermediateSize features inside the feed-forward part: {@code intermediate_size}
 * @param hiddenAct the feed-forward part's activation: {@code hidden_act}
 * @param hiddenDropoutProb the probability of dropping elements: {@code hidden_dropout_prob}
 * @param attentionProbsDropoutProb the probability of dropping attention weights:
 *     {@code attention_probs_dropout_prob}
 * @param maxPositionEmbeddings rows of the table of positions: {@code max_position_embeddings}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 * @param layerNormEps added to variances: {@code layer_norm_eps}
 */
public record MpnetConfig(int vocabSize, int hiddenSize, int numHiddenLayers, int numAttentionHeads,
    int intermediateSize, Activation hiddenAct, double hiddenDropoutProb, double attentionProbsDropoutProb,
    int maxPositionEmbeddings, double initializerRange, double layerNormEps) implements TextEncoderConfig {
  /** The id of the padding token, after whose row positions count, in all models. */
  static final int PADDING = 1;

  private static final TiedDecoderHead.Names DECODER =
      new TiedDecoderHead.Names("lm_head.dense", "lm_head.layer_norm", "lm_head.bias");

  /** Checks the ranges; messages use the names in JSON. */
  public MpnetConfig {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("intermediate_size", intermediateSize);
    ConfigValues.requireProbability("hidden_dropout_prob", hiddenDropoutProb);
    ConfigValues.requireProbability("attention_probs_dropout_prob", attentionProbsDropoutProb);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    ConfigValues.requirePositive("layer_norm_eps", layerNormEps);
    if (maxPositionEmbeddings <= PADDING + 1) {
      throw new IllegalArgumentException("max_position_embeddings " + maxPositionEmbeddings
          + " leaves no position after that of the padding");
    }
    ConfigValues.requireDivisor("num_attention_heads", numAttentionHeads, "hidden_size", hiddenSize);
  }

  /**
   * A config from the values of a JSON object; what it does not name is as in MPNet-base.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static MpnetConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    values.requireOnly("relative_attention_num_buckets", RelativeBias.BUCKETS);
    values.requireOnly("pad_token_id", PADDING);
    return new MpnetConfig(values.integer("vocab_size", 30_527), values.integer("hidden_size", 768),
        values.integer("num_hidden_layers", 12), values.integer("num_attention_heads", 12),
        values.integer("intermediate_size", 3072), values.activation("hidden_act", "gelu"),
        values.number("hidden_dropout_prob", 0.1), values.number("attention_probs_dropout_prob", 0.1),
        values.integer("max_position_embeddings", 514), values.number("initializer_range", 0.02),
        values.number("layer_norm_eps", 1e-5));
  }

  @Override
  public MpnetEncoder create(ParameterSource source) {
    return new MpnetEncoder(source, this);
  }

  /** {@code MPNetClassificationHead}: dropout, linear, tanh, dropout, linear. */
  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    var parts = new FirstTokenHead.Parts("classifier.dense", "classifier.out_proj", Activation.TANH, hiddenDropoutProb,
        hiddenDropoutProb);
    return new FirstTokenHead(source, parts, hiddenSize, initializer(), numLabels);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    return new TiedDecoderHead(DECODER, linear(source, hiddenSize, hiddenSize), Activation.GELU, norm(source),
        embeddings, source.create(new Initializer.Constant(0), vocabSize));
  }

  @Override
  public Architecture architecture() {
    return new Mpnet();
  }

  @Override
  public int maxTokens() {
    return maxPositionEmbeddings - PADDING - 1;
  }

  @Override
  public double normEps() {
    return layerNormEps;
  }

  /** A norm over hiddenSize. */
  LayerNorm norm(ParameterSource source) {
    return new LayerNorm(source, hiddenSize, (float) layerNormEps);
  }

  /** A linear layer with a bias. */
  Linear linear(ParameterSource source, int in, int out) {
    return new Linear(source, in, out, initializer(), new Initializer.Constant(0));
  }

  private Initializer initializer() {
    return new Initializer.Normal(initializerRange);
  }

  /** What {@link #of} reads, in a fixed order. */
  @Override
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", vocabSize);
    json.put("hidden_size", hiddenSize);
    json.put("num_hidden_layers", numHiddenLayers);
    json.put("num_attention_heads", numAttentionHeads);
    json.put("intermediate_size", intermediateSize);
    json.put("hidden_act", ConfigValues.name(hiddenAct));
    json.put("hidden_dropout_prob", hiddenDropoutProb);
    json.put("attention_probs_dropout_prob", attentionProbsDropoutProb);
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("relative_attention_num_buckets", RelativeBias.BUCKETS);
    json.put("initializer_range", initializerRange);
    json.put("layer_norm_eps", layerNormEps);
    json.put("pad_token_id", PADDING);
    return json;
  }
}
