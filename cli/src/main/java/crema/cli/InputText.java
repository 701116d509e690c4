package crema.cli;

import crema.base.json.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One text to answer: an argument, a line or a row of a file.
 *
 * @param text blank where there is none, or where the row cannot be read
 * @param kept the values that stay with the answer, by column
 * @param problem where the row is that cannot be read, and why; null where it can
 */
record InputText(String text, Map<String, JsonNode> kept, @Nullable String problem) {
  /** A text that nothing is known of besides. */
  static InputText of(String text) {
    return new InputText(text, Map.of(), null);
  }

  /** The texts alone. */
  static List<String> texts(List<InputText> batch) {
    return batch.stream().map(InputText::text).toList();
  }

  /** The same with another text. */
  InputText withText(String other) {
    return new InputText(other, kept, problem);
  }
}
