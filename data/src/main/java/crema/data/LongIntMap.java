package crema.data;

import java.util.Locale;

/** A map from 64-bit hashes to ints with 12 bytes an entry and no objects: open addressing with linear probing. */
final class LongIntMap {
  private static final double FULL = 0.7;

  private long[] keys = new long[16];
  /** One more than the value, so that 0 marks a free slot. */
  private int[] values = new int[16];
  private int size;

  /** The number of keys. */
  int size() {
    return size;
  }

  /** The value of a key, or -1. */
  int get(long key) {
    return values[slot(key)] - 1;
  }

  /** Sets the value of a key that has none yet; returns the value it had, or -1. Values are not negative. */
  int putIfAbsent(long key, int value) {
    int slot = slot(key);
    if (values[slot] != 0) {
      return values[slot] - 1;
    }
    keys[slot] = key;
    values[slot] = value + 1;
    if (++size > keys.length * FULL) {
      grow();
    }
    return -1;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) (key ^ (key >>> 32)) & mask;
    while (values[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    var oldKeys = keys;
    var oldValues = values;
    if (oldKeys.length == 1 << 30) {
      throw new DataException(String.format(Locale.ROOT,
          "more than %,d different values cannot be distinguished in memory", size));
    }
    keys = new long[2 * oldKeys.length];
    values = new int[2 * oldKeys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
