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
 * @param cluster blocks, side by side in x, that run at the same time and read each other's shared memory: 1, or at most 8
 *     from capability 9.0 on
 */
public record Grid(int x, int y, int z, int threads, int threadsY, int sharedBytes, int cluster) {
  /** Blocks without clusters. */
  public Grid(int x, int y, int z, int threads, int threadsY, int sharedBytes) {
    this(x, y, z, threads, threadsY, sharedBytes, 1);
  }

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
    return new Grid(x, y, z, threads, threadsY, bytes, cluster);
  }

  /** The same in clusters of so many blocks. */
  public Grid withCluster(int blocks) {
    return new Grid(x, y, z, threads, threadsY, sharedBytes, blocks);
  }
}
