package crema.ptx;

/**
 * The order in which warps and blocks run. Results must not depend on it: tests run a kernel under several schedules
 * and compare bits.
 *
 * @param seed 0 runs blocks and warps in the order of their index, each warp for as long as it can; any other seed
 *     shuffles blocks, picks warps at random, interrupts them at random and lets asynchronous copies land at random
 *     times
 */
public record Schedule(long seed) {
  /** Blocks and warps in the order of their index. */
  public static final Schedule IN_ORDER = new Schedule(0);

  /** Whether the order is random. */
  public boolean shuffled() {
    return seed != 0;
  }
}
