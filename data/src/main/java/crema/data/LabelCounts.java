package crema.data;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts the labels of the training rows, and refuses columns that cannot be meant as labels.
 *
 * <p>A column whose values are nearly all different and long is a title or a description, not a label. Memory stays
 * bounded by checking that as the rows go by.
 */
public final class LabelCounts {
  private static final long ROWS_BETWEEN_CHECKS = 100_000;
  private static final long FEWEST_ROWS_TO_JUDGE = 20;
  private static final double LONG_LABEL = 24;

  private final LabelFormat format;
  private final SortedMap<String, Long> counts = new TreeMap<>();
  private long rows;
  private long characters;

  /** Starts counting labels of the given format. */
  public LabelCounts(LabelFormat format) {
    this.format = format;
  }

  /**
   * Counts the labels of a whole source.
   *
   * @throws DataException if they cannot be the labels of a classifier, see {@link #toLabelSet}
   */
  public static LabelSet count(RowSource rows, LabelFormat format, ProblemListener listener) {
    var counts = new LabelCounts(format);
    rows.forEach(listener, counts::add);
    return counts.toLabelSet();
  }

  /**
   * Counts the labels of one row.
   *
   * @throws DataException if the labels seen so far look like free text
   */
  public void add(Row row) {
    for (var label : row.labels()) {
      if (counts.merge(label, 1L, Long::sum) == 1) {
        characters += label.length();
      }
    }
    if (++rows % ROWS_BETWEEN_CHECKS == 0) {
      refuseFreeText();
    }
  }

  /**
   * The labels, sorted by name (by UTF-16 code units, the order of {@link String#compareTo}).
   *
   * @throws DataException if there are no rows, if the labels look like free text, or if all rows have the same one
   */
  public LabelSet toLabelSet() {
    if (rows == 0) {
      throw new DataException("there is no usable row to train on");
    }
    if (counts.isEmpty()) {
      throw new DataException(String.format(Locale.ROOT, "none of the %,d rows has a label", rows));
    }
    refuseFreeText();
    if (counts.size() == 1 && format.manySeparator() == null) {
      throw new DataException((rows == 1 ? "the only row has" : String.format(Locale.ROOT, "all %,d rows have", rows))
          + " the label '" + counts.firstKey() + "'; a classifier needs at least two labels");
    }
    return LabelSet.of(counts);
  }

  private void refuseFreeText() {
    double averageLength = (double) characters / Math.max(1, counts.size());
    if (rows >= FEWEST_ROWS_TO_JUDGE && counts.size() > rows / 2 && averageLength > LONG_LABEL) {
      throw new DataException(
          String.format(Locale.ROOT,
              "the label column looks like free text: %,d different values in %,d rows, "
                  + "%.0f characters long on average, ",
              counts.size(), rows, averageLength)
              + "such as '" + shortened(counts.firstKey()) + "'; is it the right column?");
    }
  }

  private static String shortened(String value) {
    return value.length() <= 60 ? value : value.substring(0, 59) + "…";
  }
}
