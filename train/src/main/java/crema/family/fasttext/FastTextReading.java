package crema.family.fasttext;

import crema.base.UserError;
import crema.data.FastTextLines;
import crema.data.FieldText;
import crema.data.Row;
import crema.data.TextColumn;
import crema.fasttext.Fields;
import crema.run.DataSettings;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a text is read by a fastText model, in training and in prediction alike. Immutable. */
final class FastTextReading {
  /** The settings that a model keeps; the text columns only where it tells them apart. */
  static final Settings SETTINGS = Settings.of(DataSettings.SECTION.only(DataSettings.LOWERCASE, DataSettings.TEXT),
      FastTextSettings.SECTION.only(FastTextSettings.PUNCTUATION_APART, FastTextSettings.COLUMN_WORDS,
          FastTextSettings.COLUMN_WEIGHTS, FastTextSettings.LEADING_WORDS, FastTextSettings.LEADING_WEIGHT,
          FastTextSettings.FOLD));

  /** What labels begin with in fastText's own format. */
  static final String LABEL_PREFIX = FastTextLines.LABEL_PREFIX;

  private final Settings settings;
  private final boolean isLowercase;
  private final boolean isPunctuationApart;
  private final List<TextColumn> columns;
  private final Fields fields;

  /**
   * Reads what settings say.
   *
   * @param settings with {@link #SETTINGS}
   */
  FastTextReading(Settings settings) {
    this.settings = settings;
    isLowercase = settings.get(DataSettings.LOWERCASE);
    isPunctuationApart = settings.get(FastTextSettings.PUNCTUATION_APART);
    columns = columns(settings);
    fields = new Fields(List.of(Fields.Field.PLAIN.withLeading(settings.get(FastTextSettings.LEADING_WORDS),
        settings.get(FastTextSettings.LEADING_WEIGHT))), LABEL_PREFIX);
  }

  private static List<TextColumn> columns(Settings settings) {
    List<Long> weights = settings.get(FastTextSettings.COLUMN_WEIGHTS);
    List<TextColumn> columns = weights.isEmpty() && settings.get(FastTextSettings.COLUMN_WORDS) == 0 ? List.of()
        : TextColumn.parseAll(settings.get(DataSettings.TEXT));
    if (columns.size() < 2) {
      return List.of();
    }
    return weights.isEmpty() ? columns : IntStream.range(0, columns.size())
        .mapToObj(i -> columns.get(i).weighing(Math.toIntExact(columns.get(i).weight() * weights.get(i)))).toList();
  }

  /** The settings, with {@link #SETTINGS}. */
  Settings settings() {
    return settings;
  }

  /**
   * A word of a line.
   *
   * @param start where it begins in the text, as {@link #cased} writes it
   * @param end where it ends, exclusive
   * @param prefix what the line has before it, to tell its column from others
   */
  record Word(int start, int end, String prefix) {}

  /** The text columns, each with how many times it is read, if they are told apart. */
  List<TextColumn> columns() {
    return columns;
  }

  /** The text of a row as it is read. */
  String text(Row row) {
    return columns.isEmpty() ? row.text() : FieldText.of(row);
  }

  /** Whether case is ignored. */
  boolean isLowercase() {
    return isLowercase;
  }

  /** Whether what known words add is summed once. */
  boolean isFolded() {
    return settings.get(FastTextSettings.FOLD);
  }

  Fields fields() {
    return fields;
  }

  /** A text as it is read, but for what is a word in it. */
  String cased(String text) {
    return isLowercase ? text.toLowerCase(Locale.ROOT) : text;
  }

  /** The line of a text, without labels. */
  String line(String text) {
    return fields.text(List.of(spaced(text)));
  }

  /** The line of a row. */
  String line(List<String> labels, String text) {
    return fields.line(labels, List.of(spaced(text)));
  }

  private String spaced(String text) {
    String cased = cased(text);
    return isPunctuationApart || !columns.isEmpty()
        ? words(cased).stream().map(word -> word.prefix + cased.substring(word.start, word.end))
            .collect(Collectors.joining(" "))
        : cased;
  }

  /**
   * The words of a text as {@link #cased} writes it, in their order; those of a column that counts several times come as
   * often.
   *
   * @throws UserError if the text has more columns than the model
   */
  List<Word> words(String cased) {
    var words = new ArrayList<Word>();
    if (columns.isEmpty()) {
      addWords(cased, 0, cased.length(), Integer.MAX_VALUE, "", words);
      return words;
    }
    int start = 0;
    int number = 0;
    for (String field : FieldText.fields(cased)) {
      if (number == columns.size()) {
        throw new UserError("a text has more columns than the model reads, which are "
            + String.join(", ", TextColumn.names(columns)));
      }
      TextColumn column = columns.get(number++);
      int most = settings.get(FastTextSettings.COLUMN_WORDS);
      for (int times = 0; times < column.weight(); times++) {
        addWords(cased, start, start + field.length(), most == 0 ? Integer.MAX_VALUE : most, column.prefix(), words);
      }
      start += field.length() + 1;
    }
    return words;
  }

  /** Adds the first words of a part of a text. */
  private void addWords(String cased, int from, int to, int most, String prefix, List<Word> words) {
    String part = cased.substring(from, to);
    int at = from + part.length() - part.stripLeading().length();
    int last = at + part.strip().length();
    for (int count = 0; count < most && at < last; count++) {
      while (at < last && isBlank(cased.charAt(at))) {
        at++;
      }
      int begin = at;
      while (at < last && !isBlank(cased.charAt(at))) {
        at++;
      }
      if (at > begin && isPunctuationApart) {
        addParts(cased, begin, at, prefix, words);
      } else if (at > begin) {
        words.add(new Word(begin, at, prefix));
      }
    }
  }

  /** What stands between words. */
  private static boolean isBlank(char c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }

  /** The punctuation before a word, the word, and the punctuation after it, whatever there is of these. */
  private static void addParts(String text, int start, int end, String prefix, List<Word> words) {
    int from = start;
    while (from < end && isPunctuation(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    int to = end;
    while (to > from && isPunctuation(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    for (Word part : List.of(new Word(start, from, prefix), new Word(from, to, prefix), new Word(to, end, prefix))) {
      if (part.end > part.start) {
        words.add(part);
      }
    }
  }

  /** Whether a character is punctuation between words; what joins words, as the underscore does, is none. */
  private static boolean isPunctuation(int character) {
    return switch (Character.getType(character)) {
      case Character.START_PUNCTUATION, Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION, Character.DASH_PUNCTUATION, Character.OTHER_PUNCTUATION -> true;
      default -> false;
    };
  }
}
