package crema.data;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How rows are divided into parts.
 *
 * @param names the names of the parts, for messages
 * @param fractions the share of rows of each part; they add up to 1
 * @param stratified whether each label is divided in the same shares
 * @param grouping what must stay together
 * @param everyLabelFirst whether the first part gets the first unit (row or group) of every label, so that training
 *     sees them all; then a label of one unit is in the first part only
 * @param seed chooses one of the possible splits
 */
public record SplitPlan(
    List<String> names,
    List<Double> fractions,
    boolean stratified,
    Grouping grouping,
    boolean everyLabelFirst,
    long seed) {
  private static final String FOLD = "fold ";

  /** Checks the fractions. */
  public SplitPlan {
    names = List.copyOf(names);
    fractions = List.copyOf(fractions);
    if (names.size() != fractions.size() || names.size() > Byte.MAX_VALUE) {
      throw new IllegalArgumentException(names.size() + " names, " + fractions.size() + " fractions");
    }
    double sum = fractions.stream().mapToDouble(Double::doubleValue).sum();
    if (!fractions.stream().allMatch(fraction -> fraction >= 0) || Math.abs(sum - 1) > 1e-9) {
      throw new DataException("the fractions of a split must be positive and add up to 1, but are " + fractions);
    }
  }

  /**
   * A stratified split into training, validation and test rows.
   *
   * @param validation the share of validation rows, from 0
   * @param test the share of test rows, from 0; together less than 1
   */
  public static SplitPlan trainValidationTest(double validation, double test, long seed) {
    if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
      throw new DataException("the shares of validation and test rows must be from 0 and together less than 1, but are "
          + validation + " and " + test);
    }
    return new SplitPlan(List.of("training", "validation", "test"),
        List.of(1 - validation - test, validation, test), true, Grouping.ROWS, true, seed);
  }

  /** A stratified split into equal parts for cross-validation. */
  public static SplitPlan folds(int count, long seed) {
    if (count < 2 || count > 100) {
      throw new DataException("the number of folds must be from 2 to 100, but is " + count);
    }
    var names = IntStream.rangeClosed(1, count).mapToObj(fold -> FOLD + fold).toList();
    return new SplitPlan(names, Collections.nCopies(count, 1.0 / count), true, Grouping.ROWS, false, seed);
  }

  /** Whether the parts are folds, each in the place of all others. */
  boolean isOfFolds() {
    return names.getFirst().equals(FOLD + 1);
  }

  /** The same with another grouping. */
  public SplitPlan withGrouping(Grouping newGrouping) {
    return new SplitPlan(names, fractions, stratified, newGrouping, everyLabelFirst, seed);
  }

  /** The same without regard to labels. */
  public SplitPlan unstratified() {
    return new SplitPlan(names, fractions, false, grouping, false, seed);
  }
}
