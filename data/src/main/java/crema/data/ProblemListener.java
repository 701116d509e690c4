package crema.data;

/** Receives every row that a reader skips. It may throw to stop the reading. */
@FunctionalInterface
public interface ProblemListener {
  /** Ignores problems; for a second pass over rows whose problems were already reported. */
  ProblemListener SILENT = problem -> {};

  /**
   * Stops at the first problem by throwing a {@link DataException} with the file and line. A row that is
   * {@linkplain RowFault#LEFT_OUT left out} is none.
   */
  ProblemListener STRICT = problem -> {
    if (problem.fault() != RowFault.LEFT_OUT) {
      throw new DataException(problem.message());
    }
  };

  /** Called once for each skipped row, in the order of the file. */
  void problem(RowProblem problem);

  /** Called for each row of a file before it is looked at, those that will be skipped too. Does nothing by default. */
  default void row() {}

  /**
   * Called with what a reader concluded of a file as a whole, such as which character separates its fields; in each pass
   * anew. Does nothing by default.
   */
  default void note(String note) {}

  /**
   * Called at the end of a pass over a file for each path of a recipe on which none of its rows has a value; a note by
   * default.
   *
   * @param path as the recipe has it
   * @param message what is wrong, without the file
   */
  default void absent(String file, String path, String message) {
    note(file + ": " + message);
  }
}
