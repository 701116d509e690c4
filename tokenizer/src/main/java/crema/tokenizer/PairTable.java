package crema.tokenizer;

import java.util.Arrays;

/**
 * Pairs of adjacent tokens in a corpus: how often each occurs and in which words. Or the changes to that, with
 * counts that may be negative. Pairs are numbered from 0 in the order in which they came.
 */
final class PairTable {
  private static final int FREE = -1;
  private static final int[] NO_WORDS = {};

  private long[] pairs = new long[256];
  private long[] counts = new long[256];
  /** The words of a pair, perhaps some twice and some in which it no longer occurs. */
  private int[][] words = new int[256][];
  private int[] wordCounts = new int[256];
  private int size;
  /** An open-addressing table of pair numbers, at most half full. */
  private int[] table = emptyTable(512);

  /** Returns {@code left, right} as one number; these are ordered as the pairs are. */
  static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  static int left(long pair) {
    return (int) (pair >>> 32);
  }

  static int right(long pair) {
    return (int) pair;
  }

  int size() {
    return size;
  }

  long pair(int index) {
    return pairs[index];
  }

  long count(int index) {
    return counts[index];
  }

  void setCount(int index, long count) {
    counts[index] = count;
  }

  /** Returns the number of a pair, new if it was not there. */
  int index(long pair) {
    var slot = slot(table, pair);
    while (table[slot] != FREE) {
      if (pairs[table[slot]] == pair) {
        return table[slot];
      }
      slot = slot + 1 & table.length - 1;
    }
    table[slot] = size;
    append(pair);
    return size - 1;
  }

  /** Adds {@code count} occurrences of a pair in a word. */
  void add(long pair, long count, int word) {
    var index = index(pair);
    counts[index] += count;
    var known = wordCounts[index];
    if (known == 0 || words[index][known - 1] != word) {
      reserveWords(index, 1);
      words[index][wordCounts[index]++] = word;
    }
  }

  /** Takes {@code count} occurrences of a pair away; its words stay noted. */
  void remove(long pair, long count) {
    // Not in one statement: a new pair may replace the array, whose reference would have been taken before.
    var index = index(pair);
    counts[index] -= count;
  }

  /** Adds what {@code other} holds. */
  void addAll(PairTable other) {
    for (int theirs = 0; theirs < other.size; theirs++) {
      var ours = index(other.pairs[theirs]);
      counts[ours] += other.counts[theirs];
      var added = other.wordCounts[theirs];
      reserveWords(ours, added);
      System.arraycopy(other.words[theirs], 0, words[ours], wordCounts[ours], added);
      wordCounts[ours] += added;
    }
  }

  /** Returns the words of a pair in ascending order, each once, and forgets them. */
  int[] takeWords(int index) {
    var taken = words[index];
    Arrays.sort(taken, 0, wordCounts[index]);
    int distinct = 0;
    for (int i = 0; i < wordCounts[index]; i++) {
      if (distinct == 0 || taken[distinct - 1] != taken[i]) {
        taken[distinct++] = taken[i];
      }
    }
    words[index] = NO_WORDS;
    wordCounts[index] = 0;
    return Arrays.copyOf(taken, distinct);
  }

  private void reserveWords(int index, int count) {
    var needed = Math.addExact(wordCounts[index], count);
    if (needed > words[index].length) {
      words[index] = Arrays.copyOf(words[index], Math.max(needed, wordCounts[index] + (wordCounts[index] >> 1) + 2));
    }
  }

  private void append(long pair) {
    if (size == pairs.length) {
      var capacity = Math.multiplyExact(size, 2);
      pairs = Arrays.copyOf(pairs, capacity);
      counts = Arrays.copyOf(counts, capacity);
      words = Arrays.copyOf(words, capacity);
      wordCounts = Arrays.copyOf(wordCounts, capacity);
    }
    pairs[size] = pair;
    counts[size] = 0;
    words[size] = NO_WORDS;
    wordCounts[size] = 0;
    size++;
    if (2 * size > table.length) {
      table = emptyTable(Math.multiplyExact(table.length, 2));
      for (int index = 0; index < size; index++) {
        var slot = slot(table, pairs[index]);
        while (table[slot] != FREE) {
          slot = slot + 1 & table.length - 1;
        }
        table[slot] = index;
      }
    }
  }

  private static int slot(int[] table, long pair) {
    return (int) (pair * 0x9E3779B97F4A7C15L >>> 32) & table.length - 1;
  }

  private static int[] emptyTable(int length) {
    var table = new int[length];
    Arrays.fill(table, FREE);
    return table;
  }
}
