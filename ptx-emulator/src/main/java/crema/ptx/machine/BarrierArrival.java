package crema.ptx.machine;

/** Arrival at one of a block's 16 barriers, with or without waiting there. */
public final class BarrierArrival extends Action {
  /** What the barrier computes from a predicate of all threads. */
  public enum Reduction {
    /** Nothing. */
    NONE,
    /** How many are true. */
    POPC,
    /** Whether all are true. */
    AND,
    /** Whether one is true. */
    OR
  }

  final int barrier;
  final int count;
  final boolean waits;
  final Reduction reduction;
  final int predicate;
  final boolean negated;
  final int destination;

  /**
   * An arrival.
   *
   * @param barrier the 32-bit register with the barrier's number
   * @param count the 32-bit register with the number of threads, or -1 for all threads of the block
   * @param waits whether the warp waits for the others
   * @param reduction what is computed
   * @param predicate the predicate that is reduced, or -1
   * @param negated whether its negation is
   * @param destination the register (POPC) or predicate (AND, OR) for the result, or -1
   */
  public BarrierArrival(
      int barrier, int count, boolean waits, Reduction reduction, int predicate, boolean negated, int destination) {
    this.barrier = barrier;
    this.count = count;
    this.waits = waits;
    this.reduction = reduction;
    this.predicate = predicate;
    this.negated = negated;
    this.destination = destination;
  }
}
