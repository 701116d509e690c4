package crema.tokenizer;

import java.util.List;

/** Rewrites a text before it is cut into pieces. */
sealed interface Normalizer permits BertNormalizer, CharsMapNormalizer, Normalizer.ByteLevel, Normalizer.Lowercase,
    Normalizer.Nmt, Normalizer.Prepend, Normalizer.Replace, Normalizer.Sequence, Normalizer.Strip,
    Normalizer.StripAccents, UnicodeNormalizer {

  /** Rewrites a text. */
  void normalize(AlignedText text);

  /** Returns the normalized form of a text whose surrogates are paired. */
  default String normalize(String text) {
    var aligned = new AlignedText();
    aligned.set(text.toCharArray(), 0, text.length(), false);
    normalize(aligned);
    return aligned.toString();
  }

  /**
   * Lower case, character by character: unlike {@link String#toLowerCase()} it does not look at a capital sigma's
   * neighbours, as Hugging Face's does not.
   */
  record Lowercase() implements Normalizer {
    /** The one character whose lower case is two, whatever the language. */
    private static final int CAPITAL_I_WITH_DOT = 0x130;
    private static final char DOT_ABOVE = '\u0307';

    @Override
    public void normalize(AlignedText text) {
      var chars = text.chars();
      var length = text.length();
      for (int i = 0; i < length; i++) {
        var c = chars[i];
        if (c < 0x80) {
          chars[i] = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
        } else {
          rest(text, i);
          return;
        }
      }
    }

    /** Returns a string in lower case. */
    static String of(String text) {
      var lower = new StringBuilder(text.length());
      text.codePoints().forEach(c -> {
        if (c == CAPITAL_I_WITH_DOT) {
          lower.append('i').append(DOT_ABOVE);
        } else {
          lower.appendCodePoint(Character.toLowerCase(c));
        }
      });
      return lower.toString();
    }

    private static void rest(AlignedText text, int from) {
      var chars = text.chars();
      var length = text.length();
      text.begin();
      text.keep(0, from);
      for (int i = from; i < length; i = CharacterClass.after(chars, i)) {
        var c = Character.codePointAt(chars, i, length);
        if (c == CAPITAL_I_WITH_DOT) {
          text.put('i', i);
          text.put(DOT_ABOVE, i);
        } else {
          text.putCodePoint(Character.toLowerCase(c), i);
        }
      }
      text.end();
    }
  }

  /** Removes white space from the ends of the text. */
  record Strip(boolean left, boolean right) implements Normalizer {
    @Override
    public void normalize(AlignedText text) {
      var chars = text.chars();
      int start = 0;
      var end = text.length();
      while (left && start < end && CharacterClass.isWhiteSpace(chars[start])) {
        start++;
      }
      while (right && start < end && CharacterClass.isWhiteSpace(chars[end - 1])) {
        end--;
      }
      if (end - start < text.length()) {
        text.begin();
        text.keep(start, end);
        text.end();
      }
    }
  }

  /** Removes the marks of a text; decomposing it is another normalizer's work. */
  record StripAccents() implements Normalizer {
    @Override
    public void normalize(AlignedText text) {
      var chars = text.chars();
      var length = text.length();
      text.begin();
      for (int i = 0; i < length;) {
        var next = CharacterClass.after(chars, i);
        if (chars[i] < 0x300 || !CharacterProperty.MARK.has(Character.codePointAt(chars, i, length))) {
          text.keep(i, next);
        }
        i = next;
      }
      text.end();
    }
  }

  /**
   * What the Neural Machine Translation models of SentencePiece do: removes controls and turns exotic white space into
   * spaces.
   */
  record Nmt() implements Normalizer {
    @Override
    public void normalize(AlignedText text) {
      var chars = text.chars();
      var length = text.length();
      text.begin();
      for (int i = 0; i < length; i++) {
        var c = chars[i];
        var removed = c >= 0x01 && c <= 0x08 || c == 0x0B || c >= 0x0E && c <= 0x1F || c == 0x7F || c == 0x8F
            || c == 0x9F;
        if (!removed) {
          text.put(isSpace(c) ? ' ' : c, i);
        }
      }
      text.end();
    }

    private static boolean isSpace(char c) {
      return switch (c) {
        case '\t', '\n', '\f', '\r', '\u1680', '\u200B', '\u200C', '\u200D', '\u200E', '\u200F', '\u2028', '\u2029',
            '\u2581', '\uFEFF', '\uFFFD' -> true;
        default -> false;
      };
    }
  }

  /** Replaces what a pattern matches. */
  record Replace(PatternScanner pattern, String replacement) implements Normalizer {
    @Override
    public void normalize(AlignedText text) {
      var matches = new Pieces();
      pattern.scan(text.chars(), 0, text.length(), matches);
      if (matches.size() == 0) {
        return;
      }
      text.begin();
      int end = 0;
      for (int i = 0; i < matches.size(); i++) {
        text.keep(end, matches.start(i));
        end = matches.end(i);
        text.putAll(replacement, end - 1);
      }
      text.keep(end, text.length());
      text.end();
    }
  }

  /** Puts a string before a text that is not empty. */
  record Prepend(String prefix) implements Normalizer {
    @Override
    public void normalize(AlignedText text) {
      if (text.length() > 0) {
        text.begin();
        text.putAll(prefix, 0);
        text.keep(0, text.length());
        text.end();
      }
    }
  }

  /** Spells the UTF-8 of a text in the byte alphabet. */
  record ByteLevel() implements Normalizer {
    @Override
    public void normalize(AlignedText text) {
      text.begin();
      ByteAlphabet.spell(text, 0, text.length());
      text.end();
    }
  }

  /** Applies several, one after the other; none leaves the text as it is. */
  record Sequence(List<Normalizer> steps) implements Normalizer {
    public Sequence {
      steps = List.copyOf(steps);
    }

    @Override
    public void normalize(AlignedText text) {
      for (var step : steps) {
        step.normalize(text);
      }
    }
  }
}
