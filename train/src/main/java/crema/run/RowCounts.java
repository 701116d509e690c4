package crema.run;

import crema.base.Sha256;
import crema.data.KnownLabels;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.data.RowAccount;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.SplitRows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/**
 * How many rows a run has, and which.
 *
 * @param train the number of training rows
 * @param validation the number of validation rows
 * @param test the number of test rows
 * @param hash the SHA-256 of what decides on the rows of all three parts
 */
public record RowCounts(long train, long validation, long test, String hash) {
  /**
   * Counts the rows of which a model knows a label, which reads them all.
   *
   * @param labels those of the model
   */
  public static RowCounts of(SplitRows rows, LabelSet labels) {
    var known = new KnownLabels(labels);
    return new RowCounts(count(rows.train(), known), count(rows.validation(), known), count(rows.test(), known),
        hash(rows));
  }

  private static long count(RowSource rows, KnownLabels known) {
    var count = new long[1];
    rows.forEach(ProblemListener.SILENT, row -> {
      if (known.of(row, ProblemListener.SILENT).isPresent()) {
        count[0]++;
      }
    });
    return count[0];
  }

  /** The account of a run that has used these rows. Of what else it read no label is known. */
  RowAccount account(RowAccount read) {
    long used = train + validation + test;
    var usedFor = new LinkedHashMap<String, Long>();
    usedFor.put("train", train);
    usedFor.put("validation", validation);
    usedFor.put("test", test);
    return new RowAccount(read.read(), usedFor, read.leftOut())
        .and(RowFault.UNKNOWN_LABEL, Math.max(0, read.read() - read.notUsed() - used));
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
    return String.format(Locale.ROOT, "%,d training, %,d validation, %,d test", train, validation, test);
  }
}
