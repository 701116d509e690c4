package crema.metrics;

/** How scores of labels become one. */
public enum Average {
  /** From the counts of all labels together. */
  MICRO,
  /** The mean over labels. */
  MACRO,
  /** The mean over labels, weighted by support. */
  WEIGHTED;

  /** Picks this average. */
  public PrecisionRecall of(Averages averages) {
    return switch (this) {
      case MICRO -> averages.micro();
      case MACRO -> averages.macro();
      case WEIGHTED -> averages.weighted();
    };
  }
}
