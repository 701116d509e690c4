package crema.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.settings.Assignment;
import crema.settings.Origin;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchRangeTest {
  private static final Origin ORIGIN = Origin.line(Path.of("tune.yaml"), 3);

  private static SearchRange range(String family, String name, String scale, String... values) {
    return SearchRange.of(new WrittenRange(name, scale,
        Arrays.stream(values).map(value -> new Assignment(name, value, ORIGIN)).toList(), ORIGIN),
        ModelFamily.named(family).settings());
  }

  private static List<String> values(SearchRange range, int count) {
    return IntStream.range(0, count).mapToObj(i -> range.at((i + 0.5) / count).texts().getFirst()).toList();
  }

  @Test
  void eachDecadeOfALogarithmicRangeHasAsManyValues() {
    List<String> values = values(range("encoder", "learning-rate", "log", "1e-5", "1e-2"), 3000);
    double[] numbers = values.stream().mapToDouble(Double::parseDouble).toArray();
    for (double decade : new double[] {1e-5, 1e-4, 1e-3}) {
      assertThat(DoubleStream.of(numbers).filter(value -> value >= decade && value < 10 * decade).count())
          .isBetween(990L, 1010L);
    }
    assertThat(DoubleStream.of(numbers).min()).hasValueCloseTo(1e-5, org.assertj.core.data.Offset.offset(1e-7));
    assertThat(values.get(1000)).hasSizeLessThan(9);
  }

  @Test
  void allNumbersOfALinearRangeAreAsLikely() {
    double[] numbers = values(range("encoder", "dropout", "linear", "0", "0.5"), 1000).stream()
        .mapToDouble(Double::parseDouble).toArray();
    assertThat(DoubleStream.of(numbers).filter(value -> value < 0.1).count()).isBetween(195L, 205L);
    assertThat(DoubleStream.of(numbers).max().orElseThrow()).isLessThanOrEqualTo(0.5);
  }

  @Test
  void wholeNumbersAreAsLikelyAndTheEndsAreAmongThem() {
    List<String> values = values(range("fasttext", "word-ngrams", "integer", "1", "3"), 300);
    for (String value : List.of("1", "2", "3")) {
      assertThat(values.stream().filter(value::equals).count()).isEqualTo(100);
    }
    assertThat(values(range("encoder", "layers", "linear", "1", "4"), 8))
        .containsExactly("1", "1", "2", "2", "3", "3", "4", "4");
    assertThat(values(range("encoder", "batch-tokens", "log", "256", "4096"), 5))
        .allMatch(text -> text.matches("\\d+"));
  }

  @Test
  void choicesAreAsLikely() {
    assertThat(values(range("linear", "class-weights", "choice", "none", "balanced"), 4))
        .containsExactly("none", "none", "balanced", "balanced");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "learning-rat  | log     | 1e-5 1e-3    | there is no setting 'learning-rat'; did you mean 'learning-rate'?",
      "learning-rate | logs    | 1e-5 1e-3    | learning-rate: there are no ranges 'logs'; did you mean 'log'?",
      "learning-rate | cubic   | 1e-5 1e-3    | there are log, linear, integer, choice",
      "learning-rate | log     | 1e-3         | learning-rate: a range has two ends, such as {log: [1, 10]}, but here are 1",
      "learning-rate | log     | 1e-3 1e-5    | the ends of a range go up, but 1e-3 is not below 1e-5",
      "dropout       | log     | 0 0.5        | a range with 'log' begins above 0, not at 0",
      "layers        | integer | 1 2.5        | layers must be",
      "loss          | linear  | bce focal    | loss: 'bce' is no number: list words with {choice: […]}",
      "loss          | choice  | bce vocal    | loss must be",
      "dropout       | linear  | 0 1.5        | dropout must be",
      "train         | choice  | a.csv b.csv  | train must be one value: trials are compared on the same rows and labels",
      "label         | choice  | a b          | label must be one value",
      "seed          | integer | 1 5          | seed must be one value",
      "checkpoint-minutes | linear | 1 5      | checkpoint-minutes changes no result: give one value",
  })
  void whatIsNoRangeIsRefusedWithItsPlace(String name, String scale, String values, String message) {
    assertThatThrownBy(() -> range("encoder", name, scale, values.split(" "))).isInstanceOf(UserError.class)
        .hasMessageStartingWith("tune.yaml, line 3: ").hasMessageContaining(message);
  }

  @Test
  void pointsCoverTheRangesFromTheFirstOnes() {
    var space = new SearchSpace(List.of(range("encoder", "dropout", "linear", "0", "0.5"),
        range("encoder", "layers", "integer", "1", "4")), 7);
    for (int count : new int[] {8, 16, 40}) {
      double[] first = IntStream.range(0, count)
          .mapToDouble(i -> Double.parseDouble(space.point(i).getFirst().texts().getFirst()) / 0.5).sorted().toArray();
      for (int i = 1; i < count; i++) {
        assertThat(first[i] - first[i - 1]).isLessThan(3.0 / count);
      }
    }
    assertThat(IntStream.range(0, 8).mapToObj(i -> space.point(i).getLast().texts().getFirst()).distinct()).hasSize(4);
    assertThat(new SearchSpace(space.ranges(), 7).point(5)).isEqualTo(space.point(5));
    assertThat(new SearchSpace(space.ranges(), 8).point(5)).isNotEqualTo(space.point(5));
  }

  @Test
  void rungsLeaveSomeTrialsForAllRowsAndEnoughRowsForTheFirst() {
    assertThat(Rungs.of(10_000, 20).shares()).containsExactly(1.0 / 9, 1.0 / 3, 1.0);
    assertThat(Rungs.of(1_000_000, 100).shares()).containsExactly(1.0 / 27, 1.0 / 9, 1.0 / 3, 1.0);
    assertThat(Rungs.of(1_600, 20).shares()).containsExactly(1.0 / 3, 1.0);
    assertThat(Rungs.of(1_000, 20).shares()).containsExactly(1.0);
    assertThat(Rungs.of(1_000_000, 5).shares()).containsExactly(1.0);
    assertThat(List.of(Rungs.kept(20), Rungs.kept(7), Rungs.kept(3), Rungs.kept(1))).containsExactly(7, 3, 1, 1);
  }
}
