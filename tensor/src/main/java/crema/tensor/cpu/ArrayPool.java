package crema.tensor.cpu;

import java.util.ArrayDeque;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again, because the JVM zeroes every new one and its collectors treat large ones badly.
 *
 * <p>Lengths are rounded up to one of {@value #CLASSES} between two powers of two, so that steps of about the same
 * number of tokens share arrays. What is kept is bounded: used and idle arrays together never exceed the most that was
 * ever used at a time by more than a quarter; the lengths that nobody asked for longest go first.
 *
 * @param <A> the type of array
 */
final class ArrayPool<A> {
  private static final int CLASSES = 16;
  private static final int LONGEST = Integer.MAX_VALUE - 8;
  /** An idle array serves a request of at least this fraction of its length. */
  private static final double TIGHTNESS = 0.8;
  /** How much more than the most ever used may be kept, and elements that are kept in any case. */
  private static final double SURPLUS = 1.25;
  private static final long ALWAYS_KEPT = 1 << 20;

  private final IntFunction<A> allocator;
  private final ToIntFunction<A> lengthOf;
  private final TreeMap<Integer, Shelf<A>> shelves = new TreeMap<>();
  private long usedElements;
  private long mostUsedElements;
  private long idleElements;
  private long requests;

  /** The idle arrays of one length. */
  private static final class Shelf<A> {
    final int length;
    final ArrayDeque<A> arrays = new ArrayDeque<>();
    long lastUse;

    Shelf(int length) {
      this.length = length;
    }
  }

  ArrayPool(IntFunction<A> allocator, ToIntFunction<A> lengthOf) {
    this.allocator = allocator;
    this.lengthOf = lengthOf;
  }

  /** An array of at least the given length, with any contents. */
  synchronized A take(int least) {
    requests++;
    int length = roundUp(least);
    A array = takeIdle(length);
    usedElements += array == null ? length : lengthOf.applyAsInt(array);
    mostUsedElements = Math.max(mostUsedElements, usedElements);
    if (array == null) {
      dropIdle();
      array = allocator.apply(length);
    }
    return array;
  }

  private static int roundUp(int least) {
    int step = Math.max(1, Integer.highestOneBit(least) / CLASSES);
    return (int) Math.min(LONGEST, ((long) least + step - 1) / step * step);
  }

  private @Nullable A takeIdle(int length) {
    Integer key = shelves.ceilingKey(length);
    while (key != null && length >= key * TIGHTNESS) {
      Shelf<A> shelf = shelves.get(key);
      if (shelf != null && !shelf.arrays.isEmpty()) {
        shelf.lastUse = requests;
        idleElements -= key;
        return shelf.arrays.pop();
      }
      key = shelves.higherKey(key);
    }
    return null;
  }

  private void dropIdle() {
    long bound = (long) (mostUsedElements * SURPLUS) + ALWAYS_KEPT;
    while (idleElements > 0 && usedElements + idleElements > bound) {
      Shelf<A> oldest = null;
      for (Shelf<A> shelf : shelves.values()) {
        if (!shelf.arrays.isEmpty() && (oldest == null || shelf.lastUse < oldest.lastUse)) {
          oldest = shelf;
        }
      }
      if (oldest == null) {
        return;
      }
      oldest.arrays.poll();
      idleElements -= oldest.length;
      if (oldest.arrays.isEmpty()) {
        shelves.remove(oldest.length);
      }
    }
  }

  /** Takes an array back. */
  synchronized void give(A array) {
    int length = lengthOf.applyAsInt(array);
    shelves.computeIfAbsent(length, Shelf::new).arrays.push(array);
    usedElements -= length;
    idleElements += length;
  }

  /** The elements of all arrays, used and idle. */
  synchronized long elements() {
    return usedElements + idleElements;
  }

  /** Leaves all idle arrays to the garbage collector. */
  synchronized void clear() {
    shelves.clear();
    idleElements = 0;
  }
}
