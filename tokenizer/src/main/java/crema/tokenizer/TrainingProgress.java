package crema.tokenizer;

/** Receives how far a training has come. Called by one thread at a time; what it throws ends the training. */
@FunctionalInterface
public interface TrainingProgress {
  /** What a training is doing. */
  enum Phase {
    /** Reading texts and counting their words; the unit is a text, and the total is not known. */
    READING_TEXTS,
    /** Choosing merges; the unit is a token of the vocabulary. It may end early, when no frequent pair is left. */
    LEARNING_MERGES,
    /** Leaving out tokens; the unit is a token that is left out. */
    PRUNING
  }

  /** The total of a phase whose end is not known. */
  long UNKNOWN = -1;

  /**
   * Takes a report.
   *
   * @param done how many units are done
   * @param total how many there are in all, or {@link #UNKNOWN}
   */
  void update(Phase phase, long done, long total);
}
