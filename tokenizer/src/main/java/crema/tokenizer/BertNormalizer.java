package crema.tokenizer;

import java.text.Normalizer.Form;
import org.jspecify.annotations.Nullable;

/**
 * BERT's normalizer: removes controls and makes all white space a space, puts spaces around Han characters, removes
 * accents, and lowers case, in this order. A Hangul syllable whose accents are "removed" stays decomposed.
 *
 * <p>Source: {@code tokenization.py} of google-research/bert, as Hugging Face's library has it. All steps work on one
 * character at a time, so they are one table of the basic plane here: only the removal of accents could look further,
 * and what a canonical decomposition reorders is what is removed.
 */
final class BertNormalizer implements Normalizer {
  /** In the table: the character becomes more than one char, or a pair. */
  private static final char LONG = '\uFFFF';
  /** In the table: the character is removed. */
  private static final char REMOVED = '\uFFFE';
  /** The Hangul syllables, each of which is two or three letters. */
  private static final char FIRST_SYLLABLE = '\uAC00';
  private static final char LAST_SYLLABLE = '\uD7A3';

  private final boolean cleanText;
  private final boolean spaceHan;
  private final boolean stripAccents;
  private final boolean lowercase;
  /** What becomes of each char of the basic plane, the spaces around Han characters apart. */
  private final char[] table = new char[0x10000];

  /**
   * Makes the normalizer.
   *
   * @param cleanText whether controls are removed and white space becomes spaces
   * @param spaceHan whether Han characters become words of their own
   * @param stripAccents whether accents are removed; null if they are where case is lowered
   * @param lowercase whether case is lowered
   */
  BertNormalizer(boolean cleanText, boolean spaceHan, @Nullable Boolean stripAccents, boolean lowercase) {
    this.cleanText = cleanText;
    this.spaceHan = spaceHan;
    this.stripAccents = stripAccents == null ? lowercase : stripAccents;
    this.lowercase = lowercase;
    for (int c = 0; c < table.length; c++) {
      table[c] = entry(c);
    }
  }

  private char entry(int c) {
    if (Character.isSurrogate((char) c) || this.stripAccents && c >= FIRST_SYLLABLE && c <= LAST_SYLLABLE) {
      return LONG;
    }
    var form = formOf(c);
    return switch (form.length()) {
      case 0 -> REMOVED;
      case 1 -> form.charAt(0) >= REMOVED ? LONG : form.charAt(0);
      default -> LONG;
    };
  }

  @Override
  public void normalize(AlignedText text) {
    var chars = text.chars();
    var length = text.length();
    for (int i = 0; i < length; i++) {
      var c = chars[i];
      if (c >= 0x80 || table[c] == REMOVED) {
        rest(text, i);
        return;
      }
      chars[i] = table[c];
    }
  }

  /** Normalizes the text from a char on, the first that does not become one char. */
  private void rest(AlignedText text, int from) {
    var chars = text.chars();
    var length = text.length();
    text.begin();
    text.keep(0, from);
    for (int i = from; i < length; i = CharacterClass.after(chars, i)) {
      var c = chars[i];
      var form = table[c];
      if (form == LONG || spaceHan && c >= 0x3400 && CharacterProperty.HAN.has(c)) {
        putLong(text, Character.codePointAt(chars, i, length), i);
      } else if (form != REMOVED) {
        text.put(form, i);
      }
    }
    text.end();
  }

  private void putLong(AlignedText text, int codePoint, int source) {
    var han = spaceHan && CharacterProperty.HAN.has(codePoint);
    if (han) {
      text.put(' ', source);
    }
    text.putAll(formOf(codePoint), source);
    if (han) {
      text.put(' ', source);
    }
  }

  private String formOf(int codePoint) {
    if (cleanText) {
      if (codePoint == 0 || codePoint == 0xFFFD || CharacterProperty.CONTROL.has(codePoint)) {
        return "";
      }
      if (CharacterClass.isWhiteSpace(codePoint)) {
        return " ";
      }
    }
    var form = Character.toString(codePoint);
    if (stripAccents && codePoint >= 0xC0) {
      var kept = new StringBuilder();
      (OlderUnicode.isInert(codePoint) ? form : java.text.Normalizer.normalize(form, Form.NFD)).codePoints()
          .filter(c -> !CharacterProperty.NONSPACING_MARK.has(c)).forEach(kept::appendCodePoint);
      form = kept.toString();
    }
    return lowercase ? Lowercase.of(form) : form;
  }
}
