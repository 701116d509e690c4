package crema.cuda.driver;

/**
 * The shape of a launch.
 *
 * @param x blocks
 * @param y blocks, at most 65,535
 * @param z blocks, at most 65,535
 * @param threads threads of a block, in x and y: {@code [threads, 1, 1]} or {@code [threads, threadsY, 1]}
 * @param threadsY threads of a block in y
 * @param sharedBytes dynamic shared memory of a block
 */
public record Grid(int x, int y, int z, int threads, int threadsY, int sharedBytes) {
  /** So many blocks of so many threads. */
  public static Grid of(long blocks, int threads) {
    return new Grid(Math.toIntExact(blocks), 1, 1, threads, 1, 0);
  }

  /** A grid of two dimensions. */
  public static Grid of(long x, long y, int threads) {
    return new Grid(Math.toIntExact(x), Math.toIntExact(y), 1, threads, 1, 0);
  }

  /** A grid of three dimensions. */
  public static Grid of(long x, long y, long z, int threads) {
    return new Grid(Math.toIntExact(x), Math.toIntExact(y), Math.toIntExact(z), threads, 1, 0);
  }

  /** The same with dynamic shared memory. */
  public Grid withShared(int bytes) {
    return new Grid(x, y, z, threads, threadsY, bytes);
  }
}
