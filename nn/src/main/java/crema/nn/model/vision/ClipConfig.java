package crema.nn.model.vision;

import crema.nn.model.ConfigValues;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of CLIP. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there and back.
 *
 * @param vision the tower for pictures: {@code vision_config}
 * @param text the tower for texts: {@code text_config}
 */
public record ClipConfig(ClipVisionConfig vision, ClipTextConfig text) {
  static final String VISION = "vision_config";
  static final String TEXT = "text_config";
  static final String PROJECTION = "projection_dim";

  /** Checks that both towers give vectors of one size. */
  public ClipConfig {
    if (vision.features() != text.features()) {
      throw new IllegalArgumentException("the towers' vectors have " + vision.features() + " and " + text.features()
          + " features");
    }
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static ClipConfig of(Map<String, ?> json) {
    int projection = new ConfigValues(json).integer(PROJECTION, 512);
    return new ClipConfig(ClipVisionConfig.of(part(json, VISION), projection),
        ClipTextConfig.of(part(json, TEXT), projection));
  }

  private static Map<String, ?> part(Map<String, ?> json, String key) {
    Object part = json.get(key);
    if (part == null) {
      return Map.of();
    }
    if (!(part instanceof Map<?, ?> values)) {
      throw new IllegalArgumentException(key + " must be an object, not " + part);
    }
    var named = new LinkedHashMap<String, Object>();
    values.forEach((name, value) -> {
      if (value != null) {
        named.put(String.valueOf(name), value);
      }
    });
    return named;
  }

  /** What a part of the config says of its transformer. */
  static TransformerShape shape(ConfigValues values, int hidden, int intermediate, int heads) {
    return new TransformerShape(values.integer("hidden_size", hidden),
        values.integer("intermediate_size", intermediate), values.integer("num_hidden_layers", 12),
        values.integer("num_attention_heads", heads), ScaledActivation.of(values, "hidden_act", "quick_gelu"),
        values.number("layer_norm_eps", 1e-5), 0, values.number("attention_dropout", 0), true,
        values.number("initializer_range", 0.02));
  }

  /** What {@link #of} reads, in a fixed order. */
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("model_type", vision.architecture().key());
    json.put(PROJECTION, vision.features());
    json.put(TEXT, text.partMap());
    json.put(VISION, vision.partMap());
    return json;
  }
}
