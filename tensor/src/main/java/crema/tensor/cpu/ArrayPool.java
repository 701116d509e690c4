package crema.tensor.cpu;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that are used again, because the JVM zeroes every new one and its collectors treat large ones badly.
 *
 * <p>Lengths are rounded up to one of {@value #CLASSES} between two powers of two, so that steps of about the same
 * number of tokens share arrays. What is kept is bounded: used and idle arrays together never exceed the most that was
 * ever used at a time by more than a quarter; the lengths that nobody asked for longest go first. Taking and giving
 * back allocate nothing, for kernels do it in every task.
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
  /** By {@link #shelf}. */
  private final List<Shelf<A>> shelves;
  private long usedElements;
  private long mostUsedElements;
  private long idleElements;
  private long requests;

  /** The idle arrays of one length. */
  private static final class Shelf<A> {
    final int length;
    final ArrayDeque<A> arrays = new ArrayDeque<>(0);
    long lastUse;

    Shelf(int length) {
      this.length = length;
    }
  }

  ArrayPool(IntFunction<A> allocator, ToIntFunction<A> lengthOf) {
    this.allocator = allocator;
    this.lengthOf = lengthOf;
    shelves = IntStream.rangeClosed(0, shelf(LONGEST)).mapToObj(i -> new Shelf<A>(shelfLength(i))).toList();
  }

  /** The shelf of the shortest arrays that are at least so long; an array's own length gives its own shelf. */
  private static int shelf(int least) {
    if (least < CLASSES) {
      return least;
    }
    int octave = Integer.numberOfTrailingZeros(Integer.highestOneBit(least) / CLASSES);
    return CLASSES * octave + Math.ceilDiv(least, 1 << octave);
  }

  private static int shelfLength(int shelf) {
    if (shelf < CLASSES) {
      return shelf;
    }
    int octave = shelf / CLASSES - 1;
    return (int) Math.min(LONGEST, (long) (CLASSES + shelf % CLASSES) << octave);
  }

  /** An array of at least the given length, with any contents. */
  synchronized A take(int least) {
    requests++;
    int shelf = shelf(least);
    A array = takeIdle(shelf);
    int length = array == null ? shelves.get(shelf).length : lengthOf.applyAsInt(array);
    usedElements += length;
    mostUsedElements = Math.max(mostUsedElements, usedElements);
    if (array == null) {
      dropIdle();
      array = allocator.apply(length);
    }
    return array;
  }

  private @Nullable A takeIdle(int first) {
    int length = shelves.get(first).length;
    for (int i = first; i < shelves.size() && length >= shelves.get(i).length * TIGHTNESS; i++) {
      Shelf<A> shelf = shelves.get(i);
      if (!shelf.arrays.isEmpty()) {
        shelf.lastUse = requests;
        idleElements -= shelf.length;
        return shelf.arrays.pop();
      }
    }
    return null;
  }

  private void dropIdle() {
    long bound = (long) (mostUsedElements * SURPLUS) + ALWAYS_KEPT;
    while (idleElements > 0 && usedElements + idleElements > bound) {
      Shelf<A> oldest = null;
      for (Shelf<A> shelf : shelves) {
        if (!shelf.arrays.isEmpty() && (oldest == null || shelf.lastUse < oldest.lastUse)) {
          oldest = shelf;
        }
      }
      if (oldest == null) {
        return;
      }
      oldest.arrays.poll();
      idleElements -= oldest.length;
    }
  }

  /** Takes an array back. */
  synchronized void give(A array) {
    int length = lengthOf.applyAsInt(array);
    shelves.get(shelf(length)).arrays.push(array);
    usedElements -= length;
    idleElements += length;
  }

  /** The elements of all arrays, used and idle. */
  synchronized long elements() {
    return usedElements + idleElements;
  }

  /** Leaves all idle arrays to the garbage collector. */
  synchronized void clear() {
    shelves.forEach(shelf -> shelf.arrays.clear());
    idleElements = 0;
  }
}
