package crema.family.fasttext;

import crema.data.FastTextLines;
import crema.fasttext.Fields;
import crema.run.DataSettings;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a text is read by a fastText model, in training and in prediction alike.
 *
 * @param settings with {@link #SETTINGS}
 */
record FastTextReading(Settings settings) {
  /** The settings that a model keeps. */
  static final Settings SETTINGS = Settings.of(DataSettings.SECTION.only(DataSettings.LOWERCASE),
      FastTextSettings.SECTION.only(FastTextSettings.PUNCTUATION_APART, FastTextSettings.LEADING_WORDS,
          FastTextSettings.LEADING_WEIGHT));

  /** What labels begin with in fastText's own format. */
  static final String LABEL_PREFIX = FastTextLines.LABEL_PREFIX;

  private static final Pattern WORD = Pattern.compile("\\S+");

  /**
   * A word of a line.
   *
   * @param start where it begins in the text, as {@link #cased} writes it
   * @param end where it ends, exclusive
   */
  record Word(int start, int end) {}

  /** Whether case is ignored. */
  boolean isLowercase() {
    return settings.get(DataSettings.LOWERCASE);
  }

  Fields fields() {
    return new Fields(List.of(Fields.Field.PLAIN.withLeading(settings.get(FastTextSettings.LEADING_WORDS),
        settings.get(FastTextSettings.LEADING_WEIGHT))), LABEL_PREFIX);
  }

  /** A text as it is read, but for what is a word in it. */
  String cased(String text) {
    return isLowercase() ? text.toLowerCase(Locale.ROOT) : text;
  }

  /** The line of a text, without labels. */
  String line(String text) {
    return fields().text(List.of(spaced(text)));
  }

  /** The line of a row. */
  String line(List<String> labels, String text) {
    return fields().line(labels, List.of(spaced(text)));
  }

  private String spaced(String text) {
    String cased = cased(text);
    return isPunctuationApart()
        ? words(cased).stream().map(word -> cased.substring(word.start, word.end)).collect(Collectors.joining(" "))
        : cased;
  }

  private boolean isPunctuationApart() {
    return settings.get(FastTextSettings.PUNCTUATION_APART);
  }

  /** The words of a text as {@link #cased} writes it, in their order. */
  List<Word> words(String cased) {
    var words = new ArrayList<Word>();
    int begin = cased.length() - cased.stripLeading().length();
    for (Matcher word = WORD.matcher(cased).region(begin, begin + cased.strip().length()); word.find();) {
      if (isPunctuationApart()) {
        addParts(cased, word.start(), word.end(), words);
      } else {
        words.add(new Word(word.start(), word.end()));
      }
    }
    return words;
  }

  /** The punctuation before a word, the word, and the punctuation after it, whatever there is of these. */
  private static void addParts(String text, int start, int end, List<Word> words) {
    int from = start;
    while (from < end && isPunctuation(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    int to = end;
    while (to > from && isPunctuation(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    for (Word part : List.of(new Word(start, from), new Word(from, to), new Word(to, end))) {
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
