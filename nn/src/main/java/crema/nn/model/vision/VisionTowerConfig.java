package crema.nn.model.vision;

import crema.nn.ParameterSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** The shape of a {@link VisionTower}, under the names that Hugging Face's {@code config.json} has. */
public interface VisionTowerConfig {
  /** The tower, whose parameters come from a source. */
  VisionTower create(ParameterSource source);

  /** The architecture, by which the config is read. */
  VisionArchitecture architecture();

  /** The number of features of a picture's vector. */
  int features();

  /** The height and width of the pictures that the model is meant for. */
  int imageSize();

  /** The channels of a picture: 3. */
  int channels();

  /**
   * Checks the size of pictures; by default any is taken.
   *
   * @throws IllegalArgumentException when the tower does not take it
   */
  default void requireSize(int height, int width) {}

  /** The shape in a few words for people. */
  String describe();

  /** Puts what {@link VisionArchitecture#read} reads, in a fixed order, without {@code model_type}. */
  void putTo(Map<String, Object> json);

  /** What {@link VisionArchitecture#read} reads, in a fixed order, with {@code model_type}. */
  default Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put("model_type", architecture().key());
    putTo(json);
    return json;
  }
}
