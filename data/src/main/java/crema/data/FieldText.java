package crema.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Several text columns in one text, for models that tell columns apart: in their order, with {@link #SEPARATOR} between
 * them. A text without that character is the first column.
 */
public final class FieldText {
  /** Stands between two columns: the unit separator, which is white space. */
  public static final char SEPARATOR = '\u001F';

  private static final String BOUNDARY = String.valueOf(SEPARATOR);

  private FieldText() {}

  /** The columns of a row in one text. */
  public static String of(Row row) {
    return of(row.fields());
  }

  /** Columns in one text; an empty one is a column that a row lacks. */
  public static String of(List<String> fields) {
    return fields.stream().map(field -> field.replace(SEPARATOR, ' ')).collect(Collectors.joining(BOUNDARY));
  }

  /** The columns of a text, at least one. */
  public static List<String> fields(String text) {
    return Arrays.asList(text.split(BOUNDARY, -1));
  }

  /** A text for people: its columns that are not blank, with a space between them. */
  public static String joined(String text) {
    return text.indexOf(SEPARATOR) < 0 ? text
        : fields(text).stream().map(String::strip).filter(field -> !field.isEmpty()).collect(Collectors.joining(" "));
  }
}
