package crema.family.stack;

import crema.base.HeapBound;
import crema.settings.Settings;

/**
 * How the memory is shared out that the process of an automatic run may hold, all that counts as resident together: the
 * JVM, the rows on their way into a model, the model that is trained, and in the end all members of the result at once. It
 * depends on the settings alone, so that a run makes the same on every machine.
 *
 * @param bytes that the process may hold
 */
record MemoryBudget(double bytes) {
  /** A GiB. */
  static final double GIB = 1L << 30;

  /** The JVM itself: its code, compiled code, threads, the young generation, and what the collector keeps. */
  private static final double PROCESS = 0.4 * GIB;
  /** Models of the result beside its members: what the solver keeps, what is written, and what members said of rows. */
  private static final int OTHERS = 2;
  /**
   * Bytes for an occurrence of a term: its column and value in the matrix, in the copies of the solver and of the folds that
   * choose C, and its share of the terms that are counted.
   */
  private static final double OCCURRENCE = 80;
  /** Of what the heap may hold, where garbage is collected: what is made until then has room in the rest. */
  private static final double COLLECTED = 0.85;

  /** The budget of a run. */
  static MemoryBudget of(Settings settings) {
    return new MemoryBudget(settings.get(AutoSettings.MEMORY_BUDGET) * GIB);
  }

  /** What the JVM leaves. */
  double room() {
    return Math.max(0, bytes - PROCESS);
  }

  /** Bytes for the weights of each of so many members. */
  double share(int members) {
    return room() / (members + OTHERS);
  }

  /** Bytes that texts take beside the weights while a linear model of so many occurrences of terms is trained, about. */
  static double training(double occurrences) {
    return occurrences * OCCURRENCE;
  }

  /** Watches the heap, so that garbage does not take the room of what is needed. */
  HeapBound watchHeap() {
    return HeapBound.of((long) Math.max(1, room() * COLLECTED));
  }
}
