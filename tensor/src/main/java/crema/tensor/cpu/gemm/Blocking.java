package crema.tensor.cpu.gemm;

/**
 * How a matrix product is cut so that what is in use stays in the caches. No result depends on it, so it may be tuned
 * freely.
 *
 * @param depth steps of k in a panel, at most: a panel of A stays in the L1 cache while it meets all panels of a block
 *     of B
 * @param columns columns of a block of B, a multiple of every panel's width: {@code depth * columns} floats stay in the
 *     L2 cache while panels of A go by
 * @param rows rows of A that one task multiplies with a shared B, at most: its rows of C, {@code columns} wide, stay in
 *     the L2 cache too
 * @param ownRows rows of A that one task multiplies with a block of B that it packs for itself, at most; many, so that
 *     packing costs little in comparison
 * @param sharedFloats floats of B that are packed for all threads at a time, about: they stay in the L3 cache
 */
record Blocking(int depth, int columns, int rows, int ownRows, int sharedFloats) {
  /** For an L1 cache of 32 KiB, an L2 cache of 1 MiB a core and some MiB of L3. */
  static final Blocking DEFAULT = new Blocking(512, 384, 192, 1024, 1 << 21);

  /** Depths are multiples of this, where k is long enough. */
  private static final int DEPTH_UNIT = 16;

  /** The steps of k in each panel of sums of length {@code k}: about equal, so that none is short. */
  int depthFor(int k) {
    int panels = Math.max(1, Math.ceilDiv(k, depth));
    return Math.min(depth, Math.ceilDiv(Math.ceilDiv(k, panels), DEPTH_UNIT) * DEPTH_UNIT);
  }
}
