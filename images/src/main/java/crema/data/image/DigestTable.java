package crema.data.image;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Numbers by the first 16 bytes of SHA-256 digests, in arrays without an object for each. Digests are spread evenly, so
 * their own bits say where they stand. Safe to use from several threads.
 */
final class DigestTable {
  /** No number. */
  static final int NONE = -1;
  /** How much of a digest counts, in bytes. */
  static final int KEY = 16;

  private long[] keys = new long[2 * 1024];
  private int[] numbers = empty(1024);
  private int size;

  private static int[] empty(int capacity) {
    var numbers = new int[capacity];
    Arrays.fill(numbers, NONE);
    return numbers;
  }

  /** The number of a digest; {@link #NONE} if there is none. */
  synchronized int get(byte[] digest) {
    ByteBuffer key = ByteBuffer.wrap(digest);
    return numbers[place(key.getLong(), key.getLong())];
  }

  /** Sets the number of a digest, which is not negative. */
  synchronized void put(byte[] digest, int number) {
    if (size * 2 >= numbers.length) {
      grow();
    }
    ByteBuffer key = ByteBuffer.wrap(digest);
    long high = key.getLong();
    long low = key.getLong();
    int place = place(high, low);
    if (numbers[place] == NONE) {
      size++;
    }
    keys[2 * place] = high;
    keys[2 * place + 1] = low;
    numbers[place] = number;
  }

  private int place(long high, long low) {
    int place = (int) high & numbers.length - 1;
    while (numbers[place] != NONE && (keys[2 * place] != high || keys[2 * place + 1] != low)) {
      place = place + 1 & numbers.length - 1;
    }
    return place;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldNumbers = numbers;
    keys = new long[oldKeys.length * 2];
    numbers = empty(oldNumbers.length * 2);
    for (int i = 0; i < oldNumbers.length; i++) {
      if (oldNumbers[i] != NONE) {
        int place = place(oldKeys[2 * i], oldKeys[2 * i + 1]);
        keys[2 * place] = oldKeys[2 * i];
        keys[2 * place + 1] = oldKeys[2 * i + 1];
        numbers[place] = oldNumbers[i];
      }
    }
  }
}
