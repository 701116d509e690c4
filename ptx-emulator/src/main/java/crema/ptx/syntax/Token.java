package crema.ptx.syntax;

/**
 * A token.
 *
 * @param kind what it is
 * @param text its characters; of a string, those between the quotes
 * @param line its line, from 1
 * @param start index of its first character in the text
 */
record Token(Kind kind, String text, int line, int start) {
  /** Kinds of tokens. */
  enum Kind {
    /** A name, with dots and {@code ::}: an opcode with its modifiers, a directive, a register, a label. */
    WORD,
    /** A number. */
    NUMBER,
    /** A string. */
    STRING,
    /** A single character of punctuation. */
    MARK,
    /** The end of the text. */
    END
  }

  boolean is(String other) {
    return text.equals(other) && (kind == Kind.MARK || kind == Kind.WORD);
  }

  /** The token as messages show it. */
  String shown() {
    return switch (kind) {
      case END -> "the end of the text";
      case STRING -> "\"" + text + "\"";
      default -> "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'";
    };
  }
}
