package crema.nn.model;

import crema.tensor.Pooling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of an {@link TextClassifier}. In JSON it is one flat object with the keys of the encoder's config and
 * {@link HeadConfig}.
 *
 * @param encoder what makes vectors of tokens
 * @param pooling how the vectors of a text's tokens become one: {@code pooling}
 * @param head what makes logits of it
 * @param bagSize features of a token in the {@link BagOfTokens} beside the encoder; 0 for none: {@code bag_size}
 * @param numLabels classes: {@code num_labels}
 */
public record TextClassifierConfig(TextEncoderConfig encoder, Pooling pooling, HeadConfig head, int bagSize,
    int numLabels) {
  private static final String POOLING = "pooling";

  /** Checks the ranges, and that head and encoder fit together. */
  public TextClassifierConfig {
    ConfigValues.requirePositive("num_labels", numLabels);
    if (bagSize < 0) {
      throw new IllegalArgumentException("bag_size must not be negative, but is " + bagSize);
    }
    if (head.kind() == HeadConfig.Kind.RESIDUAL && head.residual() && head.hiddenSize() != encoder.hiddenSize()) {
      throw new IllegalArgumentException("head_residual needs a head_hidden_size of " + encoder.hiddenSize()
          + ", which is hidden_size, not " + head.hiddenSize());
    }
  }

  /** The defaults: the reference model with a vocabulary and classes of one's own. */
  public static TextClassifierConfig defaults(int vocabSize, int numLabels) {
    return of(Map.of("vocab_size", vocabSize, "num_labels", numLabels));
  }

  /**
   * A config from the values of a JSON object; what it does not name is default, and names of others are ignored.
   *
   * @throws IllegalArgumentException when a value is missing, of another type or out of range; the message names it
   */
  public static TextClassifierConfig of(Map<String, ?> json) {
    TextEncoderConfig encoder = Architecture.of(json).read(json);
    var values = new ConfigValues(json);
    String pooling = values.text(POOLING);
    return new TextClassifierConfig(encoder, pooling == null ? Pooling.MEAN
        : ConfigValues.choice(POOLING, pooling, List.of(Pooling.values())), HeadConfig.of(json, encoder.hiddenSize()),
        values.integer("bag_size", 0), values.integer("num_labels"));
  }

  /** What {@link #of} reads, in a fixed order. */
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>(encoder.toMap());
    if (!encoder.architecture().key().equals(Architecture.DEFAULT)) {
      json.put(Architecture.KEY, encoder.architecture().key());
    }
    json.put("num_labels", numLabels);
    if (pooling != Pooling.MEAN) {
      json.put(POOLING, pooling.key());
    }
    json.putAll(head.toMap());
    json.put("bag_size", bagSize);
    return json;
  }
}
