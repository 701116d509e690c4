package crema.nn.model.deberta;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a {@link DebertaV2Encoder}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go
 * there and back. Only relative positions whose projections share the weights of the contents' are computed.
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
 * @param maxPositionEmbeddings the longest sequence, in tokens: {@code max_position_embeddings}
 * @param typeVocabSize rows of the table of token types, 0 for none: {@code type_vocab_size}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 * @param layerNormEps added to variances: {@code layer_norm_eps}
 * @param maxRelativePositions the farthest distance that is told from others: {@code max_relative_positions}, or
 *     maxPositionEmbeddings if that is below 1
 * @param positionBuckets buckets of distances on each side, half of which are one distance each and the others
 *     logarithmically wider: {@code position_buckets}; 0 for a bucket a distance
 * @param contentToPosition whether queries meet the vectors of distances: {@code pos_att_type} has {@code c2p}
 * @param positionToContent whether keys do: {@code pos_att_type} has {@code p2c}
 * @param normalizedPositions whether the vectors of distances are normalized: {@code norm_rel_ebd} is
 *     {@code layer_norm}
 * @param poolerDropout the probability of dropping elements before the head's first layer: {@code pooler_dropout}
 * @param poolerHiddenAct the head's activation: {@code pooler_hidden_act}
 * @param clsDropout the probability of dropping elements before the head's last layer: {@code cls_dropout}, by default
 *     hiddenDropoutProb
 */
