package crema.linear;

/** What the texts that have a label, and those that do not, weigh in the training of its hyperplane. */
public enum ClassWeights {
  /** All texts weigh 1. */
  NONE,
  /** Both sides weigh the same together: each text n / (2 · texts on its side), where a text counts as it weighs. */
  BALANCED;

  /** The weight of each of {@code count} texts on one side, of {@code total}. */
  double of(double count, double total) {
    return switch (this) {
      case NONE -> 1;
      case BALANCED -> count == 0 ? 1 : total / (2.0 * count);
    };
  }
}
