package crema.report;

import crema.base.AtomicFile;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.Outcomes;
import crema.metrics.SingleLabelOutcomes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a model said of each test row, kept beside its metrics so that two models can be compared row by row. One JSON
 * object a line: first {@code {"labels": ["earn", …], "multi_label": true}}, then for each row in order {@code
 * {"truth": [0], "predicted": [0, 3]}}, where a number is a label's place in the first line.
 */
public final class TestOutcomes {
  private TestOutcomes() {}

  /** Writes outcomes, whole or not at all. */
  public static void write(Outcomes outcomes, List<String> labels, Path file) throws IOException {
    var lines = new StringBuilder();
    var head = new ObjectNode();
    labels.forEach(head.putArray("labels")::add);
    head.put("multi_label", outcomes instanceof MultiLabelOutcomes);
    lines.append(head).append('\n');
    for (int document = 0; document < outcomes.documents(); document++) {
      var row = new ObjectNode();
      Arrays.stream(outcomes.truth(document)).forEach(row.putArray("truth")::add);
      Arrays.stream(outcomes.predicted(document)).forEach(row.putArray("predicted")::add);
      lines.append(row).append('\n');
    }
    AtomicFile.writeText(file, lines.toString());
  }

  /**
   * Reads outcomes.
   *
   * @throws IOException when the file cannot be read or was not written by {@link #write}; the message names the line
   */
  public static Outcomes read(Path file) throws IOException {
    var truth = new ArrayList<int[]>();
    var predicted = new ArrayList<int[]>();
    int line = 1;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      JsonNode head = Json.parse(String.valueOf(lines.readLine()));
      int labels = head.path("labels").size();
      for (String text = lines.readLine(); text != null; text = lines.readLine()) {
        line++;
        JsonNode row = Json.parse(text);
        truth.add(numbers(row.path("truth")));
        predicted.add(numbers(row.path("predicted")));
      }
      return head.path("multi_label").asBoolean()
          ? MultiLabelOutcomes.of(truth.toArray(int[][]::new), predicted.toArray(int[][]::new), labels)
          : SingleLabelOutcomes.of(single(truth), single(predicted), labels);
    } catch (JsonException | IllegalArgumentException e) {
      throw new IOException(file + " is damaged at line " + line + ": " + e.getMessage(), e);
    }
  }

  private static int[] numbers(JsonNode array) {
    return array.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  /** {@code rows[i]} holds one label, or none where the model named none. */
  private static int[] single(List<int[]> rows) {
    return rows.stream().mapToInt(row -> row.length == 0 ? -1 : row[0]).toArray();
  }
}
