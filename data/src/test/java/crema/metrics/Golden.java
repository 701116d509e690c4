package crema.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the golden values that the scripts under {@code src/test/golden} wrote. */
final class Golden {

  private static final JsonMapper MAPPER = new JsonMapper();

  private Golden() {}

  static JsonNode read(String file) {
    try (var in = Golden.class.getResourceAsStream("/golden/" + file)) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> list(JsonNode array) {
    return array.valueStream().toList();
  }

  static int[] ints(JsonNode array) {
    return array.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  static int[][] intRows(JsonNode array) {
    return array.valueStream().map(Golden::ints).toArray(int[][]::new);
  }

  static float[] floats(JsonNode array) {
    var floats = new float[array.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) array.get(i).doubleValue();
    }
    return floats;
  }

  static double[] doubles(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
  }
}
