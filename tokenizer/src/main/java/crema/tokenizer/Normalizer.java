package crema.tokenizer;

import java.text.Normalizer.Form;
import java.util.List;

/** Rewrites a text before it is cut into pieces. */
sealed interface Normalizer {
  /** Returns the rewritten text, or the text itself where nothing changes. */
  CharSequence normalize(CharSequence text);

  /** One of Unicode's normalization forms (UAX #15). */
  record Unicode(Form form) implements Normalizer {
    @Override
    public CharSequence normalize(CharSequence text) {
      return isUnchanged(text) ? text : java.text.Normalizer.normalize(text, form);
    }

    private boolean isUnchanged(CharSequence text) {
      // Below these, no character decomposes and none is combining.
      var limit = switch (form) {
        case NFC -> '\u0300';
        case NFD -> '\u00C0';
        case NFKC, NFKD -> '\u00A0';
      };
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) >= limit) {
          return java.text.Normalizer.isNormalized(text, form);
        }
      }
      return true;
    }
  }

  /**
   * Lower case, character by character: unlike {@link String#toLowerCase()} it does not look at a capital sigma's
   * neighbours, as Hugging Face's does not.
   */
  record Lowercase() implements Normalizer {
    /** The one character whose lower case is two, whatever the language. */
    private static final int CAPITAL_I_WITH_DOT = 0x130;

    @Override
    public CharSequence normalize(CharSequence text) {
      var lower = new StringBuilder(text.length());
      text.codePoints().forEach(c -> {
        if (c == CAPITAL_I_WITH_DOT) {
          lower.append("i\u0307");
        } else {
          lower.appendCodePoint(Character.toLowerCase(c));
        }
      });
      return lower;
    }
  }

  /** Removes white space from the ends of the text. */
  record Strip(boolean left, boolean right) implements Normalizer {
    @Override
    public CharSequence normalize(CharSequence text) {
      int start = 0;
      var end = text.length();
      while (left && start < end && CharacterClass.isWhiteSpace(text.charAt(start))) {
        start++;
      }
      while (right && start < end && CharacterClass.isWhiteSpace(text.charAt(end - 1))) {
        end--;
      }
      return text.subSequence(start, end);
    }
  }

  /** Replaces every occurrence of a plain, non-empty string. */
  record Replace(String target, String replacement) implements Normalizer {
    @Override
    public CharSequence normalize(CharSequence text) {
      return text.toString().replace(target, replacement);
    }
  }

  /** Applies several, one after the other; none leaves the text as it is. */
  record Sequence(List<Normalizer> steps) implements Normalizer {
    public Sequence {
      steps = List.copyOf(steps);
    }

    @Override
    public CharSequence normalize(CharSequence text) {
      var result = text;
      for (var step : steps) {
        result = step.normalize(result);
      }
      return result;
    }
  }
}
