package crema.audit;

import crema.base.AtomicFile;
import crema.base.json.ArrayNode;
import crema.base.json.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Files about rows, for programs. */
final class RowFiles {
  private RowFiles() {}

  /** Writes an object of JSON a line. */
  static <T> void jsonLines(Path file, List<T> items, Function<T, ObjectNode> line) throws IOException {
    var lines = new StringBuilder();
    for (T item : items) {
      lines.append(line.apply(item)).append('\n');
    }
    AtomicFile.writeText(file, lines.toString());
  }

  /** Where a row is, its text and its labels. */
  static ObjectNode row(AuditRow row) {
    var object = new ObjectNode().put("file", row.row().meta().file()).put("row", row.number())
        .put("line", row.row().meta().line()).put("text", row.text());
    if (row.row().meta().picture() != null) {
      object.put("image", row.row().meta().picture());
    }
    addLabels(object, "labels", row.row().labels());
    return object;
  }

  static void addLabels(ObjectNode object, String key, List<String> labels) {
    ArrayNode array = object.putArray(key);
    labels.forEach(array::add);
  }

  /** A number of which what is beyond six places says nothing. */
  static double rounded(double number) {
    return Math.round(number * 1e6) / 1e6;
  }

  /** A text, and the label or labels that it should have. */
  record Correction(String text, List<String> labels) {}

  /** Writes a file of corrections as training takes them: CSV with the columns {@code text} and {@code label}. */
  static void corrections(Path file, List<Correction> corrections) throws IOException {
    var lines = new StringBuilder("text,label\n");
    for (Correction correction : corrections) {
      lines.append(quoted(correction.text())).append(',').append(quoted(cell(correction.labels()))).append('\n');
    }
    AtomicFile.writeText(file, lines.toString());
  }

  /** Several labels are an array of JSON, whatever separates those of other files. */
  private static String cell(List<String> labels) {
    if (labels.size() == 1 && !labels.getFirst().startsWith("[")) {
      return labels.getFirst();
    }
    var array = new ArrayNode();
    labels.forEach(array::add);
    return array.toString();
  }

  private static String quoted(String cell) {
    return '"' + cell.replace("\"", "\"\"") + '"';
  }
}
