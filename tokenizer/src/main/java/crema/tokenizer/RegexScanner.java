package crema.tokenizer;

import java.lang.Character.UnicodeScript;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A split pattern that {@code java.util.regex} matches. The patterns of {@code tokenizer.json} are written for
 * Oniguruma's Ruby syntax on Unicode text: classes follow Unicode, {@code ^} and {@code $} stand at line breaks, and
 * only {@code \n} breaks a line. What means something else in Java is refused.
 *
 * <p>A pattern comes from a file that is not trusted. Its matching may read a number of characters proportional to
 * the text; beyond that, or where it recurses too deep, it stops with an exception instead of hanging.
 */
final class RegexScanner implements PatternScanner {
  /** Longer patterns than any in use; bounds the depth of the compiler's recursion. */
  private static final int MAX_PATTERN_LENGTH = 10_000;

  /** How many reads a match may make for a character of text; patterns in use need fewer than 20. */
  private static final int READS_PER_CHAR = 1_000;

  private static final int FLAGS =
      Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE | Pattern.UNIX_LINES | Pattern.MULTILINE;

  /** Escapes, options, classes and quantifiers that Oniguruma and Java read differently, or only one of them. */
  private static final Pattern FOREIGN = Pattern.compile(
      "(?<!\\\\)(?:\\\\\\\\)*(\\\\[hHKgkyYOZGNRXQE]|\\(\\?[a-z]*[-m][a-z]*[:)]|\\[:\\^?[a-z]+:]|\\{\\d*,?\\d*}\\+)");

  /** A property by its bare name, which in Oniguruma may be a script. */
  private static final Pattern PROPERTY = Pattern.compile("\\\\([pP])\\{([A-Z][A-Za-z_]+)}");

  /** What {@code \w} of Oniguruma has. */
  private static final String WORD_CHARACTERS =
      "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}\u00B2\u00B3\u00B9\u00BC-\u00BE";

  /** The word class as an escape, after an even number of backslashes. */
  private static final Pattern WORD = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\([wW])");

  private final Pattern pattern;

  /**
   * Compiles a pattern.
   *
   * @throws IllegalArgumentException if the pattern is invalid, too long, or uses what Java reads differently
   */
  RegexScanner(String regex) {
    if (regex.length() > MAX_PATTERN_LENGTH) {
      throw new IllegalArgumentException(
          "a pattern of " + regex.length() + " characters; at most " + MAX_PATTERN_LENGTH + " are supported");
    }
    var foreign = FOREIGN.matcher(regex);
    if (foreign.find()) {
      throw new IllegalArgumentException("the pattern uses " + foreign.group(1) + ", which is not supported");
    }
    try {
      pattern = Pattern.compile(inJavaSyntax(regex), FLAGS);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "not a regular expression: " + e.getDescription() + " near character " + e.getIndex(), e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("the pattern is nested too deep", e);
    }
  }

  /**
   * Java spells the script {@code \p{Han}} as {@code \p{IsHan}}, and its {@code \w} has the zero-width joiners
   * where Oniguruma's has the fractions and superscripts of Latin-1.
   */
  private static String inJavaSyntax(String regex) {
    var properties = PROPERTY.matcher(regex).replaceAll(property -> {
      var isScript = Arrays.stream(UnicodeScript.values()).anyMatch(s -> s.name().equalsIgnoreCase(property.group(2)));
      return Matcher.quoteReplacement(
          "\\" + property.group(1) + "{" + (isScript ? "Is" : "") + property.group(2) + "}");
    });
    return WORD.matcher(properties).replaceAll(word -> Matcher.quoteReplacement(
        word.group(1) + (word.group(2).equals("w") ? "[" : "[^") + WORD_CHARACTERS + "]"));
  }

  @Override
  public void scan(char[] text, int from, int to, Pieces matches) {
    var matcher = pattern.matcher(new MeteredText(text, from, to));
    try {
      for (int next = from; next <= to && matcher.find(next - from);) {
        var start = from + matcher.start();
        var end = from + matcher.end();
        // Java may match between the halves of a pair; to Oniguruma a character is whole.
        if (!isInsidePair(text, start, to) && !isInsidePair(text, end, to)) {
          matches.add(start, end);
        }
        next = end > start ? end : end + 1;
      }
    } catch (StackOverflowError e) {
      throw new IllegalStateException(
          "the split pattern " + pattern + " recurses too deep on a text of " + (to - from) + " characters", e);
    }
  }

  @Override
  public boolean coversEverything() {
    return false;
  }

  private static boolean isInsidePair(char[] text, int index, int to) {
    return index < to && Character.isLowSurrogate(text[index]);
  }

  /** A view of a range of a text that counts its reads. */
  private static final class MeteredText implements CharSequence {
    private final char[] text;
    private final int from;
    private final int to;
    private long readsLeft;

    MeteredText(char[] text, int from, int to) {
      this.text = text;
      this.from = from;
      this.to = to;
      readsLeft = 100_000 + (long) READS_PER_CHAR * (to - from);
    }

    @Override
    public char charAt(int index) {
      if (readsLeft-- <= 0) {
        throw new IllegalStateException(
            "the split pattern backtracks too much on a text of " + length() + " characters");
      }
      return text[from + index];
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new String(text, from + start, end - start);
    }
  }
}
