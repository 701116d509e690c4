package crema.nn.model.modernbert;

import crema.nn.Embedding;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.Architecture;
import crema.nn.model.ConfigValues;
import crema.nn.model.MaskedLanguageHead;
import crema.nn.model.SequenceHead;
import crema.nn.model.TextEncoderConfig;
import crema.nn.model.TiedDecoderHead;
import crema.tensor.Activation;
import crema.tensor.AttentionSpec;
import crema.tensor.Pooling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a {@link ModernBertEncoder}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go
 * there and back.
 *
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param hiddenSize features of a token: {@code hidden_size}
 * @param intermediateSize features inside the feed-forward part: {@code intermediate_size}
 * @param numHiddenLayers layers: {@code num_hidden_layers}
 * @param numAttentionHeads heads, which get an even number of features each: {@code num_attention_heads}
 * @param hiddenActivation the feed-forward part's activation: {@code hidden_activation}
 * @param maxPositionEmbeddings the longest sequence, in tokens: {@code max_position_embeddings}
 * @param normEps added to variances: {@code norm_eps}
 * @param biases which parts have a bias
 * @param globalRopeTheta the base of the rotary angles of layers without a window: {@code global_rope_theta}
 * @param localRopeTheta that of layers with one: {@code local_rope_theta}
 * @param globalAttnEveryNLayers layers 0, n, 2n, … have no window: {@code global_attn_every_n_layers}
 * @param localAttention the width of the window, half before a token and half after it: {@code local_attention}
 * @param dropouts the probabilities of dropping elements
 * @param classifierPooling the token, or the mean of all, that the head for classification reads:
 *     {@code classifier_pooling}
 * @param classifierActivation the heads' activation: {@code classifier_activation}
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 */
public record ModernBertConfig(int vocabSize, int hiddenSize, int intermediateSize, int numHiddenLayers,
    int numAttentionHeads, Activation hiddenActivation, int maxPositionEmbeddings, double normEps, Biases biases,
    double globalRopeTheta, double localRopeTheta, int globalAttnEveryNLayers, int localAttention, Dropouts dropouts,
    Pooling classifierPooling, Activation classifierActivation, double initializerRange)
    implements TextEncoderConfig {
  private static final TiedDecoderHead.Names DECODER =
      new TiedDecoderHead.Names("head.dense", "head.norm", "decoder.bias");

  /**
   * Which parts have a bias.
   *
   * @param norm {@code norm_bias}
   * @param attention {@code attention_bias}
   * @param feedForward {@code mlp_bias}
   * @param decoder {@code decoder_bias}
   * @param classifier the first linear layer of the heads: {@code classifier_bias}
   */
  public record Biases(boolean norm, boolean attention, boolean feedForward, boolean decoder, boolean classifier) {}

  /**
   * The probabilities of dropping elements.
   *
   * @param embedding {@code embedding_dropout}
   * @param attention {@code attention_dropout}
   * @param feedForward {@code mlp_dropout}
   * @param classifier {@code classifier_dropout}
   */
  public record Dropouts(double embedding, double attention, double feedForward, double classifier) {
    /** Checks the ranges; messages use the names in JSON. */
    public Dropouts {
      ConfigValues.requireProbability("embedding_dropout", embedding);
      ConfigValues.requireProbability("attention_dropout", attention);
      ConfigValues.requireProbability("mlp_dropout", feedForward);
      ConfigValues.requireProbability("classifier_dropout", classifier);
    }
  }

  /** Checks the ranges; messages use the names in JSON. */
  public ModernBertConfig {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("hidden_size", hiddenSize);
    ConfigValues.requirePositive("intermediate_size", intermediateSize);
    ConfigValues.requirePositive("num_hidden_layers", numHiddenLayers);
    ConfigValues.requirePositive("num_attention_heads", numAttentionHeads);
    ConfigValues.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    ConfigValues.requirePositive("norm_eps", normEps);
    ConfigValues.requirePositive("global_rope_theta", globalRopeTheta);
    ConfigValues.requirePositive("local_rope_theta", localRopeTheta);
    ConfigValues.requirePositive("global_attn_every_n_layers", globalAttnEveryNLayers);
    ConfigValues.requirePositive("local_attention", localAttention);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    ConfigValues.requireEvenHeads("num_attention_heads", numAttentionHeads, "hidden_size", hiddenSize);
  }

  /**
   * A config from the values of a JSON object; what it does not name is as in ModernBERT-base. The angles of Transformers
   * 5 ({@code rope_parameters} by kind of layer) are read too.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static ModernBertConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    double global = values.number("global_rope_theta", 160_000);
    double local = values.number("local_rope_theta", 10_000);
    if (json.get("rope_parameters") instanceof Map<?, ?> kinds) {
      global = theta(kinds.get("full_attention"), global);
      local = theta(kinds.get("sliding_attention"), local);
    }
    String pooling = values.text("classifier_pooling");
    if (pooling != null && !pooling.equals("cls") && !pooling.equals("mean")) {
      throw new IllegalArgumentException("classifier_pooling must be cls or mean, not '" + pooling + "'");
    }
    int every = values.integer("global_attn_every_n_layers", 3);
    requireLayers(json.get("layer_types"), every);
    return new ModernBertConfig(values.integer("vocab_size", 50_368), values.integer("hidden_size", 768),
        values.integer("intermediate_size", 1152), values.integer("num_hidden_layers", 22),
        values.integer("num_attention_heads", 12), values.activation("hidden_activation", "gelu"),
        values.integer("max_position_embeddings", 8192), values.number("norm_eps", 1e-5),
        new Biases(values.flag("norm_bias", false), values.flag("attention_bias", false),
            values.flag("mlp_bias", false), values.flag("decoder_bias", true), values.flag("classifier_bias", false)),
        global, local, every, values.integer("local_attention", 128),
        new Dropouts(values.number("embedding_dropout", 0), values.number("attention_dropout", 0),
            values.number("mlp_dropout", 0), values.number("classifier_dropout", 0)),
        "mean".equals(pooling) ? Pooling.MEAN : Pooling.FIRST, values.activation("classifier_activation", "gelu"),
        values.number("initializer_range", 0.02));
  }

  private static double theta(@Nullable Object parameters, double otherwise) {
    return parameters instanceof Map<?, ?> map ? new ConfigValues(stringKeys(map)).ropeTheta(otherwise) : otherwise;
  }

  private static Map<String, Object> stringKeys(Map<?, ?> map) {
    var strings = new LinkedHashMap<String, Object>();
    map.forEach((key, value) -> {
      if (value != null) {
        strings.put(String.valueOf(key), value);
      }
    });
    return strings;
  }

  /** Transformers 5 lists the kind of each layer. */
  private static void requireLayers(@Nullable Object types, int every) {
    if (types instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        String expected = i % every == 0 ? "full_attention" : "sliding_attention";
        if (!expected.equals(list.get(i))) {
          throw new IllegalArgumentException("layer_types must have full_attention at every layer whose number "
              + every + " divides and sliding_attention elsewhere, but layer " + i + " has " + list.get(i));
        }
      }
    }
  }

  @Override
  public ModernBertEncoder create(ParameterSource source) {
    return new ModernBertEncoder(source, this);
  }

  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    return new ModernBertHead(source, this, numLabels);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    return new TiedDecoderHead(DECODER, headDense(source), classifierActivation, norm(source), embeddings,
        biases.decoder() ? source.create(new Initializer.Constant(0), vocabSize) : null);
  }

  @Override
  public Architecture architecture() {
    return new ModernBert();
  }

  @Override
  public int maxTokens() {
    return maxPositionEmbeddings;
  }

  @Override
  public String describe() {
    return TextEncoderConfig.super.describe() + ", windows of " + localAttention;
  }

  /** What the attention of a layer sees. */
  AttentionSpec attention(int layer) {
    var spec = AttentionSpec.of(numAttentionHeads, numAttentionHeads, hiddenSize / numAttentionHeads, false);
    return isGlobal(layer) ? spec : spec.withWindow(localAttention / 2);
  }

  /** The base of a layer's rotary angles. */
  double ropeTheta(int layer) {
    return isGlobal(layer) ? globalRopeTheta : localRopeTheta;
  }

  private boolean isGlobal(int layer) {
    return layer % globalAttnEveryNLayers == 0;
  }

  /** A norm over hiddenSize. */
  LayerNorm norm(ParameterSource source) {
    return new LayerNorm(source, hiddenSize, (float) normEps, bias(biases.norm()));
  }

  /** The first linear layer of the heads. */
  Linear headDense(ParameterSource source) {
    return new Linear(source, hiddenSize, hiddenSize, initializer(), bias(biases.classifier()));
  }

  /** The initial values of weights. */
  Initializer initializer() {
    return new Initializer.Normal(initializerRange);
  }

  /** The initial values of a bias, or null for none. */
  static @Nullable Initializer bias(boolean present) {
    return present ? new Initializer.Constant(0) : null;
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
    json.put("hidden_activation", ConfigValues.name(hiddenActivation));
    json.put("max_position_embeddings", maxPositionEmbeddings);
    json.put("norm_eps", normEps);
    json.put("norm_bias", biases.norm());
    json.put("attention_bias", biases.attention());
    json.put("mlp_bias", biases.feedForward());
    json.put("decoder_bias", biases.decoder());
    json.put("classifier_bias", biases.classifier());
    json.put("global_rope_theta", globalRopeTheta);
    json.put("local_rope_theta", localRopeTheta);
    json.put("global_attn_every_n_layers", globalAttnEveryNLayers);
    json.put("local_attention", localAttention);
    json.put("embedding_dropout", dropouts.embedding());
    json.put("attention_dropout", dropouts.attention());
    json.put("mlp_dropout", dropouts.feedForward());
    json.put("classifier_dropout", dropouts.classifier());
    json.put("classifier_pooling", classifierPooling == Pooling.MEAN ? "mean" : "cls");
    json.put("classifier_activation", ConfigValues.name(classifierActivation));
    json.put("initializer_range", initializerRange);
    return json;
  }
}
