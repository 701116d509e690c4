package crema.langid;

import java.util.regex.Pattern;

/**
 * What of a text tells its language: not the words that are rather names and codes, which are made up in every country
 * alike. Those are words with digits ({@code 256GB}), with capitals behind their first letter ({@code iPhone}), and all in
 * capitals where others are not ({@code EOS}); only of letters that have a case.
 */
final class PlainWords {
  /** What words are separated by; each part of {@code WH-1000} is one. */
  private static final Pattern BETWEEN = Pattern.compile("[\\s/\\p{Pd}]+");

  private PlainWords() {}

  /** The text without such words; itself if it has none. */
  static String of(String text) {
    boolean isMixed = text.codePoints().anyMatch(Character::isLowerCase);
    var plain = new StringBuilder();
    boolean isWhole = true;
    for (String word : BETWEEN.split(text)) {
      if (isCode(word, isMixed)) {
        isWhole = false;
      } else {
        plain.append(plain.isEmpty() ? "" : " ").append(word);
      }
    }
    return isWhole ? text : plain.toString();
  }

  private static boolean isCode(String word, boolean isMixed) {
    boolean hasDigit = false;
    boolean hasLetter = false;
    boolean hasInnerCapital = false;
    for (int i = 0; i < word.length();) {
      int c = word.codePointAt(i);
      i += Character.charCount(c);
      if (Character.isLetter(c)) {
        boolean isCapital = Character.isUpperCase(c) || Character.isTitleCase(c);
        if (!isCapital && !Character.isLowerCase(c)) {
          // Scripts without case are often written without spaces: one digit says nothing of all the words around it.
          return false;
        }
        hasInnerCapital |= isCapital && hasLetter;
        hasLetter = true;
      }
      hasDigit |= Character.isDigit(c);
    }
    return hasLetter && (hasDigit || isMixed && hasInnerCapital);
  }
}
