package crema.tokenizer;

/**
 * The classes of characters that the split patterns of GPT-2, GPT-4 and their descendants distinguish, as small
 * numbers. Letters are {@code \p{L}}, numbers {@code \p{N}}, and white space is Unicode's property White_Space (what
 * {@code \s} means in Oniguruma); newlines are {@code [\r\n]}.
 */
final class CharacterClass {
  static final byte OTHER = 0;
  static final byte LETTER = 1;
  static final byte NUMBER = 2;
  static final byte SPACE = 3;
  static final byte NEWLINE = 4;

  private static final byte[] BASIC_PLANE = basicPlane();

  private CharacterClass() {}

  /** Returns the class of the character that starts at {@code text[index]}. */
  static byte at(char[] text, int index) {
    var c = text[index];
    return Character.isHighSurrogate(c) ? of(Character.toCodePoint(c, text[index + 1])) : BASIC_PLANE[c];
  }

  /** Returns the index after the character that starts at {@code text[index]}. */
  static int after(char[] text, int index) {
    return Character.isHighSurrogate(text[index]) ? index + 2 : index + 1;
  }

  /** Whether a code point has Unicode's property White_Space; all of them are in the basic plane. */
  static boolean isWhiteSpace(int codePoint) {
    return codePoint < 0x10000 && BASIC_PLANE[codePoint] >= SPACE;
  }

  private static byte[] basicPlane() {
    var classes = new byte[0x10000];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = of(c);
    }
    return classes;
  }

  private static byte of(int codePoint) {
    if (codePoint == '\r' || codePoint == '\n') {
      return NEWLINE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
      default -> codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85 ? SPACE : OTHER;
    };
  }
}
