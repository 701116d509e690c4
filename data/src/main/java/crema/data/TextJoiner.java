package crema.data;

import java.util.List;

/**
 * Puts texts one behind the other. A joiner that begins with a full stop or another mark that ends sentences separates
 * sentences: it is not repeated where a text has such a mark already.
 *
 * @param joiner what stands between two texts
 */
public record TextJoiner(String joiner) {
  /** A space, which is what stands between text columns unless something else is said. */
  public static final TextJoiner SPACE = new TextJoiner(" ");

  private static final String ENDS_OF_SENTENCES = ".!?\u2026\u3002\uFF01\uFF1F";

  /** Those of some texts that are not blank, joined. */
  public String join(List<String> texts) {
    var joined = new StringBuilder();
    for (String text : texts) {
      if (!text.isBlank()) {
        if (!joined.isEmpty()) {
          joined.append(needsMark(joined) ? joiner : joiner.substring(1));
        }
        joined.append(text);
      }
    }
    return joined.toString();
  }

  /** The same as a whole: where the joiner separates sentences, the last one ends too. */
  public String text(List<String> texts) {
    String joined = join(texts);
    return endsSentences() && !joined.isEmpty() && needsMark(joined) ? joined + joiner.charAt(0) : joined;
  }

  private boolean endsSentences() {
    return !joiner.isEmpty() && isEndOfSentence(joiner.charAt(0));
  }

  /** Whether the mark with which the joiner begins is not yet there. */
  private boolean needsMark(CharSequence before) {
    if (joiner.isEmpty() || Character.isWhitespace(joiner.charAt(0))) {
      return true;
    }
    char last = before.charAt(before.length() - 1);
    return last != joiner.charAt(0) && !(endsSentences() && isEndOfSentence(last));
  }

  private static boolean isEndOfSentence(char character) {
    return ENDS_OF_SENTENCES.indexOf(character) >= 0;
  }
}
