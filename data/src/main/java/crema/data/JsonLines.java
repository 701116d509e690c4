package crema.data;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** One JSON object a line. Missing keys and nulls are empty; numbers and booleans become text by {@link TypedText}. */
public record JsonLines() implements FileFormat {
  /** An object, or an array of them; a title can begin with a brace too. */
  private static final Pattern BEGINNING = Pattern.compile("\\s*(\\[\\s*)?\\{\\s*([\"'}]|\\z)");

  @Override
  public String key() {
    return "jsonl";
  }

  @Override
  public List<String> extensions() {
    return List.of("jsonl", "ndjson", "json");
  }

  @Override
  public boolean beginsWith(byte[] head) {
    return BEGINNING.matcher(new String(head, StandardCharsets.UTF_8)).lookingAt();
  }

  @Override
  public List<String> columns(DataFile file) {
    if (!JsonObjects.isWritten(file)) {
      return LineReader.read(file, JsonLinesCursor::keys);
    }
    try (var objects = new JsonObjects(file)) {
      return JsonLinesCursor.keys(objects);
    }
  }

  @Override
  public RowCursor open(DataFile file, Columns columns, ProblemListener listener) {
    return JsonObjects.isWritten(file) ? new JsonLinesCursor(file, new JsonObjects(file), columns, listener)
        : LineReader.open(file, lines -> new JsonLinesCursor(file, lines, columns, listener));
  }

  /** Differs from what it was before numbers were written in the shortest way, as rows may. */
  @Override
  public String toString() {
    return "Jsonl[shortest numbers]";
  }
}
