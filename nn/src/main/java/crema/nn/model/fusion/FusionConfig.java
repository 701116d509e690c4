package crema.nn.model.fusion;

import crema.nn.model.ConfigValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of a {@link FusionNetwork}.
 *
 * @param kind how the two vectors become one: {@code fusion}
 * @param textFeatures of the vector of a text: {@code text_size}
 * @param pictureFeatures of the vector of a picture: {@code picture_size}
 * @param width features of both within the fusion: {@code fusion_size}
 * @param least the least share that the weaker of the two keeps, in [0, 0.5): {@code least_share}
 * @param dropout the probability of dropping elements of the joined vector: {@code fusion_dropout}
 * @param numLabels classes: {@code num_labels}
 */
public record FusionConfig(FusionKind kind, int textFeatures, int pictureFeatures, int width, double least,
    double dropout, int numLabels) {
  private static final String KIND = "fusion";
  private static final String TEXT = "text_size";
  private static final String PICTURE = "picture_size";
  private static final String WIDTH = "fusion_size";
  private static final String LEAST = "least_share";
  private static final String DROPOUT = "fusion_dropout";
  private static final String LABELS = "num_labels";
  /** A tensor is one array, and files are not trusted. */
  private static final int MOST = 1 << 15;

  /** Checks the ranges; messages use the names in JSON. */
  public FusionConfig {
    requireSize(TEXT, textFeatures);
    requireSize(PICTURE, pictureFeatures);
    requireSize(WIDTH, width);
    ConfigValues.requirePositive(LABELS, numLabels);
    ConfigValues.requireProbability(DROPOUT, dropout);
    if (!(least >= 0 && least < 0.5)) {
      throw new IllegalArgumentException(LEAST + " must be in [0, 0.5), not " + least);
    }
  }

  private static void requireSize(String name, int size) {
    ConfigValues.requirePositive(name, size);
    if (size > MOST) {
      throw new IllegalArgumentException(name + " must be at most " + MOST + ", not " + size);
    }
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is missing, of another type or out of range; the message names it
   */
  public static FusionConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    String kind = values.text(KIND);
    return new FusionConfig(
        kind == null ? FusionKind.CONCAT : ConfigValues.choice(KIND, kind, List.of(FusionKind.values())),
        values.integer(TEXT), values.integer(PICTURE), values.integer(WIDTH), values.number(LEAST, 0.1),
        values.number(DROPOUT, 0.1), values.integer(LABELS));
  }

  /** What {@link #of} reads, in a fixed order. */
  public Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put(KIND, kind.key());
    json.put(TEXT, textFeatures);
    json.put(PICTURE, pictureFeatures);
    json.put(WIDTH, width);
    json.put(LEAST, least);
    json.put(DROPOUT, dropout);
    json.put(LABELS, numLabels);
    return json;
  }
}
