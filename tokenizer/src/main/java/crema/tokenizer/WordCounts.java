package crema.tokenizer;

import java.util.Arrays;

/** Counts the distinct words (pieces) of a corpus. Its memory grows with the distinct words, not with the corpus. */
final class WordCounts {
  private static final int FREE = -1;

  /** The characters of all words, one after the other. */
  private char[] characters = new char[1 << 12];
  /** Word {@code w} is {@code characters[starts[w], starts[w + 1])}. */
  private int[] starts = new int[1 << 9];
  private int[] hashes = new int[1 << 9];
  private long[] counts = new long[1 << 9];
  private int size;
  /** An open-addressing table of word numbers, at most half full. */
  private int[] table = emptyTable(1 << 10);

  int size() {
    return size;
  }

  long count(int word) {
    return counts[word];
  }

  int length(int word) {
    return starts[word + 1] - starts[word];
  }

  /** Returns the character of a word that begins at a char. */
  int codePoint(int word, int at) {
    return Character.codePointAt(characters, starts[word] + at, starts[word + 1]);
  }

  /** Copies the chars of a word to {@code target} from {@code at} on. */
  void copy(int word, char[] target, int at) {
    System.arraycopy(characters, starts[word], target, at, length(word));
  }

  /** Writes the UTF-8 of a word to {@code out} and returns its length. */
  int utf8(int word, byte[] out) {
    return Utf8.encode(characters, starts[word], starts[word + 1], out);
  }

  /** Counts {@code text[from, to)} {@code count} times more. */
  void add(char[] text, int from, int to, long count) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text[i];
    }
    var slot = slot(table, hash);
    while (table[slot] != FREE) {
      var word = table[slot];
      if (hashes[word] == hash && Arrays.equals(characters, starts[word], starts[word + 1], text, from, to)) {
        counts[word] += count;
        return;
      }
      slot = slot + 1 & table.length - 1;
    }
    table[slot] = size;
    append(text, from, to, hash, count);
  }

  /** Adds the counts of {@code other}. */
  void addAll(WordCounts other) {
    for (int word = 0; word < other.size; word++) {
      add(other.characters, other.starts[word], other.starts[word + 1], other.counts[word]);
    }
  }

  private void append(char[] text, int from, int to, int hash, long count) {
    var start = starts[size];
    var end = Math.addExact(start, to - from);
    if (end > characters.length) {
      characters = Arrays.copyOf(characters, grown(characters.length, end));
    }
    System.arraycopy(text, from, characters, start, to - from);
    if (size + 1 == starts.length) {
      var capacity = grown(starts.length, size + 2);
      starts = Arrays.copyOf(starts, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
    hashes[size] = hash;
    counts[size] = count;
    starts[++size] = end;
    if (2 * size > table.length) {
      rehash();
    }
  }

  private void rehash() {
    table = emptyTable(Math.multiplyExact(table.length, 2));
    for (int word = 0; word < size; word++) {
      var slot = slot(table, hashes[word]);
      while (table[slot] != FREE) {
        slot = slot + 1 & table.length - 1;
      }
      table[slot] = word;
    }
  }

  private static int slot(int[] table, int hash) {
    return (hash * 0x9E3779B1 ^ hash >>> 15) & table.length - 1;
  }

  private static int[] emptyTable(int length) {
    var table = new int[length];
    Arrays.fill(table, FREE);
    return table;
  }

  /** Returns a capacity of at least {@code needed}, doubling where the array's index allows it. */
  private static int grown(int capacity, int needed) {
    return (int) Math.max(needed, Math.min(2L * capacity, Integer.MAX_VALUE - 8));
  }
}
