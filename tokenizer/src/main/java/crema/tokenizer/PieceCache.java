package crema.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the tokens of recent pieces; bounded, without locks, shared by all threads.
 *
 * <p>A two-way set-associative table: a piece has two slots, the newer entry takes the first and the one before it
 * moves to the second. Threads race on the slots with plain reads and writes. That is safe because an entry is
 * immutable (a reader sees a whole entry or another whole entry) and checks its key; a lost write only costs time.
 */
final class PieceCache {
  /** Longer pieces are rare and rarely come again. */
  static final int MAX_PIECE_LENGTH = 48;

  private static final int SET_BITS = 15;

  /** The ids of a piece; arrays are never written to after construction. */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(char[] piece, int[] ids) {
    boolean is(char[] text, int from, int to) {
      return Arrays.equals(piece, 0, piece.length, text, from, to);
    }
  }

  private final @Nullable Entry[] entries = new Entry[2 << SET_BITS];

  /** Returns the number of the set that a piece belongs to. */
  static int set(char[] text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text[i];
    }
    return hash * 0x9E3779B1 >>> 32 - SET_BITS;
  }

  /** Returns the entry of a piece in its set, or null. */
  @Nullable
  Entry find(int set, char[] text, int from, int to) {
    var newer = entries[2 * set];
    if (newer != null && newer.is(text, from, to)) {
      return newer;
    }
    var older = entries[2 * set + 1];
    return older != null && older.is(text, from, to) ? older : null;
  }

  void put(int set, Entry entry) {
    entries[2 * set + 1] = entries[2 * set];
    entries[2 * set] = entry;
  }
}
