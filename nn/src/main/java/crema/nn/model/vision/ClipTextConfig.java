package crema.nn.model.vision;

import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import java.util.LinkedHashMap;
import java.util.Map;

/** The shape of CLIP's tower for texts: the {@code text_config} of a CLIP. */
public final class ClipTextConfig {
  private final int vocabSize;
  private final int maxTokens;
  private final int projection;
  private final TransformerShape shape;

  private ClipTextConfig(int vocabSize, int maxTokens, int projection, TransformerShape shape) {
    ConfigValues.requirePositive("vocab_size", vocabSize);
    ConfigValues.requirePositive("max_position_embeddings", maxTokens);
    this.vocabSize = vocabSize;
    this.maxTokens = maxTokens;
    this.projection = projection;
    this.shape = shape;
  }

  static ClipTextConfig of(Map<String, ?> json, int projection) {
    var values = new ConfigValues(json);
    return new ClipTextConfig(values.integer("vocab_size", 49_408), values.integer("max_position_embeddings", 77),
        projection, ClipConfig.shape(values, 512, 2048, 8));
  }

  /** The tower, whose parameters come from a source. */
  public ClipTextTower create(ParameterSource source) {
    return new ClipTextTower(source, this);
  }

  /** The number of tokens of the vocabulary. */
  public int vocabSize() {
    return vocabSize;
  }

  /** The most tokens of a text, special tokens included. */
  public int maxTokens() {
    return maxTokens;
  }

  /** The number of features of a text's vector. */
  public int features() {
    return projection;
  }

  TransformerShape shape() {
    return shape;
  }

  /** The {@code text_config}. */
  Map<String, Object> partMap() {
    var json = new LinkedHashMap<String, Object>();
    shape.putTo(json);
    json.put("attention_dropout", shape.attentionDropout());
    json.put("vocab_size", vocabSize);
    json.put("max_position_embeddings", maxTokens);
    return json;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClipTextConfig config && projection == config.projection
        && partMap().equals(config.partMap());
  }

  @Override
  public int hashCode() {
    return partMap().hashCode();
  }

  @Override
  public String toString() {
    return partMap().toString();
  }
}
