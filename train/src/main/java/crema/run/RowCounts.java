package crema.run;

/**
 * How many rows a run has, and which.
 *
 * @param train the number of training rows
 * @param validation the number of validation rows
 * @param test the number of test rows
 * @param hash the SHA-256 of what decides on the rows of all three parts
 */
public record RowCounts(long train, long validation, long test, String hash) {
  /** Before the rows are read. */
  static final RowCounts NONE = new RowCounts(0, 0, 0, "");

  @Override
  public String toString() {
    return "%,d training, %,d validation, %,d test".formatted(train, validation, test);
  }
}
