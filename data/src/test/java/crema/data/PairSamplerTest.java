package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which pairs an epoch has: unique ones, in turns of both kinds, of which the smaller comes as often as the larger. */
class PairSamplerTest {
  /** Labels of 1, 2, 4 and no rows, 3 rows. */
  private static final int[] LABELS = {2, 0, 2, 1, 4, 2, 1, 4, 2, 4};

  private static List<PairSampler.Pair> pairs(PairSampler sampler, long epoch) {
    var pairs = new ArrayList<PairSampler.Pair>();
    PairSampler.Order order = sampler.order(epoch);
    for (int position = 0; position < sampler.size(); position++) {
      pairs.add(order.at(position));
    }
    return pairs;
  }

  /** How often each pair comes, whichever of its rows is the first. */
  private static Map<Set<Integer>, Integer> counts(List<PairSampler.Pair> pairs, boolean similar) {
    var counts = new HashMap<Set<Integer>, Integer>();
    pairs.stream().filter(pair -> pair.isSimilar() == similar)
        .forEach(pair -> counts.merge(Set.of(pair.first(), pair.second()), 1, Integer::sum));
    return counts;
  }

  @Test
  void withoutLimitAllPairsComeAndThoseOfTheSmallerKindAsOftenAsPossible() {
    var sampler = new PairSampler(LABELS, 0, 7);
    assertThat(sampler.similarPairs()).isEqualTo(1 + 6 + 3);
    assertThat(sampler.otherPairs()).isEqualTo(45 - 10);
    List<PairSampler.Pair> pairs = pairs(sampler, 0);
    assertThat(pairs).hasSize(2 * 35);
    for (int position = 0; position < pairs.size(); position++) {
      PairSampler.Pair pair = pairs.get(position);
      assertThat(pair.isSimilar()).isEqualTo(position % 2 == 0)
          .isEqualTo(LABELS[pair.first()] == LABELS[pair.second()]);
    }
    assertThat(counts(pairs, false)).hasSize(35).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    assertThat(counts(pairs, true)).hasSize(10).allSatisfy((_, times) -> assertThat(times).isBetween(3, 4));
  }

  @Test
  void aLimitOfPairsAnExampleHoldsForBothKinds() {
    List<PairSampler.Pair> pairs = pairs(new PairSampler(LABELS, 2, 7), 0);
    assertThat(pairs).hasSize(2 * 2 * LABELS.length);
    assertThat(counts(pairs, false)).hasSize(20);
    assertThat(counts(pairs, true)).hasSize(10).allSatisfy((_, times) -> assertThat(times).isEqualTo(2));
  }

  @Test
  void theOrderIsAFunctionOfSeedAndEpoch() {
    List<PairSampler.Pair> first = pairs(new PairSampler(LABELS, 0, 7), 3);
    assertThat(pairs(new PairSampler(LABELS, 0, 7), 3)).isEqualTo(first);
    assertThat(pairs(new PairSampler(LABELS, 0, 7), 4)).isNotEqualTo(first);
    assertThat(pairs(new PairSampler(LABELS, 0, 8), 3)).isNotEqualTo(first);
  }

  /** Of the largest number that there may be, where numbers of pairs nearly fill an int. */
  @Test
  void pairsOfManyExamplesAreWithinThem() {
    var labels = new int[PairSampler.MOST_EXAMPLES];
    for (int example = 0; example < labels.length; example++) {
      labels[example] = example % 3 == 0 ? 1 : 0;
    }
    var sampler = new PairSampler(labels, 1, 1);
    long all = (long) labels.length * (labels.length - 1) / 2;
    assertThat((long) sampler.similarPairs() + sampler.otherPairs()).isEqualTo(all);
    var seen = new HashSet<PairSampler.Pair>();
    PairSampler.Order order = sampler.order(0);
    for (int position = 0; position < 20_000; position++) {
      PairSampler.Pair pair = order.at(position);
      assertThat(labels[pair.first()] == labels[pair.second()]).isEqualTo(pair.isSimilar());
      assertThat(pair.first()).isNotEqualTo(pair.second());
      assertThat(seen.add(pair)).isTrue();
    }
  }

  @Test
  void rowsWithoutPairsOfBothKindsAreRefused() {
    assertThatThrownBy(() -> new PairSampler(new int[] {0, 1, 2}, 20, 1)).isInstanceOf(DataException.class)
        .hasMessageContaining("no label has two rows").hasMessageContaining("give each label at least two rows");
    assertThatThrownBy(() -> new PairSampler(new int[] {1, 1, 1}, 20, 1)).isInstanceOf(DataException.class)
        .hasMessageContaining("all rows have one label");
    assertThatThrownBy(() -> new PairSampler(new int[PairSampler.MOST_EXAMPLES + 1], 20, 1))
        .isInstanceOf(DataException.class).hasMessageContaining("65,536");
  }
}
