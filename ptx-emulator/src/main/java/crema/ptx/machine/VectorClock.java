package crema.ptx.machine;

import java.util.Arrays;

/**
 * What an actor knows of all actors' times, and up to which times it knows their stores to be fenced for the
 * asynchronous proxy.
 */
final class VectorClock {
  final int[] known;
  final int[] fenced;

  VectorClock(int actors) {
    known = new int[actors];
    fenced = new int[actors];
  }

  void clear() {
    Arrays.fill(known, 0);
    Arrays.fill(fenced, 0);
  }

  /** Learns all that {@code other} knows. */
  void join(VectorClock other) {
    for (int i = 0; i < known.length; i++) {
      known[i] = Math.max(known[i], other.known[i]);
      fenced[i] = Math.max(fenced[i], other.fenced[i]);
    }
  }

  /** Learns that {@code actor} has come to {@code time}. */
  void learn(int actor, int time) {
    known[actor] = Math.max(known[actor], time);
  }

  /** All that is known now, actor {@code self}'s own time included, is fenced. */
  void fence() {
    System.arraycopy(known, 0, fenced, 0, known.length);
  }
}
