package crema.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One example as read from a file.
 *
 * @param text the text columns joined in order, never blank
 * @param fields the text columns one by one, in the order asked for; empty where a row lacks one
 * @param labels the labels, distinct and in the order of the file; empty if no label column was asked for, or where a
 *     row with several labels states that it has none
 * @param group the value of the group column, or null
 * @param language the value of the language column, or null
 * @param file the name of the file the row came from
 * @param line the line of that file, from 1, on which the row begins
 */
public record Row(
    String text,
    List<String> fields,
    List<String> labels,
    @Nullable String group,
    @Nullable String language,
    String file,
    long line) {

  /** Copies the lists. */
  public Row {
    fields = List.copyOf(fields);
    labels = List.copyOf(labels);
  }

  /** A row that did not come from a file. */
  public static Row of(String text, String... labels) {
    return new Row(text, List.of(text), List.of(labels), null, null, "memory", 0);
  }

  /** The same text with other labels. */
  public Row withLabels(List<String> others) {
    return new Row(text, fields, others, group, language, file, line);
  }

  /** Where the row is: {@code file, line n}. */
  public String location() {
    return file + ", line " + line;
  }
}
