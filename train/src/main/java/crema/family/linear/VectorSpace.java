package crema.family.linear;

import crema.base.json.ArrayNode;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.embed.CenteredVectors;
import crema.embed.Vectors;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The vectors that an encoder makes of one text of a row, as features: without the mean of the training texts, and
 * scaled so that they have the length on average that is asked for. The vectors of an encoder have much in common, which
 * tells no label from another. A text that is blank has no vector, and so zeros.
 *
 * @param column the text column that the encoder reads; empty for all columns, joined
 * @param centering the mean and the scale
 */
record VectorSpace(Optional<String> column, CenteredVectors centering) {
  private static final int MOST_FEATURES = 1 << 20;

  /**
   * Learns the mean and the scale from the vectors of training texts.
   *
   * @param texts the training texts, as this space reads them
   * @param training their vectors
   * @param weight the length that vectors have on average
   */
  static VectorSpace fit(Optional<String> column, List<String> texts, Vectors training, double weight) {
    int[] filled = IntStream.range(0, texts.size()).filter(row -> !texts.get(row).isBlank()).toArray();
    float[] values = new float[Math.multiplyExact(filled.length, training.size())];
    for (int i = 0; i < filled.length; i++) {
      System.arraycopy(training.row(filled[i]), 0, values, i * training.size(), training.size());
    }
    return new VectorSpace(column, CenteredVectors.fit(new Vectors(training.size(), values), weight));
  }

  /** The number of features of a text. */
  int size() {
    return centering.mean().length;
  }

  /**
   * Writes features of texts.
   *
   * @param texts as this space reads them
   * @param vectors of these texts
   * @param block {@code [texts, width]}
   * @param first the column of the block where the features begin
   */
  void write(List<String> texts, Vectors vectors, float[] block, int width, int first) {
    float[] centered = centering.apply(vectors);
    for (int row = 0; row < vectors.count(); row++) {
      if (!texts.get(row).isBlank()) {
        System.arraycopy(centered, row * size(), block, row * width + first, size());
      }
    }
  }

  /** Adds what there is to know of it to a JSON object. */
  void write(ObjectNode json) {
    json.put("scale", centering.scale());
    ArrayNode numbers = json.putArray("mean");
    for (float value : centering.mean()) {
      numbers.add(value);
    }
  }

  /** Reads what {@link #write(ObjectNode)} wrote. */
  static VectorSpace read(Optional<String> column, JsonNode json) {
    JsonNode numbers = json.path("mean");
    if (numbers.values().isEmpty() || numbers.values().size() > MOST_FEATURES) {
      throw new JsonException("it has no mean");
    }
    var mean = new float[numbers.values().size()];
    int at = 0;
    for (JsonNode number : numbers) {
      mean[at++] = (float) number.doubleValue();
    }
    return new VectorSpace(column, new CenteredVectors(mean, (float) json.path("scale").doubleValue()));
  }
}
