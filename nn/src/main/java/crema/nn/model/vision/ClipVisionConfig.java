package crema.nn.model.vision;

import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import java.util.LinkedHashMap;
import java.util.Map;

/** The shape of {@link Clip}'s tower for pictures: the {@code vision_config} of a CLIP. */
public final class ClipVisionConfig extends PictureTransformerConfig {
  private final int projection;

  private ClipVisionConfig(ConfigValues values, int projection, TransformerShape shape) {
    super(values, 32, shape);
    ConfigValues.requirePositive(ClipConfig.PROJECTION, projection);
    this.projection = projection;
  }

  static ClipVisionConfig of(Map<String, ?> json, int projection) {
    var values = new ConfigValues(json);
    return new ClipVisionConfig(values, projection, ClipConfig.shape(values, 768, 3072, 12));
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
  String title() {
    return "CLIP";
  }

  /** The {@code vision_config}. */
  Map<String, Object> partMap() {
    var json = new LinkedHashMap<String, Object>();
    shape().putTo(json);
    json.put("attention_dropout", shape().attentionDropout());
    putPictures(json);
    return json;
  }

  @Override
  public void putTo(Map<String, Object> json) {
    json.put(ClipConfig.PROJECTION, projection);
    json.put(ClipConfig.VISION, partMap());
  }
}
