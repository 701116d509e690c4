package crema.tensor.cpu;

import java.util.ArrayDeque;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Arrays that are used again, because the JVM zeroes every new one and its collectors treat large ones badly. A training
 * step asks for the same sizes as the step before, so after the first step nothing is allocated.
 *
 * @param <A> the type of array
 */
final class ArrayPool<A> {
  /** A free array may be used for a request of at least this fraction of its size. */
  private static final double TIGHTNESS = 0.75;

  private final IntFunction<A> allocator;
  private final TreeMap<Integer, ArrayDeque<A>> free = new TreeMap<>();

  ArrayPool(IntFunction<A> allocator) {
    this.allocator = allocator;
  }

  /** An array of at least the given length, with any contents. */
  synchronized A take(int length) {
    var candidate = free.ceilingEntry(length);
    if (candidate != null && length >= candidate.getKey() * TIGHTNESS) {
      A array = candidate.getValue().pop();
      if (candidate.getValue().isEmpty()) {
        free.remove(candidate.getKey());
      }
      return array;
    }
    return allocator.apply(length);
  }

  /** Takes an array back. */
  synchronized void give(A array, int length) {
    free.computeIfAbsent(length, unused -> new ArrayDeque<>()).push(array);
  }

  /** Leaves all free arrays to the garbage collector. */
  synchronized void clear() {
    free.clear();
  }
}
