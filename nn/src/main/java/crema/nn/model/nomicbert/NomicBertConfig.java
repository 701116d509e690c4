package crema.nn.model.nomicbert;

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
import crema.tensor.AttentionSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of a {@link NomicBertEncoder}. The names in JSON are those of its {@code config.json}, which are GPT-2's
 * and flash-attn's; {@link #toMap} and {@link #of} go there and back. Only the kind that was published is computed:
 * post-norm, SwiGLU, rotary positions on all features, no biases.
 *
 * @param vocabSize rows of the token table: {@code vocab_size}
 * @param nEmbd features of a token: {@code n_embd}
 * @param nLayer layers: {@code n_layer}
 * @param nHead heads, a divisor of nEmbd that gives them an even number of features: {@code n_head}
 * @param nInner features inside the feed-forward part: {@code n_inner}
 * @param nPositions the longest sequence, in tokens: {@code n_positions}; where positions beyond the trained ones are
 *     scaled, {@code max_trained_positions}
 * @param typeVocabSize rows of the table of token types, 0 for none: {@code type_vocab_size}
 * @param rotaryEmbBase the base of the rotary angles: {@code rotary_emb_base}
 * @param layerNormEpsilon added to variances: {@code layer_norm_epsilon}
 * @param embdPdrop the probability of dropping elements of embeddings: {@code embd_pdrop}
 * @param residPdrop the probability of dropping elements of branches: {@code resid_pdrop}
 * @param attnPdrop the probability of dropping attention weights: {@code attn_pdrop}
 * @param classifierDropout the probability of dropping elements before the last layer of the head for classification:
 *     {@code classifier_dropout}, by default embdPdrop
 * @param initializerRange the standard deviation of initial weights: {@code initializer_range}
 */
public record NomicBertConfig(int vocabSize, int nEmbd, int nLayer, int nHead, int nInner, int nPositions,
    int typeVocabSize, double rotaryEmbBase, double layerNormEpsilon, double embdPdrop, double residPdrop,
    double attnPdrop, double classifierDropout, double initializerRange) implements TextEncoderConfig {
  private static final TiedDecoderHead.Names DECODER = new TiedDecoderHead.Names("cls.predictions.transform.dense",
      "cls.predictions.transform.layer_norm", "cls.predictions.decoder.bias");

  /** Checks the ranges; messages use the names in JSON. */
  public NomicBertConfig {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("n_embd", nEmbd);
    ConfigValues.requirePositive("n_layer", nLayer);
    ConfigValues.requirePositive("n_head", nHead);
    ConfigValues.requirePositive("n_inner", nInner);
    ConfigValues.requirePositive("n_positions", nPositions);
    ConfigValues.requirePositive("rotary_emb_base", rotaryEmbBase);
    ConfigValues.requirePositive("layer_norm_epsilon", layerNormEpsilon);
    ConfigValues.requireProbability("embd_pdrop", embdPdrop);
    ConfigValues.requireProbability("resid_pdrop", residPdrop);
    ConfigValues.requireProbability("attn_pdrop", attnPdrop);
    ConfigValues.requireProbability("classifier_dropout", classifierDropout);
    ConfigValues.requirePositive("initializer_range", initializerRange);
    if (typeVocabSize < 0) {
      throw new IllegalArgumentException("type_vocab_size must not be negative, but is " + typeVocabSize);
    }
    ConfigValues.requireEvenHeads("n_head", nHead, "n_embd", nEmbd);
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static NomicBertConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    values.requireOnly("activation_function", "swiglu");
    for (String flag : new String[] {"prenorm", "rotary_emb_interleaved", "qkv_proj_bias", "mlp_fc1_bias",
        "mlp_fc2_bias", "use_rms_norm", "parallel_block", "causal", "norm_mlp"}) {
      values.requireOnly(flag, false);
    }
    if (values.number("rotary_emb_fraction", 1) != 1) {
      throw new IllegalArgumentException("rotary_emb_fraction must be 1, not " + values.text("rotary_emb_fraction"));
    }
    if (values.integer("num_experts", 0) > 0) {
      throw new IllegalArgumentException("num_experts must be 0, not " + values.text("num_experts"));
    }
    int embedding = values.integer(values.firstKey("n_embd", "hidden_size"), 768);
    int positions = values.integer("n_positions", 8192);
    boolean scaled = json.get("rotary_scaling_factor") != null;
    double dropout = values.number("embd_pdrop", 0);
    return new NomicBertConfig(values.integer("vocab_size", 30_528), embedding, values.integer("n_layer", 12),
        values.integer("n_head", 12), values.integer("n_inner", 4 * embedding),
        scaled ? Math.min(positions, values.integer("max_trained_positions", 2048)) : positions,
        values.integer("type_vocab_size", 2), values.number("rotary_emb_base", 1e4),
        values.number("layer_norm_epsilon", 1e-12), dropout, values.number("resid_pdrop", 0),
        values.number("attn_pdrop", 0), values.number("classifier_dropout", dropout),
        values.number("initializer_range", 0.02));
  }

  @Override
  public NomicBertEncoder create(ParameterSource source) {
    return new NomicBertEncoder(source, this);
  }

  @Override
  public Architecture architecture() {
    return new NomicBert();
  }

  /** {@code NomicBertForSequenceClassification}: the pooler's tanh, dropout, linear. */
  @Override
  public SequenceHead createHead(ParameterSource source, int numLabels) {
    var parts = new FirstTokenHead.Parts("bert.pooler.dense", "classifier", Activation.TANH, 0, classifierDropout);
    return new FirstTokenHead(source, parts, nEmbd, initializer(), numLabels);
  }

  @Override
  public MaskedLanguageHead createMaskedLanguageHead(ParameterSource source, Embedding embeddings) {
    return new TiedDecoderHead(DECODER, new Linear(source, nEmbd, nEmbd, initializer(), null), Activation.SILU,
        new LayerNorm(source, nEmbd, (float) layerNormEpsilon), embeddings, null);
  }

  @Override
  public int hiddenSize() {
    return nEmbd;
  }

  @Override
  public int numHiddenLayers() {
    return nLayer;
  }

  @Override
  public int maxTokens() {
    return nPositions;
  }

  @Override
  public int numAttentionHeads() {
    return nHead;
  }

  @Override
  public double normEps() {
    return layerNormEpsilon;
  }

  AttentionSpec attention() {
    return AttentionSpec.of(nHead, nHead, nEmbd / nHead, false);
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
    json.put("n_embd", nEmbd);
    json.put("n_layer", nLayer);
    json.put("n_head", nHead);
    json.put("n_inner", nInner);
    json.put("n_positions", nPositions);
    json.put("type_vocab_size", typeVocabSize);
    json.put("rotary_emb_base", rotaryEmbBase);
    json.put("layer_norm_epsilon", layerNormEpsilon);
    json.put("activation_function", "swiglu");
    json.put("embd_pdrop", embdPdrop);
    json.put("resid_pdrop", residPdrop);
    json.put("attn_pdrop", attnPdrop);
    json.put("classifier_dropout", classifierDropout);
    json.put("initializer_range", initializerRange);
    return json;
  }
}
