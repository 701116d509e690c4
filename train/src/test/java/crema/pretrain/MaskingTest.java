package crema.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.base.Rng;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.Sampler;
import crema.data.TokenDataset;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is hidden, and behind what. */
class MaskingTest {
  private static final String TEXT = "Rhines, rivers and cities of France";
  private static final int MANY = 3000;

  private static MaskedVocabulary vocabulary;
  private static MarkedTokens encoder;

  @BeforeAll
  static void load() throws IOException {
    Tokenizer tokenizer = Tokenizer.load(Path.of("src/test/resources/crema/pretrain/bert/tokenizer.json"));
    vocabulary = MaskedVocabulary.of(tokenizer, tokenizer.id("[MASK]").orElseThrow());
    encoder = new MarkedTokens(vocabulary, 64);
  }

  private static PackedBatch batch(String... texts) {
    List<int[]> ids = Stream.of(texts).flatMap(text -> encoder.examples(text).stream()).toList();
    TokenDataset data = TokenDataset.inMemory(ids, 64);
    return new Batches(data, Sampler.sequential(data.size()), Integer.MAX_VALUE, Integer.MAX_VALUE).epoch(0).next();
  }

  private static PackedBatch manyTexts() {
    String[] texts = new String[MANY];
    Arrays.fill(texts, TEXT);
    return batch(texts);
  }

  private static MaskedBatch masked(PackedBatch batch, Masking masking, long step) {
    return masking.apply(batch, vocabulary, new Rng(5, step).stream(0));
  }

  private static long ordinary(PackedBatch batch) {
    return Arrays.stream(batch.ids()).filter(token -> vocabulary.isOrdinary(MarkedTokens.id(token))).count();
  }

  @ParameterizedTest
  @EnumSource(Masking.Unit.class)
  void tokensAreHiddenWithTheirProbabilities(Masking.Unit unit) {
    PackedBatch batch = manyTexts();
    var masking = new Masking(0.4, 0.7, 0.2, unit);
    MaskedBatch hidden = masked(batch, masking, 1);

    // Of 6 to 8 words, 0.6 to the power of that is the chance that none is drawn, and then one is.
    assertThat((double) hidden.hidden() / ordinary(batch)).isCloseTo(0.4, within(0.015));
    long masks = 0;
    long same = 0;
    var others = new TreeSet<Integer>();
    for (int n = 0; n < hidden.hidden(); n++) {
      int shown = hidden.ids()[hidden.positions()[n]];
      assertThat(hidden.targets()[n]).isEqualTo(MarkedTokens.id(batch.ids()[hidden.positions()[n]]));
      if (shown == vocabulary.mask()) {
        masks++;
      } else if (shown == hidden.targets()[n]) {
        same++;
      } else {
        others.add(shown);
      }
    }
    assertThat((double) masks / hidden.hidden()).isCloseTo(0.7, within(0.02));
    // A token that is drawn at random may be the same one.
    assertThat((double) same / hidden.hidden()).isCloseTo(0.1 + 0.2 / vocabulary.ordinaryIds().length, within(0.02));
    assertThat(others).containsExactlyElementsOf(IntStream.of(vocabulary.ordinaryIds()).boxed().toList());
  }

  @Test
  void specialTokensAreNeitherHiddenNorDrawn() {
    PackedBatch batch = batch("Paris ☃ [MASK] city", "Berlin");
    MaskedBatch hidden = masked(batch, new Masking(1, 0, 1, Masking.Unit.WORDS), 1);

    assertThat(hidden.hidden()).isEqualTo(3);
    assertThat(Arrays.stream(hidden.ids()).filter(id -> id < 5).count()).isEqualTo(2 + 2 + 2);
    assertThat(vocabulary.ordinaryIds()).doesNotContain(0, 1, 2, 3, 4);
  }

  @Test
  void wordsAreHiddenWhole() {
    PackedBatch batch = manyTexts();
    MaskedBatch hidden = masked(batch, Masking.DEFAULT, 2);
    var positions = new TreeSet<Integer>();
    IntStream.of(hidden.positions()).forEach(positions::add);

    int inner = 0;
    for (int i = 1; i < batch.tokens(); i++) {
      if (vocabulary.tokenizer().token(MarkedTokens.id(batch.ids()[i])).startsWith("##")) {
        inner++;
        assertThat(positions.contains(i)).isEqualTo(positions.contains(i - 1));
      }
    }
    assertThat(inner).isGreaterThan(MANY);
    MaskedBatch single = masked(batch, new Masking(0.15, 0.8, 0.1, Masking.Unit.TOKENS), 2);
    var apart = new TreeSet<Integer>();
    IntStream.of(single.positions()).forEach(apart::add);
    assertThat(IntStream.range(1, batch.tokens())
        .anyMatch(i -> vocabulary.tokenizer().token(MarkedTokens.id(batch.ids()[i])).startsWith("##")
            && apart.contains(i) != apart.contains(i - 1)))
        .isTrue();
  }

  @Test
  void ofEveryTextSomethingIsHidden() {
    String[] texts = IntStream.range(0, 500).mapToObj(_ -> "Paris").toArray(String[]::new);
    MaskedBatch hidden = masked(batch(texts), new Masking(0.01, 0.8, 0.1, Masking.Unit.WORDS), 3);

    assertThat(hidden.positions()).containsExactly(IntStream.range(0, 500).map(text -> 3 * text + 1).toArray());
  }

  @Test
  void masksAreDrawnAnewInEachEpochAndTheSameWhenItIsRepeated() {
    List<int[]> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.addAll(encoder.examples(TEXT));
    }
    TokenDataset data = TokenDataset.inMemory(ids, 64);
    var batches = new MaskedBatches(new Batches(data, Sampler.sequential(40), 100, Integer.MAX_VALUE), Masking.DEFAULT,
        vocabulary, 11);

    List<List<Integer>> first = hidden(batches, 0, 0);
    assertThat(hidden(batches, 0, 0)).isEqualTo(first);
    assertThat(hidden(batches, 1, 0)).isNotEqualTo(first);
    assertThat(first.get(0)).isNotEqualTo(first.get(1));
    assertThat(hidden(batches, 0, 2)).isEqualTo(first.subList(2, first.size()));
    assertThat(first).hasSize(batches.count(0));
  }

  private static List<List<Integer>> hidden(MaskedBatches batches, long epoch, int from) {
    var all = new ArrayList<List<Integer>>();
    batches.epoch(epoch, from).forEachRemaining(batch -> all.add(IntStream.of(batch.positions()).boxed().toList()));
    return all;
  }

  @Test
  void longTextsBecomeSeveralExamplesAndTextsWithoutATokenToGuessNone() {
    var small = new MarkedTokens(vocabulary, 5);

    List<int[]> examples = small.examples("paris is the capital of france .");

    assertThat(examples).hasSize(3).allSatisfy(ids -> {
      assertThat(MarkedTokens.id(ids[0])).isEqualTo(2);
      assertThat(MarkedTokens.id(ids[ids.length - 1])).isEqualTo(3);
    });
    assertThat(examples.stream().mapToInt(ids -> ids.length - 2).sum()).isEqualTo(7);
    assertThat(small.examples("☃ ☃")).isEmpty();
    assertThat(small.examples("")).isEmpty();
  }
}
