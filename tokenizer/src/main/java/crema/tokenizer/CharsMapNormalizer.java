package crema.tokenizer;

import java.text.BreakIterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Replaces by the rules of SentencePiece's normalizer.
 *
 * @param matching which rule is taken where several match
 */
record CharsMapNormalizer(CharsMap map, Matching matching) implements Normalizer {
  /** Which rule is taken where several match. */
  enum Matching {
    /**
     * As the {@code Precompiled} normalizer of Hugging Face's library: a grapheme of fewer than six bytes as a whole is
     * replaced by the rule of its shortest prefix; others code point by code point.
     */
    GRAPHEMES,
    /** As SentencePiece: the longest prefix of what is left of the text. */
    LONGEST_PREFIX
  }

  /** The key of a {@code Precompiled} normalizer that says that it matches as SentencePiece; others do not know it. */
  static final String LONGEST_PREFIX_KEY = "longest_prefix";

  /** A grapheme of more bytes is not looked up as a whole. */
  private static final int MAX_GRAPHEME_BYTES = 5;
  /** No rule is longer in any known map. */
  private static final int MAX_RULE_CHARS = 64;

  @Override
  public void normalize(AlignedText text) {
    if (matching == Matching.GRAPHEMES) {
      normalizeGraphemes(text);
    } else {
      normalizePrefixes(text);
    }
  }

  private void normalizeGraphemes(AlignedText text) {
    var chars = text.chars();
    var length = text.length();
    var bytes = new byte[MAX_GRAPHEME_BYTES * Utf8.MAX_BYTES_PER_CHAR];
    var clusters = new GraphemeClusters(chars, length);
    text.begin();
    for (int start = 0; start < length;) {
      var end = clusters.after(start);
      CharsMap.@Nullable Match whole = null;
      if (end - start <= MAX_GRAPHEME_BYTES) {
        var count = Utf8.encode(chars, start, end, bytes);
        whole = count <= MAX_GRAPHEME_BYTES ? map.shortest(bytes, 0, count) : null;
      }
      if (whole != null) {
        replace(text, start, end, whole.replacement());
      } else {
        for (int i = start; i < end;) {
          var next = CharacterClass.after(chars, i);
          var match = map.shortest(bytes, 0, Utf8.encode(chars, i, next, bytes));
          if (match != null) {
            replace(text, i, next, match.replacement());
          } else {
            text.keep(i, next);
          }
          i = next;
        }
      }
      start = end;
    }
    text.end();
  }

  private void normalizePrefixes(AlignedText text) {
    var chars = text.chars();
    var length = text.length();
    var bytes = new byte[MAX_RULE_CHARS * Utf8.MAX_BYTES_PER_CHAR];
    text.begin();
    for (int i = 0; i < length;) {
      var limit = Math.min(length, i + MAX_RULE_CHARS);
      if (limit < length && Character.isLowSurrogate(chars[limit])) {
        limit--;
      }
      var match = map.longest(bytes, 0, Utf8.encode(chars, i, limit, bytes));
      if (match == null) {
        var next = CharacterClass.after(chars, i);
        text.keep(i, next);
        i = next;
      } else {
        var end = i;
        for (int count = 0; count < match.bytes(); end = CharacterClass.after(chars, end)) {
          count += Utf8.length(chars, end);
        }
        replace(text, i, end, match.replacement());
        i = end;
      }
    }
    text.end();
  }

  /** Replaces {@code [from, to)}; the replacement's characters stand for those replaced in order. */
  private static void replace(AlignedText text, int from, int to, String replacement) {
    var source = from;
    for (int i = 0; i < replacement.length();) {
      var next = i + Character.charCount(replacement.codePointAt(i));
      text.putAll(replacement.substring(i, next), source);
      i = next;
      var after = CharacterClass.after(text.chars(), source);
      if (after < to) {
        source = after;
      }
    }
  }

  /** The extended grapheme clusters of a text. */
  private static final class GraphemeClusters {
    private final char[] chars;
    private final int length;
    private @Nullable BreakIterator breaks;

    GraphemeClusters(char[] chars, int length) {
      this.chars = chars;
      this.length = length;
    }

    /** Returns the end of the cluster that starts at {@code start}. */
    int after(int start) {
      var next = CharacterClass.after(chars, start);
      // Below U+0300 only CR LF joins.
      if (next == length || chars[start] < 0x300 && chars[next] < 0x300 && chars[start] != '\r') {
        return next;
      }
      if (breaks == null) {
        breaks = BreakIterator.getCharacterInstance(Locale.ROOT);
        breaks.setText(withoutUnassigned());
      }
      return breaks.following(start);
    }

    /** Returns the text with letters for unassigned characters, after which the JDK, unlike UAX #29, always breaks. */
    private String withoutUnassigned() {
      var text = new StringBuilder(length);
      for (int i = 0; i < length; i = CharacterClass.after(chars, i)) {
        var c = Character.codePointAt(chars, i, length);
        var ignorable = c == 0x2065 || c >= 0xFFF0 && c <= 0xFFF8 || c >= 0xE0000 && c <= 0xE0FFF;
        text.appendCodePoint(
            Character.getType(c) != Character.UNASSIGNED || ignorable ? c : c < 0x10000 ? 'x' : 0x10000);
      }
      return text.toString();
    }
  }
}
