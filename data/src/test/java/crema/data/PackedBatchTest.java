package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.Rng;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PackedBatchTest {
  private static final Rng.Stream RANDOM = new Rng(5, 7).stream(-1);

  /** Sequences of the lengths; each token's id is its position in the batch, and each sequence has one label. */
  private static PackedBatch batch(List<Integer> lengths) {
    var ends = new int[lengths.size() + 1];
    for (int i = 0; i < lengths.size(); i++) {
      ends[i + 1] = ends[i] + lengths.get(i);
    }
    var ids = new int[ends[lengths.size()]];
    Arrays.setAll(ids, i -> i);
    var numbers = new int[ends.length];
    Arrays.setAll(numbers, i -> i);
    int[] labels = Arrays.copyOf(numbers, lengths.size());
    return new PackedBatch(ids, ends, labels, numbers, labels, _ -> RowMeta.MEMORY);
  }

  @Property(tries = 200)
  void droppingTokensKeepsOrderSequencesAndLabelsAndNeverEmptiesASequence(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 12) Integer> lengths,
      @ForAll @IntRange(max = 95) int percent) {
    PackedBatch whole = batch(lengths);
    PackedBatch some = whole.withTokensDropped(percent / 100.0, RANDOM);
    assertThat(some.labels()).isEqualTo(whole.labels());
    assertThat(some.labelOffsets()).isEqualTo(whole.labelOffsets());
    assertThat(some.examples()).isEqualTo(whole.examples());
    assertThat(some.cuSeqlens()).hasSameSizeAs(whole.cuSeqlens()).startsWith(0);
    assertThat(some.tokens()).isEqualTo(some.cuSeqlens()[lengths.size()]);
    assertThat(some.ids()).isSorted().doesNotHaveDuplicates();
    for (int sequence = 0; sequence < lengths.size(); sequence++) {
      int from = some.cuSeqlens()[sequence];
      int to = some.cuSeqlens()[sequence + 1];
      assertThat(to).isGreaterThan(from);
      for (int i = from; i < to; i++) {
        assertThat(some.ids()[i]).isBetween(whole.cuSeqlens()[sequence], whole.cuSeqlens()[sequence + 1] - 1);
      }
    }
  }

  @Test
  void someSequencesKeepTheirTokensLabelsAndExamplesInTheOrderTheyAreNamed() {
    var batch = new PackedBatch(new int[] {10, 11, 20, 30, 31, 32}, new int[] {0, 2, 3, 6}, new int[] {7, 8, 9},
        new int[] {0, 2, 2, 3}, new int[] {100, 200, 300}, example -> RowMeta.MEMORY);
    PackedBatch some = batch.only(new int[] {2, 0});
    assertThat(some.ids()).containsExactly(30, 31, 32, 10, 11);
    assertThat(some.cuSeqlens()).containsExactly(0, 3, 5);
    assertThat(some.labels()).containsExactly(9, 7, 8);
    assertThat(some.labelOffsets()).containsExactly(0, 1, 3);
    assertThat(some.examples()).containsExactly(300, 100);
    assertThat(batch.only(new int[0]).sequences()).isZero();
  }

  @Property(tries = 200)
  void fillingUpPutsShortSequencesWithoutLabelBehindTheOthers(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 12) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 9) int more, @ForAll @IntRange(max = 40) int spare) {
    PackedBatch some = batch(lengths);
    PackedBatch filled = some.filledUp(some.sequences() + more, some.tokens() + more + spare);
    assertThat(filled.sequences()).isEqualTo(some.sequences() + more);
    assertThat(filled.tokens()).isEqualTo(some.tokens() + more + spare);
    assertThat(filled.ids()).startsWith(some.ids());
    assertThat(Arrays.copyOfRange(filled.ids(), some.tokens(), filled.tokens()))
        .containsOnly(some.ids()[some.tokens() - 1]);
    assertThat(filled.cuSeqlens()).startsWith(some.cuSeqlens()).endsWith(filled.tokens());
    for (int sequence = 0; sequence < some.sequences(); sequence++) {
      assertThat(filled.labels(sequence)).isEqualTo(some.labels(sequence));
      assertThat(filled.meta(sequence)).isSameAs(some.meta(sequence));
    }
    for (int sequence = some.sequences(); sequence < filled.sequences(); sequence++) {
      assertThat(filled.labels(sequence)).containsExactly(-1);
      assertThat(filled.cuSeqlens()[sequence + 1] - filled.cuSeqlens()[sequence])
          .isBetween(1, Math.ceilDiv(more + spare, more));
    }
  }

  @Test
  void aBatchIsNotFilledUpWithSequencesThatHaveNoToken() {
    PackedBatch some = batch(List.of(3, 2));
    assertThatThrownBy(() -> some.filledUp(4, 6)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a batch of 2 sequences and 5 tokens cannot be filled up to 4 and 6");
  }

  @Test
  void tokensAreDroppedAsOftenAsAskedForWhereverTheyStand() {
    PackedBatch whole = batch(List.of(20_000, 20_000));
    PackedBatch some = whole.withTokensDropped(0.3, RANDOM);
    assertThat(some.cuSeqlens()[1] / 20_000.0).isCloseTo(0.7, Offset.offset(0.015));
    assertThat((some.tokens() - some.cuSeqlens()[1]) / 20_000.0).isCloseTo(0.7, Offset.offset(0.015));
    assertThat(whole.withTokensDropped(0, RANDOM).ids()).isEqualTo(whole.ids());
  }

  @Test
  void ofASequenceThatWouldLoseAllEachTokenIsTheOneThatStaysAboutAsOften() {
    var kept = new int[3];
    for (int step = 0; step < 3000; step++) {
      PackedBatch one = batch(List.of(3)).withTokensDropped(0.9999, new Rng(1, step).stream(-1));
      assertThat(one.tokens()).isEqualTo(1);
      kept[one.ids()[0]]++;
    }
    assertThat(Arrays.stream(kept).boxed()).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
  }

  @Test
  void whichTokensAreDroppedDependsOnTheStreamAlone() {
    PackedBatch whole = batch(List.of(100));
    int[] first = whole.withTokensDropped(0.5, RANDOM).ids();
    assertThat(whole.withTokensDropped(0.5, new Rng(5, 7).stream(-1)).ids()).isEqualTo(first);
    assertThat(whole.withTokensDropped(0.5, new Rng(5, 8).stream(-1)).ids()).isNotEqualTo(first);
  }
}
