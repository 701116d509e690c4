package crema.tokenizer;

import java.util.regex.Pattern;

/** The sets of characters that the components of {@code tokenizer.json} name, as Hugging Face's library has them. */
enum CharacterProperty {
  /** Unicode's property White_Space. */
  WHITE_SPACE {
    @Override
    boolean has(int codePoint) {
      return CharacterClass.isWhiteSpace(codePoint);
    }
  },
  /** ASCII's punctuation and symbols, and the general categories P. So {@code $} is one, but {@code €} is not. */
  PUNCTUATION {
    @Override
    boolean has(int codePoint) {
      if (codePoint < 0x80) {
        return codePoint > ' ' && codePoint < 0x7F && !Character.isLetterOrDigit(codePoint);
      }
      return OlderUnicode.PUNCTUATION.has(codePoint, switch (Character.getType(codePoint)) {
        case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
            Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION,
            Character.OTHER_PUNCTUATION -> true;
        default -> false;
      });
    }
  },
  /** The general categories N. */
  NUMBER {
    @Override
    boolean has(int codePoint) {
      return switch (Character.getType(codePoint)) {
        case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
        default -> false;
      };
    }
  },
  /** {@code \w} of Rust's regex crate: letters, marks, decimal digits, connectors, the joiners. */
  WORD {
    @Override
    boolean has(int codePoint) {
      return WORD_CHARACTER.matcher(Character.toString(codePoint)).matches();
    }
  },
  /** What BERT removes from a text: controls, formats and private use, but not what is unassigned. */
  CONTROL {
    @Override
    boolean has(int codePoint) {
      return OlderUnicode.CONTROL.has(codePoint, switch (Character.getType(codePoint)) {
        case Character.CONTROL -> codePoint != '\t' && codePoint != '\n' && codePoint != '\r';
        case Character.FORMAT, Character.PRIVATE_USE -> true;
        default -> false;
      });
    }
  },
  /** The blocks of Han characters that BERT puts spaces around. */
  HAN {
    @Override
    boolean has(int codePoint) {
      return codePoint >= 0x3400
          && (codePoint <= 0x4DBF || codePoint >= 0x4E00 && codePoint <= 0x9FFF
              || codePoint >= 0xF900 && codePoint <= 0xFAFF || codePoint >= 0x20000 && codePoint <= 0x2A6DF
              || codePoint >= 0x2A700 && codePoint <= 0x2B81F || codePoint >= 0x2B920 && codePoint <= 0x2CEAF
              || codePoint >= 0x2F800 && codePoint <= 0x2FA1F);
    }
  },
  /** The general category Mn. */
  NONSPACING_MARK {
    @Override
    boolean has(int codePoint) {
      return OlderUnicode.NONSPACING_MARK.has(codePoint, Character.getType(codePoint) == Character.NON_SPACING_MARK);
    }
  },
  /** The general categories M. */
  MARK {
    @Override
    boolean has(int codePoint) {
      return OlderUnicode.MARK.has(codePoint, switch (Character.getType(codePoint)) {
        case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
        default -> false;
      });
    }
  };

  private static final Pattern WORD_CHARACTER = Pattern.compile("\\w", Pattern.UNICODE_CHARACTER_CLASS);

  /** Whether a code point has the property. */
  abstract boolean has(int codePoint);
}
