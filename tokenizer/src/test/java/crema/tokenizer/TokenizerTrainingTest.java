package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.tokenizer.TokenizerTrainer.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compared with what {@code training.py} writes: SentencePiece's trainer, and WordPiece by its definition. */
class TokenizerTrainingTest {
  private static final Path RESOURCES = Path.of("src/test/resources/crema/tokenizer/training");
  private static final List<String> CORPUS = lines();

  private static List<String> lines() {
    try {
      return Files.readAllLines(RESOURCES.resolve("corpus.txt"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static JsonNode golden(String name) throws IOException {
    return Json.parse(Files.readString(RESOURCES.resolve(name)));
  }

  private static TokenizerTrainer trainer(Kind kind, int size) {
    return TokenizerTrainer.of(kind).withThreads(2).withVocabularySize(size);
  }

  private static List<String> tokens(Tokenizer tokenizer) {
    return IntStream.range(0, tokenizer.vocabularySize()).mapToObj(tokenizer::token).toList();
  }

  @Test
  void wordPieceIsThatOfTheDefinition() throws IOException {
    List<String> expected = golden("wordpiece.json").valueStream().map(JsonNode::stringValue).toList();

    Tokenizer tokenizer = trainer(Kind.WORDPIECE, 300).withLowercase(true).train(CORPUS);

    assertThat(tokens(tokenizer)).isEqualTo(expected);
  }

  @Test
  void wordPieceEncodesAsBertDoes() {
    Tokenizer tokenizer = trainer(Kind.WORDPIECE, 300).withLowercase(true).train(CORPUS);

    List<String> spelled = IntStream.of(tokenizer.encode("Unfo, 7é☃")).mapToObj(tokenizer::token).toList();

    assertThat(spelled).startsWith("[CLS]").endsWith("[SEP]").contains("[UNK]");
    assertThat(tokenizer.id("[MASK]")).hasValue(4);
    assertThat(tokenizer.encodeWithOffsets("fo", "fo").typeIds()).contains(0, 1);
  }

  @Test
  void charactersThatAreTooManyForTheVocabularyAreLeftOutTheRarestFirst() {
    Tokenizer tokenizer = trainer(Kind.WORDPIECE, 5 + 4).train(List.of("ab ab ab", "ba c"));

    assertThat(tokens(tokenizer)).endsWith("a", "b", "##a", "##b");
    assertThat(tokenizer.encode("c")).isEqualTo(new int[] {2, 1, 3});
  }

  /** SentencePiece starts from parts of distinct words; here they count as often as they occur, which finds better ones. */
  @Test
  void unigramMakesTheCorpusAsLikelyAsSentencePieceDoes() throws IOException {
    Tokenizer own = trainer(Kind.UNIGRAM, 300).train(CORPUS);
    Tokenizer theirs = own(golden("unigram.json"));

    assertThat(logLikelihood(own)).isGreaterThan(1.005 * logLikelihood(theirs));
    assertThat(own.vocabularySize()).isEqualTo(300);
    Set<String> common = new HashSet<>(tokens(own));
    common.retainAll(tokens(theirs));
    assertThat(common).hasSizeGreaterThan(200);
  }

  /** Their pieces in a tokenizer that cuts texts as ours. */
  private static Tokenizer own(JsonNode pieces) {
    var names = new ArrayList<String>(List.of("<unk>"));
    var scores = new ArrayList<Double>(List.of(0.0));
    pieces.valueStream().forEach(piece -> {
      names.add(Objects.requireNonNull(piece.get(0)).stringValue());
      scores.add(Objects.requireNonNull(piece.get(1)).doubleValue());
    });
    var ids = new HashMap<String, Integer>();
    names.forEach(name -> ids.put(name, ids.size()));
    var model = new UnigramModel(new Vocabulary(names.toArray(String[]::new), ids),
        scores.stream().mapToDouble(Double::doubleValue).toArray(), 0, false);
    var settings = new crema.base.json.ObjectNode();
    new UnigramTraining().describe(settings, false);
    return TokenizerReader.assemble("golden", settings, model, List.of(), List.of());
  }

  private static double logLikelihood(Tokenizer tokenizer) {
    var model = (UnigramModel) tokenizer.model();
    double sum = 0;
    for (String line : CORPUS) {
      for (int id : tokenizer.encode(line)) {
        sum += model.score(id);
      }
    }
    return sum;
  }

  @Test
  void unigramScoresAreLogarithmsOfProbabilities() {
    var tokenizer = trainer(Kind.UNIGRAM, 300).train(CORPUS);
    var model = (UnigramModel) tokenizer.model();

    double sum = IntStream.range(1, model.size()).mapToDouble(id -> Math.exp(model.score(id))).sum();

    // What the last choice of pieces left out is missing.
    assertThat(sum).isBetween(0.97, 1.001);
    assertThat(IntStream.range(2, model.size())).allMatch(id -> model.score(id) <= model.score(id - 1));
  }

  @Test
  void unigramKnowsEveryCommonCharacter() {
    var tokenizer = trainer(Kind.UNIGRAM, 60).train(CORPUS);

    for (String line : CORPUS) {
      assertThat(IntStream.of(tokenizer.encode(line)).filter(id -> id == 0).count()).as(line).isZero();
    }
    assertThat(tokenizer.decode(tokenizer.encode("re  fona 7"))).isEqualTo("re fona 7");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theOrderOfTheTextsAndTheNumberOfThreadsDoNotMatter(Kind kind) {
    var shuffled = new ArrayList<>(CORPUS);
    Collections.shuffle(shuffled, new Random(3));

    Tokenizer one = trainer(kind, 400).withThreads(1).train(CORPUS);
    Tokenizer other = trainer(kind, 400).withThreads(5).train(shuffled);

    assertThat(tokens(other)).isEqualTo(tokens(one));
    if (one.model() instanceof UnigramModel model && other.model() instanceof UnigramModel same) {
      assertThat(IntStream.range(0, model.size())).allMatch(id -> model.score(id) == same.score(id));
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatWasTrainedIsReadAsItWasWritten(Kind kind, @TempDir Path folder) throws IOException {
    Tokenizer tokenizer = trainer(kind, 400).train(CORPUS);
    tokenizer.save(folder.resolve("tokenizer.json"));
    Tokenizer read = Tokenizer.load(folder.resolve("tokenizer.json"));

    for (String line : CORPUS.subList(0, 50)) {
      assertThat(read.encode(line)).isEqualTo(tokenizer.encode(line));
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void anEmptyCorpusGivesWhatThereIsWithoutOne(Kind kind) {
    Tokenizer tokenizer = trainer(kind, 400).train(List.of());

    assertThat(tokenizer.vocabularySize()).isEqualTo(switch (kind) {
      case BPE -> 256;
      case WORDPIECE -> 5;
      case UNIGRAM -> 1;
    });
  }

  @Test
  void aTokenizerThatDoesNotKnowEverythingNeedsATokenForTheRest() {
    assertThatThrownBy(() -> TokenizerTrainer.of(Kind.UNIGRAM).withSpecialTokens(List.of("<pad>")))
        .hasMessageContaining("needs a special token for what is unknown, [UNK] or <unk>");
    assertThatThrownBy(() -> TokenizerTrainer.of(Kind.WORDPIECE).withSpecialTokens(List.of("[UNK]"), TokenFrame.BERT))
        .hasMessageContaining("the token '[CLS]' of the frame is no special token");
  }

  @Property(tries = 200)
  void partsOfWordsAreCountedAsByTrying(
      @ForAll @Size(max = 12) List<@AlphaChars @StringLength(min = 1, max = 6) String> all) {
    // Two letters repeat much.
    List<String> words = all.stream().map(word -> word.replaceAll("[A-M]", "a").replaceAll("[^a]", "b")).toList();
    var counts = new WordCounts();
    words.forEach(word -> counts.add(word.toCharArray(), 0, word.length(), 1));
    var found = new TreeMap<String, Long>();
    new SubstringCounter(counts, 4).forEach(2, found::put);

    Map<String, Long> expected = new TreeMap<>();
    for (String word : words) {
      for (int from = 0; from < word.length(); from++) {
        for (int to = from + 2; to <= Math.min(word.length(), from + 4); to++) {
          expected.merge(word.substring(from, to), 1L, Long::sum);
        }
      }
    }
    // A part that always goes on in the same way stands for nothing that its longer form does not.
    found.forEach((part, count) -> assertThat(count).as(part).isEqualTo(expected.get(part)));
    expected.forEach((part, count) -> {
      boolean goesOn = part.length() < 4 && expected.entrySet().stream()
          .anyMatch(other -> other.getKey().length() == part.length() + 1 && other.getKey().startsWith(part)
              && other.getValue().equals(count));
      if (count >= 2 && !goesOn) {
        assertThat(found).containsKey(part);
      }
    });
  }

  @Test
  void digammaIsThatOfTheTables() {
    assertThat(UnigramLearner.digamma(1)).isCloseTo(-0.5772156649015329, within(1e-9));
    assertThat(UnigramLearner.digamma(0.5)).isCloseTo(-1.9635100260214235, within(1e-9));
    assertThat(UnigramLearner.digamma(1000)).isCloseTo(6.907255195648812, within(1e-12));
  }
}
