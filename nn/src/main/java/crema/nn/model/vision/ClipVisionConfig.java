package crema.nn.model.vision;

import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import java.util.LinkedHashMap;
import java.util.Map;

/** The shape of {@link Clip}'s tower for pictures: the {@code vision_config} of a CLIP. */
public final class ClipVisionConfig implements VisionTowerConfig {
  private final int channels;
  private final int imageSize;
  private final int patchSize;
  private final int projection;
  private final TransformerShape shape;

  private ClipVisionConfig(int channels, int imageSize, int patchSize, int projection, TransformerShape shape) {
    ConfigValues.requirePositive("num_channels", channels);
    ConfigValues.requirePositive("image_size", imageSize);
    ConfigValues.requirePositive("patch_size", patchSize);
    ConfigValues.requirePositive(ClipConfig.PROJECTION, projection);
    PictureTransformer.tokens(imageSize, patchSize);
    this.channels = channels;
    this.imageSize = imageSize;
    this.patchSize = patchSize;
    this.projection = projection;
    this.shape = shape;
  }

  static ClipVisionConfig of(Map<String, ?> json, int projection) {
    var values = new ConfigValues(json);
    return new ClipVisionConfig(values.integer("num_channels", 3), values.integer("image_size", 224),
        values.integer("patch_size", 32), projection, ClipConfig.shape(values, 768, 3072, 12));
  }

  @Override
  public ClipVisionTower create(ParameterSource source) {
    return new ClipVisionTower(source, this);
  }

  @Override
  public VisionArchitecture architecture() {
    return new Clip();
  }

  @Override
  public int features() {
    return projection;
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
    PictureTransformer.requireSize("this CLIP", imageSize, height, width);
  }

  @Override
  public String describe() {
    return "CLIP of " + shape.describe() + ", patches of " + patchSize;
  }

  /** The {@code vision_config}. */
  Map<String, Object> partMap() {
    var json = new LinkedHashMap<String, Object>();
    shape.putTo(json);
    json.put("attention_dropout", shape.attentionDropout());
    json.put("image_size", imageSize);
    json.put("patch_size", patchSize);
    json.put("num_channels", channels);
    return json;
  }

  @Override
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("model_type", architecture().key());
    json.put(ClipConfig.PROJECTION, projection);
    json.put(ClipConfig.VISION, partMap());
    return json;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClipVisionConfig config && toMap().equals(config.toMap());
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
