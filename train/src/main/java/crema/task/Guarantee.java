package crema.task;

/** What answers are to reach on texts like those of the validation rows. */
public sealed interface Guarantee {
  /**
   * A label, or the deepest node of a path, only where it is sure enough, so that of the answers that are given a share
   * is right.
   *
   * @param share from 0, where every text is answered, to below 1
   */
  record Precision(double share) implements Guarantee {
    /** Checks the share. */
    public Precision {
      requireShare("precision", share);
    }
  }

  /**
   * A set of labels, so that of all texts a share has its true label in its set, or all true ones.
   *
   * @param share from 0 to below 1
   */
  record Coverage(double share) implements Guarantee {
    /** Checks the share. */
    public Coverage {
      requireShare("coverage", share);
    }
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("a " + name + " must be from 0 to below 1, not " + share);
    }
  }
}
