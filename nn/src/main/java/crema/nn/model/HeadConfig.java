package crema.nn.model;

import crema.base.Keyed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of what turns a pooled vector into logits.
 *
 * @param kind which head: {@code head}
 * @param hiddenSize its width: {@code head_hidden_size}
 * @param dropout the probability of dropping its elements: {@code head_dropout}
 * @param residual whether a {@link ResidualHead} adds its input to its hidden layer, which takes a width that is the
 *     encoder's: {@code head_residual}
 * @param layers the hidden layers of an {@link MlpHead}: {@code head_layers}
 */
public record HeadConfig(Kind kind, int hiddenSize, double dropout, boolean residual, int layers) {
  private static final String LAYERS = "head_layers";

  /** The heads there are. */
  public enum Kind implements Keyed {
    /** {@link MlpHead}. */
    MLP,
    /** {@link ResidualHead}. */
    RESIDUAL,
    /** {@link LinearHead}. */
    LINEAR,
    /** {@link NormalizedHead}. */
    NORMALIZED,
    /** {@link CosineHead}. */
    COSINE,
    /** The {@link SequenceHead} of the encoder's architecture. */
    ORIGINAL
  }

  /** Checks the ranges; messages use the names in JSON. */
  public HeadConfig {
    ConfigValues.requirePositive("head_hidden_size", hiddenSize);
    ConfigValues.requireProbability("head_dropout", dropout);
    ConfigValues.requirePositive(LAYERS, layers);
    if (layers > 1 && kind != Kind.MLP) {
      throw new IllegalArgumentException(LAYERS + " is " + layers + ", but only the head mlp has several");
    }
  }

  /** A head with one hidden layer, if it has any. */
  public HeadConfig(Kind kind, int hiddenSize, double dropout, boolean residual) {
    this(kind, hiddenSize, dropout, residual, 1);
  }

  /** The reference's head: as wide as the encoder, dropout 0.1. */
  public static HeadConfig mlp(int hiddenSize) {
    return new HeadConfig(Kind.MLP, hiddenSize, 0.1, false);
  }

  /**
   * A config from the values of a JSON object.
   *
   * @param encoderHiddenSize the default width
   * @throws IllegalArgumentException when a value is of another type or out of range; the message names it
   */
  static HeadConfig of(Map<String, ?> json, int encoderHiddenSize) {
    var values = new ConfigValues(json);
    String kind = values.text("head");
    int hiddenSize = values.integer("head_hidden_size", encoderHiddenSize);
    return new HeadConfig(kind == null ? Kind.MLP : ConfigValues.choice("head", kind, List.of(Kind.values())),
        hiddenSize,
        values.number("head_dropout", 0.1),
        values.flag("head_residual", hiddenSize == encoderHiddenSize),
        values.integer(LAYERS, 1));
  }

  /** What {@link #of} reads, in a fixed order. */
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("head", kind.key());
    json.put("head_hidden_size", hiddenSize);
    json.put("head_dropout", dropout);
    json.put("head_residual", residual);
    if (layers > 1) {
      json.put(LAYERS, layers);
    }
    return json;
  }
}
