package crema.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of SentencePiece's normalizer: strings of bytes and what replaces them, as a Darts double array and a pool
 * of replacements. Immutable.
 *
 * <p>Source: {@code normalizer.cc} of google/sentencepiece, and {@code darts.h} of s-yata/darts-clone.
 */
final class CharsMap {
  /** A rule that matches. */
  record Match(int bytes, String replacement) {}

  private final int[] units;
  /** The replacements by where they start in the pool. */
  private final Map<Integer, String> replacements = new HashMap<>();

  private CharsMap(int[] units) {
    this.units = units;
  }

  /**
   * Reads the rules; the bytes are not trusted.
   *
   * @throws IllegalArgumentException if they are not a map; the message says why
   */
  static CharsMap of(byte[] bytes) {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 4) {
      throw new IllegalArgumentException("has " + bytes.length + " bytes, too few for the size of its trie");
    }
    var trieBytes = buffer.getInt();
    if (trieBytes < 0 || trieBytes % 4 != 0 || trieBytes > bytes.length - 4) {
      throw new IllegalArgumentException(
          "says that its trie has " + Integer.toUnsignedString(trieBytes) + " bytes of " + bytes.length);
    }
    var units = new int[trieBytes / 4];
    buffer.asIntBuffer().get(units);
    var map = new CharsMap(units);
    map.readReplacements(bytes, 4 + trieBytes);
    return map;
  }

  private void readReplacements(byte[] bytes, int pool) {
    for (var unit : units) {
      if (isLeafValue(unit)) {
        var offset = unit & Integer.MAX_VALUE;
        // Many leaves have the same replacement; that of a damaged file may be long.
        if (offset < bytes.length - pool && !replacements.containsKey(offset)
            && (offset == 0 || bytes[pool + offset - 1] == 0)) {
          var start = pool + offset;
          var end = start;
          while (end < bytes.length && bytes[end] != 0) {
            end++;
          }
          try {
            replacements.put(offset, StandardCharsets.UTF_8.newDecoder()
                .decode(ByteBuffer.wrap(bytes, start, end - start)).toString());
          } catch (CharacterCodingException _) {
            throw new IllegalArgumentException("has a replacement that is not UTF-8, at byte " + start);
          }
        }
      }
    }
  }

  private static boolean isLeafValue(int unit) {
    return unit < 0;
  }

  /** Returns the shortest rule that matches at the start of {@code bytes[from, to)}, or null. */
  @Nullable
  Match shortest(byte[] bytes, int from, int to) {
    return match(bytes, from, to, false);
  }

  /** Returns the longest rule that matches at the start of {@code bytes[from, to)}, or null. */
  @Nullable
  Match longest(byte[] bytes, int from, int to) {
    return match(bytes, from, to, true);
  }

  private @Nullable Match match(byte[] bytes, int from, int to, boolean longest) {
    @Nullable Match found = null;
    if (units.length == 0) {
      return null;
    }
    int node = offset(units[0]);
    for (int i = from; i < to; i++) {
      var label = bytes[i] & 0xFF;
      node ^= label;
      if (node < 0 || node >= units.length || (units[node] & 0x800000FF) != label) {
        break;
      }
      var unit = units[node];
      node ^= offset(unit);
      if ((unit >>> 8 & 1) == 1 && node >= 0 && node < units.length) {
        var replacement = replacements.get(units[node] & Integer.MAX_VALUE);
        if (replacement != null) {
          found = new Match(i + 1 - from, replacement);
          if (!longest) {
            return found;
          }
        }
      }
    }
    return found;
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }
}
