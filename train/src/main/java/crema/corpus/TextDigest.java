package crema.corpus;

/**
 * A hash of 128 bits of texts in which any white space counts as one blank, and none at either end. Two multiplications a
 * word of eight bytes, each folded to 64 bits. Not for adversaries; of a hundred million different texts, two share a hash
 * with a probability of 1e-23.
 */
final class TextDigest {
  private static final long FIRST = 0xa0761d6478bd642fL;
  private static final long SECOND = 0xe7037ed1a0b428dbL;

  private byte[] folded = new byte[1 << 12];
  private long high;
  private long low;

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  /** Takes two texts in the form of {@link JsonText}; whether either has more than white space. */
  boolean of(byte[] bytes, int titleFrom, int titleTo, int descriptionFrom, int descriptionTo) {
    int needed = titleTo - titleFrom + descriptionTo - descriptionFrom + 2 * Long.BYTES;
    if (folded.length < needed) {
      folded = new byte[needed * 2];
    }
    int end = fold(bytes, titleFrom, titleTo, 0);
    boolean hasText = end > 0;
    folded[end++] = 0;
    int length = fold(bytes, descriptionFrom, descriptionTo, end);
    hasText |= length > end;
    for (int i = 0; i < Long.BYTES; i++) {
      folded[length + i] = 0;
    }
    high = FIRST ^ length;
    low = SECOND;
    for (int i = 0; i < length; i += Long.BYTES) {
      long word = ByteWords.at(folded, i);
      high = mix(high ^ word, FIRST);
      low = mix(low + word, SECOND);
    }
    high = mix(high, SECOND);
    low = mix(low, FIRST);
    return hasText;
  }

  private static long mix(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ a * b;
  }

  private int fold(byte[] bytes, int from, int to, int start) {
    byte[] out = folded;
    int end = start;
    boolean isBlank = true;
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b == '\\') {
        byte escape = bytes[++i];
        if (escape != 'n' && escape != 'r' && escape != 't') {
          out[end++] = b;
          out[end++] = escape;
          isBlank = false;
          continue;
        }
        b = ' ';
      }
      if (b != ' ') {
        out[end++] = b;
        isBlank = false;
      } else if (!isBlank) {
        out[end++] = b;
        isBlank = true;
      }
    }
    return end > start && isBlank ? end - 1 : end;
  }
}
