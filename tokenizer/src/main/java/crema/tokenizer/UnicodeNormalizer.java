package crema.tokenizer;

import java.nio.CharBuffer;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;

/** One of Unicode's normalization forms (UAX #15). */
record UnicodeNormalizer(Form form) implements crema.tokenizer.Normalizer {
  @Override
  public void normalize(AlignedText text) {
    var chars = text.chars();
    var length = text.length();
    if (isUnchanged(text)) {
      return;
    }
    text.begin();
    for (int start = 0; start < length;) {
      var end = start;
      while (end < length && !OlderUnicode.isInert(Character.codePointAt(chars, end, length))) {
        end = CharacterClass.after(chars, end);
      }
      normalizeStretch(text, start, end);
      if (end < length) {
        start = CharacterClass.after(chars, end);
        text.keep(end, start);
      } else {
        start = end;
      }
    }
    text.end();
  }

  /** Normalizes a stretch that has no inert character. */
  private void normalizeStretch(AlignedText text, int from, int to) {
    var chars = text.chars();
    if (!text.isAligned()) {
      text.putAll(Normalizer.normalize(CharBuffer.wrap(chars, from, to - from), form), 0);
      return;
    }
    for (int start = from; start < to;) {
      var end = CharacterClass.after(chars, start);
      while (end < to && joins(chars, end, to)) {
        end = CharacterClass.after(chars, end);
      }
      normalizeRun(text, start, end);
      start = end;
    }
  }

  private boolean isUnchanged(AlignedText text) {
    // Below these, no character decomposes and none is combining.
    var limit = switch (form) {
      case NFC -> '\u0300';
      case NFD -> '\u00C0';
      case NFKC, NFKD -> '\u00A0';
    };
    var chars = text.chars();
    for (int i = 0; i < text.length(); i++) {
      if (chars[i] >= limit) {
        return Normalizer.isNormalized(CharBuffer.wrap(chars, 0, text.length()), form) && !hasInert(text, i);
      }
    }
    return true;
  }

  private static boolean hasInert(AlignedText text, int from) {
    var chars = text.chars();
    for (int i = from; i < text.length(); i = CharacterClass.after(chars, i)) {
      if (OlderUnicode.isInert(Character.codePointAt(chars, i, text.length()))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the character at {@code index} may be reordered or composed with one before it. */
  private static boolean joins(char[] chars, int index, int length) {
    var c = Character.codePointAt(chars, index, length);
    return CharacterProperty.MARK.has(c) || c >= 0x1160 && c <= 0x11FF || c >= 0xD7B0 && c <= 0xD7FB
        || c == 0xFF9E || c == 0xFF9F || c >= 0xFFA0 && c <= 0xFFDC;
  }

  /**
   * Normalizes a run that nothing around it influences. Characters take the stretches of the run's characters in order,
   * each those of as many as were composed into it; those that a decomposition added take the one before theirs.
   */
  private void normalizeRun(AlignedText text, int from, int to) {
    var chars = text.chars();
    var given = new String(chars, from, to - from);
    var result = Normalizer.normalize(given, form);
    if (result.equals(given)) {
      text.keep(from, to);
      return;
    }
    var decomposing = form == Form.NFC || form == Form.NFD ? Form.NFD : Form.NFKD;
    // The decomposed characters in the run's order, and whether each was added by a decomposition.
    var parts = new ArrayList<Part>();
    given.codePoints().forEach(c -> {
      var first = new boolean[] {true};
      Normalizer.normalize(Character.toString(c), decomposing).codePoints().forEach(d -> {
        parts.add(new Part(d, first[0] ? 0 : 1));
        first[0] = false;
      });
    });
    var source = new Object() {
      int next = from;
    };
    result.codePoints().forEach(c -> {
      int change = 1;
      for (var d : Normalizer.normalize(Character.toString(c), Form.NFD).codePoints().toArray()) {
        change += takeChange(parts, d) - 1;
      }
      if (change > 0) {
        text.putCodePoint(c, source.next > from ? source.next - 1 : from == 0 ? AlignedText.NO_SOURCE : from - 1);
      } else {
        text.putCodePoint(c, Math.min(source.next, to - 1));
        for (int consumed = 0; consumed <= -change && source.next < to; consumed++) {
          source.next = CharacterClass.after(chars, source.next);
        }
      }
    });
  }

  /** Takes the first part of a code point and returns its change. */
  private static int takeChange(ArrayList<Part> parts, int codePoint) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).codePoint == codePoint) {
        return parts.remove(i).change;
      }
    }
    return 0;
  }

  private record Part(int codePoint, int change) {}
}
