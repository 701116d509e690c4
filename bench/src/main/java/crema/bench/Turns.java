package crema.bench;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Compares two ways to compute the same within one process: in turns, so that what else the machine does is shared out.
 *
 * @param restNanos how long one side rests before the other runs: threads of a pool go on looking for work for a while
 * @param turnNanos how long a side's turn lasts, at least
 * @param leastRuns of a turn
 */
record Turns(long restNanos, long turnNanos, int leastRuns) {
  private static final int MOST_RUNS = 1000;

  /**
   * The medians of both sides over all turns, and the best turn of each, in ms.
   *
   * @param ours of Crema
   * @param theirs of the peer
   */
  record Times(double ours, double theirs, double bestOurs, double bestTheirs) {
    /** How many times as fast Crema is. */
    double ratio() {
      return theirs / ours;
    }

    /** The same of the best turns. */
    double bestRatio() {
      return bestTheirs / bestOurs;
    }
  }

  /** Lets both run so often, after Crema is warm. */
  Times compare(int rounds, Runnable ours, Runnable theirs) {
    var ourTimes = new double[rounds];
    var theirTimes = new double[rounds];
    EncoderBench.warmUp(ours);
    for (int round = 0; round < rounds; round++) {
      theirTimes[round] = turn(theirs);
      ourTimes[round] = turn(ours);
    }
    Arrays.sort(ourTimes);
    Arrays.sort(theirTimes);
    return new Times(ourTimes[rounds / 2], theirTimes[rounds / 2], ourTimes[0], theirTimes[0]);
  }

  /** The median of some runs, in ms. */
  private double turn(Runnable work) {
    LockSupport.parkNanos(restNanos);
    work.run();
    var nanos = new long[MOST_RUNS];
    int runs = 0;
    for (long start = System.nanoTime(); runs < leastRuns
        || runs < MOST_RUNS && System.nanoTime() - start < turnNanos; runs++) {
      long begin = System.nanoTime();
      work.run();
      nanos[runs] = System.nanoTime() - begin;
    }
    return EncoderBench.quantile(Arrays.copyOf(nanos, runs), 0.5) * 1e-6;
  }

  /** The largest difference of two numbers in the same place. */
  static double difference(float[] here, float[] there) {
    double difference = 0;
    for (int i = 0; i < here.length; i++) {
      difference = Math.max(difference, Math.abs(here[i] - there[i]));
    }
    return difference;
  }
}
