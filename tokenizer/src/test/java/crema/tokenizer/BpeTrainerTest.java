package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
  private static final TokenizerTrainer TRAINER = TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withThreads(1);

  @Test
  void theMostFrequentPairBecomesTheFirstToken() {
    var tokenizer = TRAINER.withVocabularySize(258).train(List.of("low low low lower lowest"));

    // " lo" occurs four times and "lo" five times; of "lo" and "ow", equally frequent, "l" has the lower id.
    assertThat(tokenizer.token(256)).isEqualTo("lo");
    assertThat(tokenizer.token(257)).isEqualTo("low");
  }

  @Test
  void idsAreSpecialTokensThenBytesThenMerges() {
    var tokenizer = TRAINER.withSpecialTokens(List.of("<pad>", "<s>")).withVocabularySize(259).train(List.of("aa aa"));

    assertThat(tokenizer.token(0)).isEqualTo("<pad>");
    assertThat(tokenizer.token(1)).isEqualTo("<s>");
    assertThat(tokenizer.token(2)).isEqualTo("!");
    assertThat(tokenizer.token(257)).isEqualTo("\u0143");
    assertThat(tokenizer.token(258)).isEqualTo("aa");
    assertThat(tokenizer.vocabularySize()).isEqualTo(259);
  }

  @Test
  void aPairBelowTheMinimumFrequencyIsNotMerged() {
    var corpus = List.of("ab ab ab", "cd cd");

    assertThat(TRAINER.withMinimumFrequency(3).train(corpus).id("ab")).hasValue(256);
    assertThat(TRAINER.withMinimumFrequency(3).train(corpus).id("cd")).isEmpty();
    assertThat(TRAINER.withMinimumFrequency(2).train(corpus).id("cd")).isPresent();
  }

  @Test
  void anEmptyCorpusGivesTheBytes() {
    var tokenizer = TRAINER.train(Stream.empty());

    assertThat(tokenizer.vocabularySize()).isEqualTo(256);
    assertThat(tokenizer.decode(tokenizer.encode("größer 👍"))).isEqualTo("größer 👍");
  }

  @Test
  void lowercaseTrainsAndEncodesInLowerCase() {
    var tokenizer = TRAINER.withLowercase(true).train(List.of("USB USB usb"));

    assertThat(tokenizer.encode("UsB")).isEqualTo(tokenizer.encode("usb")).hasSize(1);
  }

  @Test
  void noMergeSpellsASpecialToken() {
    var tokenizer = TRAINER.withSpecialTokens(List.of("abc")).withLowercase(true)
        .train(Collections.nCopies(5, "ABC abcd"));

    assertThat(tokenizer.id("abc")).hasValue(0);
    assertThat(tokenizer.encode("xABC")).doesNotContain(0);
  }

  @Test
  void progressCountsTextsAndTokens() {
    var reports = new HashMap<TrainingProgress.Phase, Long>();
    TRAINER.withVocabularySize(260).withProgress((phase, done, _) -> reports.put(phase, done))
        .train(Collections.nCopies(1000, "one two three"));

    assertThat(reports).containsEntry(TrainingProgress.Phase.READING_TEXTS, 1000L)
        .containsEntry(TrainingProgress.Phase.LEARNING_MERGES, 260L);
  }

  @Test
  void aFailingCorpusFailsTheTraining() {
    assertThatThrownBy(() -> TRAINER.withThreads(3).train(Stream.of("a").map(_ -> {
      throw new IllegalStateException("line 7 is broken");
    }))).hasMessage("line 7 is broken");
  }

  @Test
  void badSettingsSayWhatIsWrong() {
    assertThatThrownBy(() -> TRAINER.withVocabularySize(255)).hasMessageContaining("at least 256");
    assertThatThrownBy(() -> TRAINER.withThreads(0)).hasMessageContaining("threads is 0");
    assertThatThrownBy(() -> TRAINER.withMinimumFrequency(0)).hasMessageContaining("minimumFrequency is 0");
    assertThatThrownBy(() -> TRAINER.withSpecialTokens(List.of("a"))).hasMessageContaining("token of a byte");
    assertThatThrownBy(() -> TRAINER.withSpecialTokens(List.of("<s>", "<s>"))).hasMessageContaining("twice");
    assertThatThrownBy(() -> TRAINER.withSpecialTokens(List.of(""))).hasMessageContaining("non-empty");
  }

  @Property(tries = 30)
  void theNumberOfThreadsAndTheOrderOfTextsChangeNothing(
      @ForAll @Size(max = 40) List<@StringLength(max = 30) String> corpus) {
    var expected = describe(TRAINER.withVocabularySize(400).train(corpus));
    var shuffled = new ArrayList<>(corpus);
    Collections.shuffle(shuffled, new Random(1));

    for (var threads : new int[] {2, 7}) {
      assertThat(describe(TRAINER.withVocabularySize(400).withThreads(threads).train(shuffled))).isEqualTo(expected);
    }
  }

  @Test
  void manyDistinctWordsTrainTheSameOnAnyNumberOfThreads() {
    // More words than one task rewrites, so that merges are cut into several tasks.
    var random = new Random(42);
    var corpus = Stream.generate(() -> Integer.toString(random.nextInt(1 << 30), 26)).limit(20_000).toList();
    var expected = describe(TRAINER.withVocabularySize(2_000).train(corpus));

    assertThat(describe(TRAINER.withVocabularySize(2_000).withThreads(2).train(corpus))).isEqualTo(expected);
    assertThat(describe(TRAINER.withVocabularySize(2_000).withThreads(7).train(corpus))).isEqualTo(expected);
  }

  /** A plain trainer that counts all pairs anew for each merge. */
  @Property(tries = 60)
  void incrementalCountsEqualCountingAnew(@ForAll @Size(min = 1, max = 12) List<@StringLength(max = 6) String> seeds) {
    // Few letters and many repetitions make overlaps, ties and several spellings of one token.
    var words = new ArrayList<String>();
    for (var seed : seeds) {
      var word = new StringBuilder();
      seed.chars().forEach(c -> word.append((char) ('a' + c % 3)));
      words.add(word.append(word).toString());
    }

    var learned = ((BpeModel) TRAINER.withVocabularySize(300).train(words).model()).merges();

    var expected = naiveMerges(words, 300 - 256);
    assertThat(learned.size()).isEqualTo(expected.size());
    for (int rank = 0; rank < expected.size(); rank++) {
      assertThat(PairTable.pair(learned.left(rank), learned.right(rank))).isEqualTo(expected.get(rank));
    }
  }

  private static List<Long> naiveMerges(List<String> words, int newTokens) {
    var tokens = new ArrayList<String>();
    for (int c = 0; c < 0x144; c++) {
      if (ByteAlphabet.byteOf((char) c) >= 0) {
        tokens.add(String.valueOf((char) c));
      }
    }
    var limit = tokens.size() + newTokens;
    var spelled = new ArrayList<List<Integer>>();
    for (var word : words) {
      spelled.add(new ArrayList<>(word.chars().mapToObj(c -> tokens.indexOf(String.valueOf((char) c))).toList()));
    }
    var merges = new ArrayList<Long>();
    while (tokens.size() < limit) {
      Map<Long, Long> counts = new HashMap<>();
      for (var word : spelled) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(PairTable.pair(word.get(i), word.get(i + 1)), 1L, Long::sum);
        }
      }
      var best = counts.entrySet().stream().filter(e -> e.getValue() >= 2)
          .min(Map.Entry.<Long, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()));
      if (best.isEmpty()) {
        break;
      }
      var pair = best.get().getKey();
      var token = tokens.get(PairTable.left(pair)) + tokens.get(PairTable.right(pair));
      if (!tokens.contains(token)) {
        tokens.add(token);
      }
      if (!merges.contains(pair)) {
        merges.add(pair);
      }
      for (var word : spelled) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (PairTable.pair(word.get(i), word.get(i + 1)) == pair) {
            word.set(i, tokens.indexOf(token));
            word.remove(i + 1);
          }
        }
      }
    }
    return merges;
  }

  private static String describe(Tokenizer tokenizer) {
    var merges = ((BpeModel) tokenizer.model()).merges();
    var text = new StringBuilder();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      text.append(tokenizer.token(id)).append('\n');
    }
    for (int rank = 0; rank < merges.size(); rank++) {
      text.append(merges.left(rank)).append(' ').append(merges.right(rank)).append('\n');
    }
    return text.toString();
  }
}
