package crema.task;

import crema.base.Keyed;

/** How a path of a taxonomy is found. */
public enum DecodingKind implements Keyed {
  /** {@link Decoding.Argmax}. */
  ARGMAX,
  /** {@link Decoding.TopDown}. */
  TOP_DOWN,
  /** {@link Decoding.Consistent}. */
  CONSISTENT,
  /** {@link Decoding.BestPath}. */
  BEST_PATH;

  /**
   * The decoding.
   *
   * @param threshold of nodes
   * @param atLeastOne whether an answer has a node even if none reaches the threshold
   */
  public Decoding of(double threshold, boolean atLeastOne) {
    return switch (this) {
      case ARGMAX -> new Decoding.Argmax();
      case TOP_DOWN -> new Decoding.TopDown(threshold);
      case CONSISTENT -> new Decoding.Consistent(threshold, atLeastOne);
      case BEST_PATH -> new Decoding.BestPath();
    };
  }

  /** The kind of a decoding. */
  static DecodingKind of(Decoding decoding) {
    return switch (decoding) {
      case Decoding.Argmax _ -> ARGMAX;
      case Decoding.TopDown _ -> TOP_DOWN;
      case Decoding.Consistent _ -> CONSISTENT;
      case Decoding.BestPath _ -> BEST_PATH;
    };
  }
}
