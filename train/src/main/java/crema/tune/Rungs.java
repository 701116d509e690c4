package crema.tune;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How a search gives up early: all trials learn from a part of the training rows, the best third of them from three times
 * as many, and so on to all rows (successive halving: Jamieson and Talwalkar, AISTATS 2016). Rows are cut rather than
 * epochs, since all families learn from rows, and a training on fewer of them is whole: its learning rate falls to the end.
 *
 * @param shares of the training rows, the smallest first; the last is 1
 */
record Rungs(List<Double> shares) {
  /** Of how many trials one goes on. */
  static final int REDUCTION = 3;
  /** From fewer rows than these one learns little about settings for all. */
  private static final int FEWEST_ROWS = 500;
  /** So many trials at least reach the last rung. */
  private static final int LAST_TRIALS = 2;
  private static final int MOST_RUNGS = 4;

  /** Copies the list. */
  Rungs {
    shares = List.copyOf(shares);
  }

  /**
   * The rungs of a search.
   *
   * @param rows the number of training rows
   * @param trials how many trials there are
   */
  static Rungs of(long rows, int trials) {
    int rungs = 1;
    for (long part = REDUCTION; rungs < MOST_RUNGS && rows / part >= FEWEST_ROWS
        && trials / part >= LAST_TRIALS; part *= REDUCTION) {
      rungs++;
    }
    int last = rungs - 1;
    return new Rungs(IntStream.rangeClosed(0, last).mapToObj(rung -> Math.pow(REDUCTION, rung - last)).toList());
  }

  /** How many rungs there are. */
  int count() {
    return shares.size();
  }

  /** How many of some trials go on to the next rung. */
  static int kept(int trials) {
    return Math.ceilDiv(trials, REDUCTION);
  }
}
