package crema.family.image;

import crema.nn.model.vision.VisionArchitecture;
import crema.nn.model.vision.VisionTowerConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a classifier of pictures.
 *
 * @param tower makes vectors of pictures
 * @param bottleneck the features between these and the head; 0 for none
 * @param dropout on what both read
 * @param isOfDirections whether the head reads vectors of length 1: how long one is plays no role
 * @param numLabels the number of labels
 */
record ImageNetworkConfig(VisionTowerConfig tower, int bottleneck, double dropout, boolean isOfDirections,
    int numLabels) {
  private static final String VISION = "vision_config";
  private static final String BOTTLENECK = "bottleneck_size";
  private static final String DROPOUT = "classifier_dropout";
  private static final String DIRECTIONS = "normalize";
  private static final String LABELS = "num_labels";

  /** Checks the sizes, which may come from a file. */
  ImageNetworkConfig {
    if (bottleneck < 0 || numLabels < 1 || !(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("no such network: bottleneck " + bottleneck + ", dropout " + dropout
          + ", labels " + numLabels);
    }
  }

  /** The values of {@code config.json}. */
  Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put(VISION, tower.toMap());
    json.put(BOTTLENECK, bottleneck);
    json.put(DROPOUT, dropout);
    json.put(DIRECTIONS, isOfDirections);
    json.put(LABELS, numLabels);
    return json;
  }

  /**
   * Reads the values of {@code config.json}.
   *
   * @throws IllegalArgumentException when one is missing or cannot be
   */
  static ImageNetworkConfig of(Map<String, ? extends @Nullable Object> json) {
    if (!(json.get(VISION) instanceof Map<?, ?> vision)) {
      throw new IllegalArgumentException("it has no " + VISION);
    }
    var values = new LinkedHashMap<String, Object>();
    vision.forEach((key, value) -> {
      if (value != null) {
        values.put(String.valueOf(key), value);
      }
    });
    return new ImageNetworkConfig(VisionArchitecture.ofModel(values).read(values), number(json, BOTTLENECK).intValue(),
        number(json, DROPOUT).doubleValue(), Boolean.TRUE.equals(json.get(DIRECTIONS)),
        number(json, LABELS).intValue());
  }

  private static Number number(Map<String, ? extends @Nullable Object> json, String key) {
    if (json.get(key) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException(key + " must be a number, not " + json.get(key));
  }

  /** For people. */
  String describe() {
    return tower.describe() + (bottleneck == 0 ? "" : ", a bottleneck of " + bottleneck)
        + (isOfDirections ? ", compared with names" : "");
  }
}
