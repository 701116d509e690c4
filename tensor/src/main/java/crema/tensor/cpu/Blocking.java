package crema.tensor.cpu;

/**
 * How a matrix product is cut so that what is in use stays in the caches. No result depends on it, so it may be tuned
 * freely.
 *
 * @param depth steps of k in a panel: a panel of A stays in the L1 cache while it meets all panels of a block of B
 * @param rows rows of A that one task packs, at most
 * @param columns columns of a block of B, a multiple of every panel's width: {@code depth * columns} floats stay in the
 *     L2 cache while panels of A go by
 * @param sharedDepth steps of k that are packed for all threads at a time, a multiple of {@code depth}
 * @param shared floats that are packed for all threads at a time, about: they stay in the L3 cache
 */
record Blocking(int depth, int rows, int columns, int sharedDepth, int shared) {
  /** For an L1 cache of 32 KiB, an L2 cache of 1 MiB a core and some MiB of L3. */
  static final Blocking DEFAULT = new Blocking(384, 96, 384, 3840, 1 << 21);
}
