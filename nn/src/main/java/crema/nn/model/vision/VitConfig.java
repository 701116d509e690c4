package crema.nn.model.vision;

import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of a {@link Vit}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there and back.
 */
public final class VitConfig implements VisionTowerConfig {
  private final int channels;
  private final int imageSize;
  private final int patchSize;
  private final TransformerShape shape;

  private VitConfig(int channels, int imageSize, int patchSize, TransformerShape shape) {
    ConfigValues.requirePositive("num_channels", channels);
    ConfigValues.requirePositive("image_size", imageSize);
    ConfigValues.requirePositive("patch_size", patchSize);
    PictureTransformer.tokens(imageSize, patchSize);
    this.channels = channels;
    this.imageSize = imageSize;
    this.patchSize = patchSize;
    this.shape = shape;
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
    return new VitConfig(values.integer("num_channels", 3), values.integer("image_size", 224),
        values.integer("patch_size", 16), shape);
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
    return shape.hiddenSize();
  }

  @Override
  public int imageSize() {
    return imageSize;
  }

  @Override
  public int channels() {
    return channels;
  }

  int patchSize() {
    return patchSize;
  }

  TransformerShape shape() {
    return shape;
  }

  @Override
  public void requireSize(int height, int width) {
    PictureTransformer.requireSize("this ViT", imageSize, height, width);
  }

  @Override
  public String describe() {
    return "ViT of " + shape.describe() + ", patches of " + patchSize;
  }

  @Override
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("model_type", architecture().key());
    shape.putTo(json);
    json.put("hidden_dropout_prob", shape.hiddenDropout());
    json.put("attention_probs_dropout_prob", shape.attentionDropout());
    json.put("qkv_bias", shape.qkvBias());
    json.put("image_size", imageSize);
    json.put("patch_size", patchSize);
    json.put("num_channels", channels);
    return json;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VitConfig config && toMap().equals(config.toMap());
  }

  @Override
  public int hashCode() {
    return toMap().hashCode();
  }

  @Override
  public String toString() {
    return toMap().toString();
  }
}