public record DebertaV2Config(int vocabSize, int hiddenSize, int numHiddenLayers, int numAttentionHeads,
    int intermediateSize, Activation hiddenAct, double hiddenDropoutProb, double attentionProbsDropoutProb,
    int maxPositionEmbeddings, int typeVocabSize, double initializerRange, double layerNormEps,
    int maxRelativePositions, int positionBuckets, boolean contentToPosition, boolean positionToContent,
    boolean normalizedPositions, double poolerDropout, Activation poolerHiddenAct, double clsDropout)
    implements TextEncoderConfig {
  private static final TiedDecoderHead.Names DECODER = new TiedDecoderHead.Names("cls.predictions.transform.dense",
      "cls.predictions.transform.LayerNorm", "cls.predictions.bias");

  /** Checks the ranges; messages use the names in JSON. */
  public DebertaV2Config {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("intermediate_size", intermediateSize);
    ConfigValues.requireProbability("hidden_dropout_prob", hiddenDropoutProb);
    ConfigValues.requireProbability("attention_probs_dropout_prob", attentionProbsDropoutProb);
    ConfigValues.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    ConfigValues.requirePositive("layer_norm_eps", layerNormEps);
    ConfigValues.requirePositive("max_relative_positions", maxRelativePositions);
    ConfigValues.requireProbability("pooler_dropout", poolerDropout);
    ConfigValues.requireProbability("cls_dropout", clsDropout);
    if (typeVocabSize < 0) {
      throw new IllegalArgumentException("type_vocab_size must not be negative, but is " + typeVocabSize);
    }
    if (positionBuckets != 0 && (positionBuckets < 2 || positionBuckets / 2 >= maxRelativePositions - 1)) {
      throw new IllegalArgumentException("position_buckets " + positionBuckets
          + " does not fit max_relative_positions " + maxRelativePositions);
    }
    ConfigValues.requireDivisor("num_attention_heads", numAttentionHeads, "hidden_size", hiddenSize);
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static DebertaV2Config of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    values.requireOnly("relative_attention", true);
    values.requireOnly("share_att_key", true);
    values.requireOnly("position_biased_input", false);
    values.requireOnly("conv_kernel_size", 0);
    int hiddenSize = values.integer("hidden_size", 1536);
    values.requireOnly("embedding_size", hiddenSize);
    values.requireOnly("pooler_hidden_size", hiddenSize);
    int positions = values.integer("max_position_embeddings", 512);
    int relativePositions = values.integer("max_relative_positions", -1);
    List<String> kinds = kinds(json.get("pos_att_type"));
    double dropout = values.number("hidden_dropout_prob", 0.1);
    String norm = values.text("norm_rel_ebd");
    if (norm != null && !norm.equals("layer_norm") && !norm.equals("none")) {
      throw new IllegalArgumentException("norm_rel_ebd must be layer_norm or none, not '" + norm + "'");
    }
    return new DebertaV2Config(values.integer("vocab_size", 128_100), hiddenSize,
        values.integer("num_hidden_layers", 24), values.integer("num_attention_heads", 24),
        values.integer("intermediate_size", 6144), values.activation("hidden_act", "gelu"), dropout,
        values.number("attention_probs_dropout_prob", 0.1), positions, values.integer("type_vocab_size", 0),
        values.number("initializer_range", 0.02), values.number("layer_norm_eps", 1e-7),
        relativePositions < 1 ? positions : relativePositions, Math.max(0, values.integer("position_buckets", -1)),
        kinds.contains("c2p"), kinds.contains("p2c"), "layer_norm".equals(norm), values.number("pooler_dropout", 0),
        values.activation("pooler_hidden_act", "gelu"), values.number("cls_dropout", dropout));
  }

  /** {@code ["p2c", "c2p"]}, which old files write {@code "p2c|c2p"}. */
  private static List<String> kinds(@Nullable Object types) {
    var kinds = new ArrayList<String>();
    if (types instanceof List<?> list) {
      list.forEach(kind -> kinds.add(String.valueOf(kind)));
    } else if (types != null) {
      kinds.addAll(List.of(types.toString().toLowerCase(Locale.ROOT).split("\\|")));
    }
    for (String kind : kinds) {
      if (!kind.equals("c2p") && !kind.equals("p2c")) {
        throw new IllegalArgumentException("pos_att_type must be of c2p and p2c, not '" + kind + "'");
      }
    }
    return kinds;
  }

  @Override
  public DebertaV2Encoder create(ParameterSource source) {
    return new DebertaV2Encoder(source, this);
  }

  /** {@code DebertaV2ForSequenceClassification}: the context pooler's dropout, linear and GELU, dropout, linear. */
  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    var parts = new FirstTokenHead.Parts("pooler.dense", "classifier", poolerHiddenAct, poolerDropout, clsDropout);
    return new FirstTokenHead(source, parts, hiddenSize, initializer(), numLabels);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    return new TiedDecoderHead(DECODER, linear(source, hiddenSize, hiddenSize), hiddenAct, norm(source), embeddings,
        source.create(new Initializer.Constant(0), vocabSize));
  }

  @Override
  public Architecture architecture() {
    return new DebertaV2();
  }

  @Override
  public int maxTokens() {
    return maxPositionEmbeddings;
  }

  @Override
  public double normEps() {
    return layerNormEps;
  }

  /** The vectors of distances on each side. */
  int span() {
    return positionBuckets > 0 ? positionBuckets : maxRelativePositions;
  }

  /** The row of the table of distances for a query's position minus a key's. */
  int row(int distance) {
    return Math.clamp(bucket(distance) + span(), 0, 2 * span() - 1);
  }

  private int bucket(int distance) {
    int middle = positionBuckets / 2;
    int far = Math.abs(distance);
    if (positionBuckets == 0 || far <= middle) {
      return distance;
    }
    double share = StrictMath.log((double) far / middle) / StrictMath.log((double) (maxRelativePositions - 1) / middle);
    return Integer.signum(distance) * ((int) Math.ceil(share * (middle - 1)) + middle);
  }

  /** The factor on scores, which are sums of as many products as kinds of attention are on. */
  float scale() {
    int kinds = 1 + (contentToPosition ? 1 : 0) + (positionToContent ? 1 : 0);
    return (float) (1 / Math.sqrt((double) kinds * hiddenSize / numAttentionHeads));
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
    var kinds = new ArrayList<String>();
    if (positionToContent) {
      kinds.add("p2c");
    }
    if (contentToPosition) {
      kinds.add("c2p");
    }
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
    json.put("type_vocab_size", typeVocabSize);
    json.put("initializer_range", initializerRange);
    json.put("layer_norm_eps", layerNormEps);
    json.put("relative_attention", true);
    json.put("share_att_key", true);
    json.put("position_biased_input", false);
    json.put("max_relative_positions", maxRelativePositions);
    json.put("position_buckets", positionBuckets == 0 ? -1 : positionBuckets);
    json.put("pos_att_type", kinds);
    json.put("norm_rel_ebd", normalizedPositions ? "layer_norm" : "none");
    json.put("pooler_dropout", poolerDropout);
    json.put("pooler_hidden_act", ConfigValues.name(poolerHiddenAct));
    json.put("pooler_hidden_size", hiddenSize);
    json.put("cls_dropout", clsDropout);
    return json;
  }
}
