package crema.nn.model.vision;

import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import java.util.Map;

/**
 * The shape of a {@link Vit}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there and back.
 */
public final class VitConfig extends PictureTransformerConfig {
  private VitConfig(ConfigValues values, TransformerShape shape) {
    super(values, 16, shape);
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static VitConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    var shape = new TransformerShape(values.integer("hidden_size", 768), values.integer("intermediate_size", 3072),
        values.integer("num_hidden_layers", 12), values.integer("num_attention_heads", 12),
        ScaledActivation.of(values, "hidden_act", "gelu"), values.number("layer_norm_eps", 1e-12),
        values.number("hidden_dropout_prob", 0), values.number("attention_probs_dropout_prob", 0),
        values.flag("qkv_bias", true), values.number("initializer_range", 0.02));
    return new VitConfig(values, shape);
  }

  @Override
  public VisionTower create(ParameterSource source) {
    return new VitTower(source, this);
  }

  @Override
  public VisionArchitecture architecture() {
    return new Vit();
  }

  @Override
  public int features() {
    return shape().hiddenSize();
  }

  @Override
  String title() {
    return "ViT";
  }

  @Override
  public void putTo(Map<String, Object> json) {
    shape().putTo(json);
    json.put("hidden_dropout_prob", shape().hiddenDropout());
    json.put("attention_probs_dropout_prob", shape().attentionDropout());
    json.put("qkv_bias", shape().qkvBias());
    putPictures(json);
  }
}
