package crema.family.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.data.LabelSet;
import crema.task.MultiLabelTarget;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What row weights mean to a second level. */
class LevelFitTest {
  private static final int ROWS = 120;
  private static final LabelSet LABELS = LabelSet.of(List.of("a", "b", "c"), new long[] {40, 40, 40});

  private static Target target(boolean isExclusive) {
    return isExclusive ? new SingleLabelTarget(LABELS) : MultiLabelTarget.of(LABELS);
  }

  /** Two members, of which the first knows the even rows well and the second the odd ones, and the others worse than by chance. */
  private static ScoredMembers members(boolean isExclusive, int[] rows, double[] weights) {
    var random = new Random(3);
    var evidence = new float[2][ROWS][LABELS.size()];
    var truth = new int[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      truth[row] = new int[] {random.nextInt(LABELS.size())};
      for (int member = 0; member < 2; member++) {
        for (int label = 0; label < LABELS.size(); label++) {
          evidence[member][row][label] = (float) random.nextGaussian()
              + (label != truth[row][0] ? 0 : row % 2 == member ? 2 : -1);
        }
      }
    }
    var taught = new boolean[rows.length];
    Arrays.fill(taught, true);
    List<float[][]> picked = Arrays.stream(evidence)
        .map(said -> Arrays.stream(rows).mapToObj(row -> said[row]).toArray(float[][]::new)).toList();
    return new ScoredMembers(new AnswerSpace(target(isExclusive)), picked,
        Arrays.stream(rows).mapToObj(row -> truth[row]).toArray(int[][]::new), weights, new int[rows.length], taught);
  }

  private static LevelFit fit(boolean isExclusive, int[] rows, double[] weights) {
    return new LevelFit(members(isExclusive, rows, weights), IntStream.range(0, rows.length).toArray());
  }

  private static double[] weights(int[] rows, double even, double odd) {
    return Arrays.stream(rows).mapToDouble(row -> row % 2 == 0 ? even : odd).toArray();
  }

  private static int[] all() {
    return IntStream.range(0, ROWS).toArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theMemberCountsMoreThatIsRightWhereRowsWeighMore(boolean isExclusive) {
    LevelFit even = fit(isExclusive, all(), weights(all(), 10, 1));
    LevelFit odd = fit(isExclusive, all(), weights(all(), 1, 10));
    for (List<SecondLevel> levels : List.of(List.<SecondLevel>of(even.average(), odd.average()),
        List.<SecondLevel>of(even.logistic(), odd.logistic()))) {
      assertThat(levels.get(0).weights()[0]).isGreaterThan(levels.get(0).weights()[1]);
      assertThat(levels.get(1).weights()[1]).isGreaterThan(levels.get(1).weights()[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRowOfWeightTwoIsTwoRowsAndOneOfWeightZeroIsNone(boolean isExclusive) {
    int[] repeated = Arrays.stream(all()).flatMap(row -> row % 2 == 0 ? IntStream.of(row, row)
        : row % 3 == 0 ? IntStream.empty() : IntStream.of(row)).toArray();
    var once = new double[repeated.length];
    Arrays.fill(once, 1);
    double[] weighted = Arrays.stream(all()).mapToDouble(row -> row % 2 == 0 ? 2 : row % 3 == 0 ? 0 : 1).toArray();
    LevelFit asRows = fit(isExclusive, repeated, once);
    LevelFit asWeights = fit(isExclusive, all(), weighted);
    assertThat(asWeights.logistic().weights()).containsExactly(asRows.logistic().weights(), within(1e-3));
    assertThat(asWeights.average().weights()).containsExactly(asRows.average().weights(), within(0.1));
    assertThat(asWeights.alone(0).scales()).containsExactly(asRows.alone(0).scales(), within(1e-3));
  }
}
