package crema.ptx.machine;

/**
 * Accesses of one kind (loads, stores or atomics) to a page of global memory. Masks have a bit for each of a word's
 * four bytes; a place is an instruction and a lane.
 */
final class AccessMarks {
  /** Those of a page that was never accessed so; never written to. */
  static final AccessMarks NONE = new AccessMarks();

  private static final int LANE_BITS = 5;

  /** All bytes that were accessed. */
  final byte[] bytes = new byte[AccessPage.WORDS];

  /** The bytes of the last access, by its warp at its time. */
  final byte[] last = new byte[AccessPage.WORDS];

  /** The warp and its time at the last access. */
  final int[] epoch = new int[AccessPage.WORDS];

  /** The place of the last access. */
  final int[] place = new int[AccessPage.WORDS];

  static int place(int pc, int lane) {
    return pc << LANE_BITS | lane;
  }

  static int pcOf(int place) {
    return place >>> LANE_BITS;
  }

  /** The thread of the last access to a word. */
  int thread(int word) {
    return Warp.warpOf(epoch[word]) * Warp.LANES + (place[word] & Warp.LANES - 1);
  }

  /** Notes an access to bytes of a word. */
  void note(int word, int mask, int when, int where) {
    bytes[word] |= (byte) mask;
    last[word] = (byte) (epoch[word] == when ? last[word] | mask : mask);
    epoch[word] = when;
    place[word] = where;
  }

  /** Whether no word from {@code from} to before {@code to} was accessed. */
  boolean untouched(int from, int to) {
    int any = 0;
    for (int i = from; i < to; i++) {
      any |= bytes[i];
    }
    return any == 0;
  }
}
