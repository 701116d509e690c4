package crema.tokenizer;

import java.util.Arrays;

/**
 * A text on its way to the model, and for each of its chars the stretch of the original text that it stands for, if that
 * was asked for. It is rewritten as a whole: {@link #begin}, then the new chars in order, then {@link #end}.
 *
 * <p>A char that replaces others has the stretch of the first of them, one that is put in has that of the char before
 * it, as in Hugging Face's library. Both halves of a surrogate pair have the pair's.
 */
final class AlignedText {
  /** The source of a char that stands for nothing: the empty stretch where the text begins. */
  static final int NO_SOURCE = -1;

  private char[] chars = new char[256];
  private int[] starts = {};
  private int[] ends = {};
  private int length;

  private char[] newChars = new char[256];
  private int[] newStarts = {};
  private int[] newEnds = {};
  private int newLength;

  private boolean aligned;
  private int origin;

  char[] chars() {
    return chars;
  }

  int length() {
    return length;
  }

  /** Whether the text knows what its chars stand for. */
  boolean isAligned() {
    return aligned;
  }

  /** Returns where the stretch of the char at {@code index} starts in the original text. */
  int start(int index) {
    return starts[index];
  }

  /** Returns where the stretch of the char at {@code index} ends in the original text. */
  int end(int index) {
    return ends[index];
  }

  /** Makes this the text {@code source[from, to)}, whose indices are those of the original. */
  void set(char[] source, int from, int to, boolean withAlignment) {
    aligned = withAlignment;
    origin = from;
    length = to - from;
    reserve(length);
    System.arraycopy(source, from, chars, 0, length);
    if (aligned) {
      for (int i = 0; i < length;) {
        var next = CharacterClass.after(chars, i);
        for (int half = i; half < next; half++) {
          starts[half] = from + i;
          ends[half] = from + next;
        }
        i = next;
      }
    }
  }

  /** Makes this the text {@code other[from, to)}. */
  void set(AlignedText other, int from, int to) {
    aligned = other.aligned;
    length = to - from;
    reserve(length);
    System.arraycopy(other.chars, from, chars, 0, length);
    if (aligned) {
      System.arraycopy(other.starts, from, starts, 0, length);
      System.arraycopy(other.ends, from, ends, 0, length);
      origin = length > 0 ? starts[0] : other.origin;
    }
  }

  /** Starts to rewrite the text; what there is stays as it is until {@link #end}. */
  void begin() {
    newLength = 0;
  }

  /** Returns how many chars there are since {@link #begin}. */
  int written() {
    return newLength;
  }

  /** Appends a char that stands for what the present char at {@code source} stands for. */
  void put(char c, int source) {
    if (newLength == newChars.length) {
      growNew(newLength + 1);
    }
    newChars[newLength] = c;
    if (aligned) {
      align(source);
    }
    newLength++;
  }

  /** Appends a code point that stands for what the present char at {@code source} stands for. */
  void putCodePoint(int codePoint, int source) {
    if (codePoint < 0x10000) {
      put((char) codePoint, source);
    } else {
      put(Character.highSurrogate(codePoint), source);
      put(Character.lowSurrogate(codePoint), source);
    }
  }

  /** Appends a string, all of which stands for what the present char at {@code source} stands for. */
  void putAll(CharSequence string, int source) {
    for (int i = 0; i < string.length(); i++) {
      put(string.charAt(i), source);
    }
  }

  /** Appends the present chars {@code [from, to)} with what they stand for. */
  void keep(int from, int to) {
    var count = to - from;
    if (newChars.length - newLength < count) {
      growNew(Math.addExact(newLength, count));
    }
    System.arraycopy(chars, from, newChars, newLength, count);
    if (aligned) {
      if (newStarts.length < newChars.length) {
        growNewAlignment();
      }
      System.arraycopy(starts, from, newStarts, newLength, count);
      System.arraycopy(ends, from, newEnds, newLength, count);
    }
    newLength += count;
  }

  /** Replaces the text by what was written since {@link #begin}. */
  void end() {
    var oldChars = chars;
    chars = newChars;
    newChars = oldChars;
    if (aligned) {
      if (newStarts.length < chars.length) {
        growNewAlignment();
      }
      var oldStarts = starts;
      var oldEnds = ends;
      starts = newStarts;
      ends = newEnds;
      newStarts = oldStarts;
      newEnds = oldEnds;
    }
    length = newLength;
  }

  @Override
  public String toString() {
    return new String(chars, 0, length);
  }

  private void align(int source) {
    if (newStarts.length < newChars.length) {
      growNewAlignment();
    }
    newStarts[newLength] = source < 0 ? origin : starts[source];
    newEnds[newLength] = source < 0 ? origin : ends[source];
  }

  private void reserve(int size) {
    if (chars.length < size) {
      chars = new char[Math.addExact(size, size >> 2)];
    }
    if (aligned && starts.length < size) {
      starts = new int[chars.length];
      ends = new int[chars.length];
    }
  }

  private void growNew(int size) {
    newChars = Arrays.copyOf(newChars, Math.addExact(size, size >> 1));
  }

  private void growNewAlignment() {
    var size = Math.max(newChars.length, chars.length);
    newStarts = Arrays.copyOf(newStarts, size);
    newEnds = Arrays.copyOf(newEnds, size);
  }
}
