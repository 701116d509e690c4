package crema.report;

import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.metrics.Outcomes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One finished run, as it is compared with others.
 *
 * @param name the name of its settings; runs of one name differ by their seed
 * @param seed its seed
 * @param time how long it took
 * @param scores what it is compared by, by the names of the columns, in order
 * @param outcomes what it said of each test row, where that was kept
 */
public record ComparedRun(
    String name, long seed, Duration time, Map<String, Double> scores, @Nullable Outcomes outcomes) {
  /**
   * Reads a run's {@code metrics.json}, and its {@link TestOutcomes} where there are some.
   *
   * @throws IOException when a file cannot be read or is not what {@link MetricsJson} and {@link TestOutcomes} write
   */
  public static ComparedRun read(String name, long seed, Duration time, Path metrics,
      Path outcomes) throws IOException {
    JsonNode json;
    try {
      json = Json.parse(Files.readString(metrics));
    } catch (JsonException e) {
      throw new IOException(metrics + " is damaged: " + e.getMessage(), e);
    }
    return new ComparedRun(name, seed, time, scores(json), Files.exists(outcomes) ? TestOutcomes.read(outcomes) : null);
  }

  /** The numbers that stand in the table: those of rare labels and of a taxonomy's levels too, where there are some. */
  private static Map<String, Double> scores(JsonNode json) {
    var scores = new LinkedHashMap<String, Double>();
    if (!json.path("multi_label").asBoolean()) {
      put(scores, "Accuracy", json.path("accuracy"));
    }
    put(scores, "Micro F1", json.path("micro").path("f1"));
    put(scores, "Macro F1", json.path("macro").path("f1"));
    for (String band : List.of("head", "medium", "tail")) {
      String title = Character.toUpperCase(band.charAt(0)) + band.substring(1) + " F1";
      put(scores, title, json.path("bands").path(band).path("macro").path("f1"));
    }
    put(scores, "Hierarchical F1", json.path("hierarchical").path("f1"));
    for (JsonNode group : json.path("groups")) {
      if (group.path("by").asString("").equals("Taxonomy level")) {
        put(scores, group.path("group").asString(""), group.path("accuracy"));
      }
    }
    return scores;
  }

  private static void put(Map<String, Double> scores, String title, JsonNode value) {
    if (value.isNumber()) {
      scores.put(title, value.asDouble());
    }
  }
}
