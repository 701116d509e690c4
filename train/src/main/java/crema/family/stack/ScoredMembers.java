package crema.family.stack;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What members say of rows that they were not trained on.
 *
 * @param space what they vote on
 * @param evidence {@code [members][rows][answers]}
 * @param truth the labels of each row, {@code [rows][]}
 * @param weights as how many rows each row counts, {@code [rows]}
 * @param folds the fold of each row
 * @param taught whether what was trained could know the labels of a row: of others nothing can be learned here
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ScoredMembers(AnswerSpace space, List<float[][]> evidence, int[][] truth, double[] weights, int[] folds,
    boolean[] taught) {
  ScoredMembers {
    evidence = List.copyOf(evidence);
  }

  int members() {
    return evidence.size();
  }

  int rows() {
    return truth.length;
  }

  /** What all members say of a row. */
  float[][] of(int row) {
    return evidence.stream().map(rows -> rows[row]).toArray(float[][]::new);
  }

  /** The numbers of the rows to learn from that a predicate picks. */
  int[] learnable(IntPredicate picked) {
    return IntStream.range(0, rows()).filter(row -> taught[row] && picked.test(row)).toArray();
  }

  /** The folds that there are, ascending. */
  int[] distinctFolds() {
    return Arrays.stream(folds).distinct().sorted().toArray();
  }
}
