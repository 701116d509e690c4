package crema.run;

import crema.base.Sha256;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.SplitRows;
import java.util.List;

/**
 * How many rows a run has, and which.
 *
 * @param train the number of training rows
 * @param validation the number of validation rows
 * @param test the number of test rows
 * @param hash the SHA-256 of what decides on the rows of all three parts
 */
public record RowCounts(long train, long validation, long test, String hash) {
  /** Counts rows, which reads them all. */
  public static RowCounts of(SplitRows rows) {
    return new RowCounts(count(rows.train()), count(rows.validation()), count(rows.test()), hash(rows));
  }

  private static long count(RowSource rows) {
    var count = new long[1];
    rows.forEach(ProblemListener.SILENT, row -> count[0]++);
    return count[0];
  }

  /** Whether there is no row; reads the first. */
  public static boolean isEmpty(RowSource rows) {
    try (var cursor = rows.open(ProblemListener.SILENT)) {
      return cursor.next() == null;
    }
  }

  /** The SHA-256 of what decides on the rows of all three parts. */
  public static String hash(SplitRows rows) {
    return Sha256.ofLines(
        List.of(rows.train().fingerprint(), rows.validation().fingerprint(), rows.test().fingerprint()));
  }

  @Override
  public String toString() {
    return "%,d training, %,d validation, %,d test".formatted(train, validation, test);
  }
}
