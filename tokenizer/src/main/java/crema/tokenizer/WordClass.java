package crema.tokenizer;

/**
 * The classes of characters that make a text words, punctuation and space, as a table; {@link CharacterProperty} has
 * what they are.
 */
final class WordClass {
  static final byte OTHER = 0;
  static final byte SPACE = 1;
  static final byte PUNCTUATION = 2;
  /** A bit apart from the class: the character is one of {@code \w}. */
  private static final byte WORD = 4;

  private static final byte[] BASIC_PLANE = basicPlane();

  private WordClass() {}

  /** Returns the class of the character that starts at {@code text[index]}. */
  static byte at(char[] text, int index, int to) {
    return (byte) (bits(text, index, to) & ~WORD);
  }

  /** Whether the character that starts at {@code text[index]} is one of {@code \w}. */
  static boolean isWord(char[] text, int index, int to) {
    return (bits(text, index, to) & WORD) != 0;
  }

  private static byte bits(char[] text, int index, int to) {
    var c = text[index];
    return Character.isHighSurrogate(c) ? of(Character.codePointAt(text, index, to)) : BASIC_PLANE[c];
  }

  private static byte[] basicPlane() {
    var classes = new byte[0x10000];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = of(c);
    }
    return classes;
  }

  private static byte of(int codePoint) {
    byte kind = CharacterProperty.WHITE_SPACE.has(codePoint) ? SPACE
        : CharacterProperty.PUNCTUATION.has(codePoint) ? PUNCTUATION : OTHER;
    return CharacterProperty.WORD.has(codePoint) ? (byte) (kind | WORD) : kind;
  }
}
