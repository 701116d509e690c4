package crema.fasttext;

import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How several text columns become one line of a classifier's text, for training and for prediction alike.
 *
 * <p>Everything is said in the line itself, so that a model of fields is an ordinary model file.
 *
 * @param fields one for each column, in their order
 * @param labelPrefix what labels begin with and words do not
 */
public record Fields(List<Field> fields, String labelPrefix) {
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
  private static final Pattern ESCAPE = Pattern.compile("%([0-9A-F]{2})");
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /**
   * A column of text.
   *
   * @param weight how many times its words are written; 0 to leave it out
   * @param prefix put before each of its words, so that they and their n-grams differ from other columns'; may be
   *     empty
   * @param leadingWords how many words at its start count more
   * @param leadingWeight how many more times those are written
   */
  public record Field(int weight, String prefix, int leadingWords, int leadingWeight) {

    /** A column whose words are written once. */
    public static final Field PLAIN = new Field(1, "", 0, 0);

    /** Checks the values. */
    public Field {
      if (weight < 0 || leadingWords < 0 || leadingWeight < 0) {
        throw new IllegalArgumentException("a field's weights must not be negative");
      }
      if (WHITE_SPACE.matcher(prefix).find()) {
        throw new IllegalArgumentException("the field prefix '" + prefix + "' contains white space");
      }
    }

    private boolean isWrittenAsItIs() {
      return weight == 1 && prefix.isEmpty() && (leadingWords == 0 || leadingWeight == 0);
    }

    /** The same column with its words written {@code newWeight} times. */
    public Field withWeight(int newWeight) {
      return new Field(newWeight, prefix, leadingWords, leadingWeight);
    }

    /** The same column with words of its own. */
    public Field withPrefix(String newPrefix) {
      return new Field(weight, newPrefix, leadingWords, leadingWeight);
    }

    /** The same column with its first words written more often. */
    public Field withLeading(int words, int moreTimes) {
      return new Field(weight, prefix, words, moreTimes);
    }
  }

  /** Keeps its own copy of the list. */
  public Fields {
    fields = List.copyOf(fields);
  }

  /**
   * The text of a row.
   *
   * @param values one for each field
   * @throws IllegalArgumentException if there are more or fewer
   */
  public String text(List<String> values) {
    if (values.size() != fields.size()) {
      throw new IllegalArgumentException("a row has " + values.size() + " columns, not " + fields.size());
    }
    if (values.size() == 1 && fields.getFirst().isWrittenAsItIs()) {
      String value = values.getFirst().strip();
      if (isText(value)) {
        return value;
      }
    }
    var text = new StringJoiner(" ");
    for (int i = 0; i < values.size(); i++) {
      Field field = fields.get(i);
      String value = values.get(i).strip();
      String[] words = value.isEmpty() ? new String[0] : WHITE_SPACE.split(value);
      for (int w = 0; w < words.length; w++) {
        // A word that looks like a label must not become one.
        words[w] = field.prefix() + (words[w].startsWith(labelPrefix) ? "_" + words[w] : words[w]);
      }
      for (int times = 0; times < field.weight(); times++) {
        add(text, words, words.length);
      }
      for (int times = 0; times < field.leadingWeight(); times++) {
        add(text, words, Math.min(words.length, field.leadingWords()));
      }
    }
    return text.toString();
  }

  /** Whether a stripped column is its own text: words are apart by single spaces, and none looks like a label. */
  private boolean isText(String value) {
    if (value.startsWith(labelPrefix) || value.contains(" " + labelPrefix)) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= '\t' && c <= '\r' || c == ' ' && value.charAt(i - 1) == ' ') {
        return false;
      }
    }
    return true;
  }

  private static void add(StringJoiner text, String[] words, int count) {
    for (int w = 0; w < count; w++) {
      text.add(words[w]);
    }
  }

  /** A line to train or test on: the labels, then the text of the row. */
  public String line(List<String> labels, List<String> values) {
    var line = new StringJoiner(" ");
    for (String label : labels) {
      line.add(encodeLabel(label));
    }
    return line.add(text(values)).toString();
  }

  /** A label as one token: the prefix, then the label, its ASCII white space and {@code %} written as in URLs. */
  public String encodeLabel(String label) {
    var encoded = new StringBuilder(labelPrefix);
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (c <= ' ' || c == '%') {
        encoded.append('%').append(HEX.toHexDigits((byte) c));
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }

  /** The label that {@link #encodeLabel} made a token of; a token of another origin loses its prefix, if it has it. */
  public String decodeLabel(String token) {
    String encoded = token.startsWith(labelPrefix) ? token.substring(labelPrefix.length()) : token;
    Matcher escape = ESCAPE.matcher(encoded);
    return escape.replaceAll(m -> Matcher.quoteReplacement(
        Character.toString((char) HexFormat.fromHexDigits(m.group(1)))));
  }
}
