package crema.nn.model.bert;

import crema.nn.Embedding;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.OriginalMlp;
import crema.nn.model.SequenceHead;
import crema.nn.model.TextEncoderConfig;
import crema.nn.model.TiedDecoderHead;
import crema.tensor.Activation;
import crema.tensor.Pooling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The shape of a {@link BertEncoder}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there and
 * back.
 *
 * @param architecture whose shape it is
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param embeddingSize features of the embeddings: {@code embedding_size}, which only ELECTRA has; elsewhere hiddenSize
 * @param hiddenSize features of a token: {@code hidden_size}
 * @param numHiddenLayers layers: {@code num_hidden_layers}
 * @param numAttentionHeads heads, a divisor of hiddenSize: {@code num_attention_heads}
 * @param intermediateSize features inside the feed-forward part: {@code intermediate_size}
 * @param hiddenAct the feed-forward part's activation: {@code hidden_act}
 * @param hiddenDropoutProb the probability of dropping elements of embeddings and branches:
 *     {@code hidden_dropout_prob}
 * @param attentionProbsDropoutProb the probability of dropping attention weights:
 *     {@code attention_probs_dropout_prob}
 * @param maxPositionEmbeddings rows of the table of positions: {@code max_position_embeddings}
 * @param typeVocabSize rows of the table of token types: {@code type_vocab_size}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 * @param layerNormEps added to variances: {@code layer_norm_eps}
 * @param padTokenId the id of the padding token: {@code pad_token_id}
 * @param classifierDropout the probability of dropping elements before the last layer of a head for classification:
 *     {@code classifier_dropout}, by default hiddenDropoutProb
 */
public record BertConfig(BertArchitecture architecture, int vocabSize, int embeddingSize, int hiddenSize,
    int numHiddenLayers,
    int numAttentionHeads, int intermediateSize, Activation hiddenAct, double hiddenDropoutProb,
    double attentionProbsDropoutProb, int maxPositionEmbeddings, int typeVocabSize, double initializerRange,
    double layerNormEps, int padTokenId, double classifierDropout) implements TextEncoderConfig {

  /** Checks the ranges; messages use the names in JSON. */
  public BertConfig {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("embedding_size", embeddingSize);
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("intermediate_size", intermediateSize);
    ConfigValues.requireProbability("hidden_dropout_prob", hiddenDropoutProb);
    ConfigValues.requireProbability("attention_probs_dropout_prob", attentionProbsDropoutProb);
    ConfigValues.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    ConfigValues.requirePositive("type_vocab_size", typeVocabSize);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    ConfigValues.requirePositive("layer_norm_eps", layerNormEps);
    ConfigValues.requireProbability("classifier_dropout", classifierDropout);
    if (padTokenId < 0) {
      throw new IllegalArgumentException("pad_token_id must not be negative, but is " + padTokenId);
    }
    if (maxPositionEmbeddings <= architecture.positionPadding(padTokenId) + 1) {
      throw new IllegalArgumentException("max_position_embeddings " + maxPositionEmbeddings
          + " leaves no position after that of pad_token_id " + padTokenId);
    }
    ConfigValues.requireDivisor("num_attention_heads", numAttentionHeads, "hidden_size", hiddenSize);
  }

  /**
   * A config from the values of a JSON object; what it does not name is as in BERT-base.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static BertConfig of(BertArchitecture architecture, Map<String, ?> json) {
    var values = new ConfigValues(json);
    values.requireOnly("position_embedding_type", "absolute");
    values.requireOnly("is_decoder", false);
    double dropout = values.number("hidden_dropout_prob", 0.1);
    int hiddenSize = values.integer("hidden_size", 768);
    return new BertConfig(architecture, values.integer("vocab_size", 30_522),
        architecture.embeddingSize(json, hiddenSize), hiddenSize,
        values.integer("num_hidden_layers", 12), values.integer("num_attention_heads", 12),
        values.integer("intermediate_size", 3072), values.activation("hidden_act", "gelu"), dropout,
        values.number("attention_probs_dropout_prob", 0.1), values.integer("max_position_embeddings", 512),
        values.integer("type_vocab_size", 2), values.number("initializer_range", 0.02),
        values.number("layer_norm_eps", 1e-12), values.integer("pad_token_id", 0),
        values.number("classifier_dropout", dropout));
  }

  @Override
  public BertEncoder create(ParameterSource source) {
    return new BertEncoder(source, this);
  }

  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    return architecture.createHead(source, this, numLabels);
  }

  @Override
  public Optional<OriginalMlp> originalMlp(Pooling pooling) {
    return architecture.originalMlp(this, pooling);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    return architecture.createMaskedLanguageHead(source, this, embeddings);
  }

  /** A head for masked-language modelling under an architecture's names. */
  public MaskedLanguageHead decoder(ParameterSource source, TiedDecoderHead.Names names, Activation activation,
      Embedding embeddings) {
    return new TiedDecoderHead(names, linear(source, hiddenSize, embeddingSize), activation,
        norm(source, embeddingSize), embeddings, source.create(new Initializer.Constant(0), vocabSize));
  }

  @Override
  public int maxTokens() {
    return maxPositionEmbeddings - positionPadding() - 1;
  }

  /** The id of the padding token if positions count from the row after it, otherwise −1. */
  int positionPadding() {
    return architecture.positionPadding(padTokenId);
  }

  @Override
  public double normEps() {
    return layerNormEps;
  }

  /** Features of one head. */
  int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  /** A norm over so many features. */
  LayerNorm norm(ParameterSource source, int features) {
    return new LayerNorm(source, features, (float) layerNormEps);
  }

  /** A linear layer with a bias. */
  Linear linear(ParameterSource source, int in, int out) {
    return new Linear(source, in, out, initializer(), new Initializer.Constant(0));
  }

  /** The initial values of weights. */
  public Initializer initializer() {
    return new Initializer.Normal(initializerRange);
  }

  /** What {@link #of} reads, in a fixed order. */
  @Override
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("vocab_size", vocabSize);
    if (embeddingSize != hiddenSize) {
      json.put("embedding_size", embeddingSize);
    }
    json.put("hidden_size", hiddenSize);
    json.put("num_hidden_layers", numHiddenLayers);
    json.put("num_attention_heads", numAttentionHeads);
    json.put("intermediate_size", intermediateSize);
    json.put("hidden_act", ConfigValues.name(hiddenAct));
    json.put("hidden_dropout_prob", hiddenDropoutProb);
    json.put("attention_probs_dropout_prob", attentionProbsDropoutProb);
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("type_vocab_size", typeVocabSize);
    json.put("initializer_range", initializerRange);
    json.put("layer_norm_eps", layerNormEps);
    json.put("pad_token_id", padTokenId);
    json.put("classifier_dropout", classifierDropout);
    return json;
  }
}
