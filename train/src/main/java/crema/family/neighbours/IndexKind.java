package crema.family.neighbours;

import crema.base.Keyed;

/** How the nearest texts are found. */
public enum IndexKind implements Keyed {
  /** With an index where there are more than {@link #MOST_EXACT} texts. */
  AUTO,
  /** By a comparison with all. */
  EXACT,
  /** With an index, which misses a few. */
  HNSW;

  static final int MOST_EXACT = 100_000;

  /** Whether so many texts have an index. */
  boolean isIndexed(int texts) {
    return this == HNSW || this == AUTO && texts > MOST_EXACT;
  }
}
