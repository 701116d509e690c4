package crema.data;

import crema.base.Rng;

/** Random numbers one after the other, of a stream that depends on seed, epoch and row alone. */
final class Draws {
  private final Rng.Stream stream;
  private long next;

  Draws(Rng.Stream stream) {
    this.stream = stream;
  }

  /** Whether something happens that does with this probability. */
  boolean happens(double p) {
    return stream.uniform(next++) < p;
  }

  /** A number from 0 to one below the bound. */
  int below(int bound) {
    return Math.min(bound - 1, (int) (stream.uniform(next++) * bound));
  }
}
