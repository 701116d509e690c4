package crema.nn.model.distilbert;

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
 * The shape of a {@link DistilBertEncoder}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go
 * there and back.
 *
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param dim features of a token: {@code dim}
 * @param nLayers layers: {@code n_layers}
 * @param nHeads heads, a divisor of dim: {@code n_heads}
 * @param hiddenDim features inside the feed-forward part: {@code hidden_dim}
 * @param activation the feed-forward part's activation: {@code activation}
 * @param dropout the probability of dropping elements of embeddings and feed-forward parts: {@code dropout}
 * @param attentionDropout the probability of dropping attention weights: {@code attention_dropout}
 * @param maxPositionEmbeddings rows of the table of positions: {@code max_position_embeddings}
 * @param seqClassifDropout the probability of dropping elements before the last layer of the head for classification:
 *     {@code seq_classif_dropout}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 */
public record DistilBertConfig(int vocabSize, int dim, int nLayers, int nHeads, int hiddenDim, Activation activation,
    double dropout, double attentionDropout, int maxPositionEmbeddings, double seqClassifDropout,
    double initializerRange) implements TextEncoderConfig {
  /** Added to variances, in all models. */
  private static final float EPSILON = 1e-12f;

  private static final TiedDecoderHead.Names DECODER =
      new TiedDecoderHead.Names("vocab_transform", "vocab_layer_norm", "vocab_projector.bias");

  /** Checks the ranges; messages use the names in JSON. */
  public DistilBertConfig {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("dim", dim);
    ConfigValues.requirePositive("n_layers", nLayers);
    ConfigValues.requirePositive("n_heads", nHeads);
    ConfigValues.requirePositive("hidden_dim", hiddenDim);
    ConfigValues.requireProbability("dropout", dropout);
    ConfigValues.requireProbability("attention_dropout", attentionDropout);
    ConfigValues.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    ConfigValues.requireProbability("seq_classif_dropout", seqClassifDropout);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    ConfigValues.requireDivisor("n_heads", nHeads, "dim", dim);
  }

  /**
   * A config from the values of a JSON object; what it does not name is as in DistilBERT-base.
   *
   * @throws IllegalArgumentException when a value is of another type or out of range; the message names it
   */
  public static DistilBertConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    return new DistilBertConfig(values.integer("vocab_size", 30_522), values.integer("dim", 768),
        values.integer("n_layers", 6), values.integer("n_heads", 12), values.integer("hidden_dim", 3072),
        values.activation("activation", "gelu"), values.number("dropout", 0.1),
        values.number("attention_dropout", 0.1), values.integer("max_position_embeddings", 512),
        values.number("seq_classif_dropout", 0.2), values.number("initializer_range", 0.02));
  }

  @Override
  public DistilBertEncoder create(ParameterSource source) {
    return new DistilBertEncoder(source, this);
  }

  @Override
  public Architecture architecture() {
    return new DistilBert();
  }

  /** {@code DistilBertForSequenceClassification}: linear, ReLU, dropout, linear. */
  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    var parts =
        new FirstTokenHead.Parts("pre_classifier", "classifier", Activation.RELU, 0, seqClassifDropout);
    return new FirstTokenHead(source, parts, dim, initializer(), numLabels);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    return new TiedDecoderHead(DECODER, linear(source, dim, dim), activation, norm(source), embeddings,
        source.create(new Initializer.Constant(0), vocabSize));
  }

  @Override
  public int hiddenSize() {
    return dim;
  }

  @Override
  public int numHiddenLayers() {
    return nLayers;
  }

  @Override
  public int maxTokens() {
    return maxPositionEmbeddings;
  }

  @Override
  public int numAttentionHeads() {
    return nHeads;
  }

  @Override
  public double normEps() {
    return EPSILON;
  }

  /** A norm over dim. */
  LayerNorm norm(ParameterSource source) {
    return new LayerNorm(source, dim, EPSILON);
  }

  /** A linear layer with a bias. */
  Linear linear(ParameterSource source, int in, int out) {
    return new Linear(source, in, out, initializer(), new Initializer.Constant(0));
  }

  /** The initial values of weights. */
  private Initializer initializer() {
    return new Initializer.Normal(initializerRange);
  }

  /** What {@link #of} reads, in a fixed order. */
  @Override
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", vocabSize);
    json.put("dim", dim);
    json.put("n_layers", nLayers);
    json.put("n_heads", nHeads);
    json.put("hidden_dim", hiddenDim);
    json.put("activation", ConfigValues.name(activation));
    json.put("dropout", dropout);
    json.put("attention_dropout", attentionDropout);
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("seq_classif_dropout", seqClassifDropout);
    json.put("initializer_range", initializerRange);
    return json;
  }
}
