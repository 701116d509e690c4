package crema.family.fusion;

import crema.nn.model.ConfigValues;
import crema.nn.model.fusion.Presence;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How much the logits of the text, those of the picture and those of the joined vector count: what is said is their
 * weighted sum, in which what a row does not have is left out.
 *
 * @param text the weight of the model of texts
 * @param picture the weight of the model of pictures
 * @param joined the weight of the network of both
 */
record FusionMix(double text, double picture, double joined) {
  /** The texts alone. */
  static final FusionMix TEXT = new FusionMix(1, 0, 0);
  /** All as they are. */
  static final FusionMix ALL = new FusionMix(1, 1, 1);

  /** What a weight is of. */
  enum Of {
    /** The model of texts. */
    TEXT,
    /** The model of pictures. */
    PICTURE,
    /** The network of both. */
    JOINED
  }

  private static final String TEXT_KEY = "text_weight";
  private static final String PICTURE_KEY = "picture_weight";
  private static final String JOINED_KEY = "joined_weight";

  /** Checks the ranges; messages use the names in JSON. */
  FusionMix {
    require(TEXT_KEY, text);
    require(PICTURE_KEY, picture);
    require(JOINED_KEY, joined);
  }

  private static void require(String key, double weight) {
    if (!(weight >= 0 && weight < 1e6)) {
      throw new IllegalArgumentException(key + " must be a number from 0, not " + weight);
    }
  }

  /** The same with another weight. */
  FusionMix with(Of of, double weight) {
    return switch (of) {
      case TEXT -> new FusionMix(weight, picture, joined);
      case PICTURE -> new FusionMix(text, weight, joined);
      case JOINED -> new FusionMix(text, picture, weight);
    };
  }

  /** Whether nothing counts. */
  boolean isNothing() {
    return text + picture + joined == 0;
  }

  /**
   * The sum for an item.
   *
   * @param said what the parts say of it
   * @param ofBoth what the network says of it
   * @param presence which of the two counts
   * @param row of the item in the presence
   */
  float[] logits(FusionParts.SaidOfItem said, float[] ofBoth, Presence presence, int row) {
    var sum = new float[ofBoth.length];
    for (int label = 0; label < sum.length; label++) {
      double value = joined * ofBoth[label];
      if (said.text() != null && presence.text()[row]) {
        value += text * said.text().logits()[label];
      }
      if (said.picture() != null && presence.picture()[row]) {
        value += picture * said.picture().logits()[label];
      }
      sum[label] = (float) value;
    }
    return sum;
  }

  /**
   * The weights from the values of a JSON object.
   *
   * @throws IllegalArgumentException when one is missing or out of range; the message names it
   */
  static FusionMix of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    return new FusionMix(values.number(TEXT_KEY, Double.NaN), values.number(PICTURE_KEY, Double.NaN),
        values.number(JOINED_KEY, Double.NaN));
  }

  /** For people. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "texts %.3g, pictures %.3g, both %.3g", text, picture, joined);
  }

  /** What {@link #of} reads. */
  Map<String, Object> toMap() {
    var json = new LinkedHashMap<String, Object>();
    json.put(TEXT_KEY, text);
    json.put(PICTURE_KEY, picture);
    json.put(JOINED_KEY, joined);
    return json;
  }
}
