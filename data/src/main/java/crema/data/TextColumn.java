package crema.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A column of text and how much it says: {@code title:3} counts three times, and with {@code description:1:d_} each of
 * the words is marked, so that they and their n-grams differ from the same words of other columns.
 *
 * @param name of the column
 * @param weight how many times its text is written, from 1
 * @param prefix put before each of its words; may be empty
 */
public record TextColumn(String name, int weight, String prefix) {
  private static final Pattern SYNTAX = Pattern.compile("(.+?)(?::(\\d{1,4})(?::(\\S+))?)?");
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  /**
   * Reads {@code NAME}, {@code NAME:WEIGHT} or {@code NAME:WEIGHT:PREFIX}.
   *
   * @throws DataException if the weight is 0, or there is no name
   */
  public static TextColumn parse(String text) {
    Matcher parts = SYNTAX.matcher(text);
    if (!parts.matches()) {
      throw new DataException("'" + text + "' is not a text column: write NAME, NAME:WEIGHT or NAME:WEIGHT:PREFIX");
    }
    int weight = parts.group(2) == null ? 1 : Integer.parseInt(parts.group(2));
    if (weight < 1) {
      throw new DataException("the weight of text column '" + parts.group(1)
          + "' must be at least 1; leave the column out");
    }
    return new TextColumn(parts.group(1), weight, parts.group(3) == null ? "" : parts.group(3));
  }

  /** The same, written another number of times. */
  public TextColumn weighing(int times) {
    return new TextColumn(name, times, prefix);
  }

  /** Reads several; see {@link #parse}. */
  public static List<TextColumn> parseAll(List<String> texts) {
    return texts.stream().map(TextColumn::parse).toList();
  }

  /** The names of columns. */
  public static List<String> names(List<TextColumn> columns) {
    return columns.stream().map(TextColumn::name).toList();
  }

  /**
   * Rows that were read with these columns, their texts written as the columns say.
   *
   * @param joiner what stands between columns, as the rows were read
   */
  public static RowSource compose(RowSource rows, List<TextColumn> columns, TextJoiner joiner) {
    String parameters = columns + (joiner.equals(TextJoiner.SPACE) ? "" : joiner.toString());
    return columns.stream().allMatch(TextColumn::isPlain)
        ? rows
        : rows.map("composed", parameters, row -> row.withText(compose(columns, row.fields(), joiner)));
  }

  private boolean isPlain() {
    return weight == 1 && prefix.isEmpty();
  }

  /** The text of a row: of each column in order its text, marked, as often as it counts. */
  public static String compose(List<TextColumn> columns, List<String> fields, TextJoiner joiner) {
    var texts = new ArrayList<String>();
    // Some formats have a text of one column whatever was asked for.
    for (int i = 0; i < fields.size(); i++) {
      TextColumn column = columns.get(i);
      String field = column.marked(fields.get(i));
      for (int times = 0; times < column.weight && !field.isEmpty(); times++) {
        texts.add(field);
      }
    }
    return joiner.text(texts);
  }

  private String marked(String field) {
    String stripped = field.strip();
    return prefix.isEmpty() || stripped.isEmpty() ? stripped
        : WHITE_SPACE.splitAsStream(stripped).map(word -> prefix + word).collect(Collectors.joining(" "));
  }
}
