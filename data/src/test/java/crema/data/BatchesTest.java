package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.LabelBalance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BatchesTest {
  @Property(tries = 300)
  void everyExampleComesOnceAnEpochWithinTheBudget(
      @ForAll @Size(min = 1, max = 80) List<@IntRange(min = 1, max = 20) Integer> lengths,
      @ForAll @IntRange(min = 20, max = 70) int maxTokens,
      @ForAll @IntRange(min = 1, max = 9) int maxSequences,
      @ForAll long seed,
      @ForAll @IntRange(max = 1000) int epoch) {
    var data = data(lengths);
    var batches = new Batches(data, Sampler.shuffled(lengths.size(), seed), maxTokens, maxSequences);
    var all = drain(batches.epoch(epoch));
    assertThat(all).hasSize(batches.count(epoch));
    var seen = new ArrayList<Integer>();
    for (var batch : all) {
      assertThat(batch.tokens()).isLessThanOrEqualTo(maxTokens);
      assertThat(batch.sequences()).isBetween(1, maxSequences);
      check(batch, data);
      Arrays.stream(batch.examples()).forEach(seen::add);
    }
    assertThat(seen).doesNotHaveDuplicates().hasSize(lengths.size());
  }

  @Property(tries = 100)
  void anyPositionResumesWithTheSameRest(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 20) Integer> lengths, @ForAll long seed) {
    var data = data(lengths);
    for (var sampler : List.of(Sampler.shuffled(data.size(), seed),
        Sampler.byLabel(data, 3, new LabelBalance.SquareRoot(), 50, seed))) {
      var all = drain(new Batches(data, sampler, 40, 8).epoch(3));
      for (int from = 0; from <= all.size(); from++) {
        var rest = drain(new Batches(data, sampler, 40, 8).epoch(3, from));
        assertThat(examples(rest)).isEqualTo(examples(all.subList(from, all.size())));
      }
      assertThatThrownBy(() -> new Batches(data, sampler, 40, 8).epoch(3, all.size() + 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void epochsAndSeedsHaveOrdersOfTheirOwn() {
    var sampler = Sampler.shuffled(1000, 5);
    assertThat(order(sampler, 0)).isEqualTo(order(Sampler.shuffled(1000, 5), 0))
        .isNotEqualTo(order(sampler, 1)).isNotEqualTo(order(Sampler.shuffled(1000, 6), 0));
  }

  /** Each of the 24 orders of 4 elements is as likely as the others: chi-square, 23 degrees of freedom. */
  @Test
  void smallPermutationsAreUniform() {
    var counts = new int[256];
    int trials = 24_000;
    for (int epoch = 0; epoch < trials; epoch++) {
      var order = order(Sampler.shuffled(4, 7), epoch);
      counts[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
    }
    double expected = trials / 24.0;
    double chiSquare = Arrays.stream(counts).filter(count -> count > 0)
        .mapToDouble(count -> (count - expected) * (count - expected) / expected).sum();
    assertThat(Arrays.stream(counts).filter(count -> count > 0).count()).isEqualTo(24);
    assertThat(chiSquare).isLessThan(57);
  }

  @Test
  void neighboursInTheDataAreNoNeighboursInTheOrder() {
    var order = order(Sampler.shuffled(100_000, 3), 0);
    double sum = 0;
    int ascending = 0;
    for (int i = 1; i < order.length; i++) {
      sum += Math.abs(order[i] - order[i - 1]);
      ascending += order[i] > order[i - 1] ? 1 : 0;
    }
    assertThat(sum / order.length).isBetween(33_000.0, 33_700.0);
    assertThat(ascending).isBetween(49_400, 50_600);
  }

  @Test
  void theLongestExampleMustFit() {
    assertThatThrownBy(() -> new Batches(data(List.of(3, 9)), Sampler.sequential(2), 8, 4))
        .isInstanceOf(DataException.class)
        .hasMessage("a batch of 8 tokens cannot hold the longest example, which has 9; raise the tokens of a batch or "
            + "lower the maximum length");
  }

  @Test
  void labelsAreDrawnByTheirScheme() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 101; i++) {
      rows.add(Row.of("t", i == 0 ? "rare" : "often"));
    }
    var labels = LabelSet.of(List.of("often", "rare"), new long[] {100, 1});
    var data = TokenDataset.inMemory(
        new TokenRecipe(RowSource.of(rows), labels, text -> new int[] {1}, "", 9), ProblemListener.STRICT);
    assertThat(rareShare(data, new LabelBalance.Natural())).isBetween(0.008, 0.012);
    assertThat(rareShare(data, new LabelBalance.Balanced())).isBetween(0.49, 0.51);
    assertThat(rareShare(data, new LabelBalance.SquareRoot())).isBetween(1 / 11.0 - 0.005, 1 / 11.0 + 0.005);
    // Effective numbers for beta 0.9: 10 (1 - 0.9^100) and 1; chances 100 / 9.99973 and 1.
    assertThat(rareShare(data, new LabelBalance.EffectiveNumber(0.9))).isBetween(0.0859, 0.0959);
  }

  @Test
  void weightsDecideHowOftenAnExampleIsDrawn() {
    var counts = new int[4];
    for (int example : order(Sampler.weighted(new double[] {0, 1, 3, 0}, 40_000, 1), 2)) {
      counts[example]++;
    }
    assertThat(counts[0]).isZero();
    assertThat(counts[3]).isZero();
    assertThat(counts[2] / 40_000.0).isBetween(0.74, 0.76);
    assertThatThrownBy(() -> Sampler.weighted(new double[] {0, 0}, 1, 1)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> Sampler.weighted(new double[] {-1, 2}, 1, 1)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> Sampler.weighted(new double[] {Double.NaN}, 1, 1)).isInstanceOf(DataException.class);
  }

  @Test
  void lossWeightsAverageToOneOverExamples() {
    var counts = new long[] {1, 10, 100, 0};
    for (var balance : List.of(new LabelBalance.Natural(), new LabelBalance.Balanced(), new LabelBalance.SquareRoot(),
        new LabelBalance.EffectiveNumber(0.999), new LabelBalance.EffectiveNumber(0))) {
      var weights = balance.labelWeights(counts);
      assertThat(weights[0] + 10 * weights[1] + 100 * weights[2]).isCloseTo(111, within());
      assertThat(weights[3]).isZero();
    }
    assertThat(new LabelBalance.Balanced().labelWeights(counts)[0]).isCloseTo(37, within());
    assertThat(new LabelBalance.EffectiveNumber(0.9999).weight(2)).isCloseTo(1 / 1.9999, within());
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-9);
  }

  private static double rareShare(TokenDataset data, LabelBalance balance) {
    var order = order(Sampler.byLabel(data, 2, balance, 40_000, 3), 1);
    return Arrays.stream(order).filter(example -> example == 0).count() / 40_000.0;
  }

  private static int[] order(Sampler sampler, long epoch) {
    var order = new int[sampler.size()];
    Arrays.setAll(order, sampler.order(epoch));
    return order;
  }

  /** Examples of the given lengths; tokens tell their example and position, and examples have 0 to 2 labels. */
  private static TokenDataset data(List<Integer> lengths) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < lengths.size(); i++) {
      rows.add(Row.of(Integer.toString(i), Arrays.copyOf(new String[] {"a", "b"}, i % 3)));
    }
    var labels = LabelSet.of(List.of("a", "b"), new long[2]);
    TokenEncoder encoder = text -> {
      int example = Integer.parseInt(text);
      var ids = new int[lengths.get(example)];
      Arrays.setAll(ids, position -> 100 * example + position);
      return ids;
    };
    return TokenDataset.inMemory(
        new TokenRecipe(RowSource.of(rows), labels, encoder, "", 100), ProblemListener.STRICT);
  }

  private static void check(PackedBatch batch, TokenDataset data) {
    assertThat(batch.cuSeqlens()[batch.sequences()]).isEqualTo(batch.tokens());
    for (int i = 0; i < batch.sequences(); i++) {
      int example = batch.examples()[i];
      int start = batch.cuSeqlens()[i];
      assertThat(batch.cuSeqlens()[i + 1] - start).isEqualTo(data.length(example));
      assertThat(batch.ids()[start]).isEqualTo(100 * example);
      assertThat(batch.ids()[batch.cuSeqlens()[i + 1] - 1]).isEqualTo(100 * example + data.length(example) - 1);
      assertThat(batch.labelOffsets()[i + 1] - batch.labelOffsets()[i]).isEqualTo(example % 3);
      for (int n = 0; n < example % 3; n++) {
        assertThat(batch.labels()[batch.labelOffsets()[i] + n]).isEqualTo(n);
      }
    }
  }

  private static List<PackedBatch> drain(Iterator<PackedBatch> batches) {
    var all = new ArrayList<PackedBatch>();
    batches.forEachRemaining(all::add);
    return all;
  }

  private static List<List<Integer>> examples(List<PackedBatch> batches) {
    return batches.stream().map(batch -> Arrays.stream(batch.examples()).boxed().toList()).toList();
  }
}
