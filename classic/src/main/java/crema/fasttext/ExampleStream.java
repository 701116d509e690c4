package crema.fasttext;

/**
 * The examples of a training run in batches, as one thread sees them. Every thread's stream passes through the same
 * batches, and fills in only the examples that are its own.
 */
interface ExampleStream {

  /**
   * Moves to the next batch.
   *
   * @param batch receives examples; those at {@code first}, {@code first + step}, ... are filled in
   * @return how many examples the batch has; 0 at the end of the run
   */
  int next(Example[] batch, int first, int step);

  /** Where the next batch starts. */
  Position position();

  /** Continues from a place that {@link #position} gave. */
  void seek(Position position);

  /**
   * A place in a run.
   *
   * @param epoch the pass over the corpus
   * @param line the place of the line, or of the first of several, in the pass
   * @param word the place of the word in the line if a word is an example, else 0
   */
  record Position(int epoch, int line, int word) {
    static final Position START = new Position(0, 0, 0);

    /** The part of the run that lies before this place, from 0 to 1. */
    double fraction(int epochs, int lines) {
      return epochs == 0 || lines == 0 ? 1 : Math.min(1, (epoch + (double) line / lines) / epochs);
    }
  }
}
