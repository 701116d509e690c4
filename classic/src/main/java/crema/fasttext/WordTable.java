package crema.fasttext;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Byte strings numbered 0, 1, 2, ... in the order they were added, found by their {@link Fnv} hash. */
final class WordTable {
  private static final int LONGEST_POOL = Integer.MAX_VALUE - 8;

  private byte[] pool = new byte[256];
  private int[] starts = new int[17];
  private int[] hashes = new int[16];
  private int[] slots = new int[32];
  private int size;

  WordTable() {
    Arrays.fill(slots, -1);
  }

  int size() {
    return size;
  }

  /** The number of the word, or -1. */
  int find(byte[] bytes, int from, int to, int hash) {
    return slots[slot(bytes, from, to, hash)];
  }

  int find(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    return find(bytes, 0, bytes.length, Fnv.hash(bytes, 0, bytes.length));
  }

  /** The number of the word, which is added if it is new. */
  int intern(byte[] bytes, int from, int to, int hash) {
    int slot = slot(bytes, from, to, hash);
    if (slots[slot] >= 0) {
      return slots[slot];
    }
    int length = to - from;
    if (length > LONGEST_POOL - starts[size]) {
      throw new IllegalArgumentException("the distinct words take more than 2 GiB; raise minCount or clean the text");
    }
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
      starts = Arrays.copyOf(starts, 2 * size + 1);
    }
    int end = starts[size] + length;
    if (end > pool.length) {
      pool = Arrays.copyOf(pool, (int) Math.min(Math.max(2L * pool.length, end), LONGEST_POOL));
    }
    System.arraycopy(bytes, from, pool, starts[size], length);
    hashes[size] = hash;
    starts[size + 1] = end;
    slots[slot] = size++;
    if (2 * size > slots.length) {
      rehash();
    }
    return size - 1;
  }

  private int slot(byte[] bytes, int from, int to, int hash) {
    int mask = slots.length - 1;
    int slot = spread(hash) & mask;
    while (slots[slot] >= 0 && !matches(slots[slot], bytes, from, to, hash)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private boolean matches(int id, byte[] bytes, int from, int to, int hash) {
    return hashes[id] == hash && Arrays.equals(pool, starts[id], starts[id + 1], bytes, from, to);
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    Arrays.fill(slots, -1);
    int mask = slots.length - 1;
    for (int id = 0; id < size; id++) {
      int slot = spread(hashes[id]) & mask;
      while (slots[slot] >= 0) {
        slot = slot + 1 & mask;
      }
      slots[slot] = id;
    }
  }

  private static int spread(int hash) {
    return hash ^ hash >>> 15;
  }

  int hash(int id) {
    return hashes[id];
  }

  /** The bytes of all words, one after the other. */
  byte[] pool() {
    return pool;
  }

  int start(int id) {
    return starts[id];
  }

  int end(int id) {
    return starts[id + 1];
  }

  String string(int id) {
    return new String(pool, starts[id], starts[id + 1] - starts[id], StandardCharsets.UTF_8);
  }
}
