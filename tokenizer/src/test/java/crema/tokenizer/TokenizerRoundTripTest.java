package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerRoundTripTest {
  private static final List<String> CORPUS = List.of(
      "apple iphone 8 plus 64gb silver", "apple iphone 8 plus 64 gb spacegrau", "Bosch Kühlschrank KGN36VL35 weiß",
      "samsung galaxy s9 64gb lilac purple", "Кофемашина Philips EP2231/40", "ソニー WH-1000XM4 ヘッドホン",
      "it's 12\" \t wide\r\n\r\n  and   56cm high", "👩‍🚀👍 emoji <pad> inside");
  private static final Tokenizer TOKENIZER =
      TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withThreads(1).withSpecialTokens(List.of("<pad>", "<s>"))
          .train(CORPUS);

  @TempDir
  Path folder;

  @Provide
  Arbitrary<String> texts() {
    var anything = Arbitraries.integers().between(0, 0x10FFFF).filter(c -> c < 0xD800 || c > 0xDFFF)
        .map(Character::toString);
    var likely = Arbitraries.of(" ", "  ", "\n", "\r\n", "'s", "'", "a", "Z", "64", "gb", "é", "<pad>", "<s>", "<",
        "日本", "\u0301", "👍", "\u200d", "\u0000", "\u3000", "apple");
    return Arbitraries.frequencyOf(Tuple.of(1, anything), Tuple.of(3, likely))
        .list().ofMaxSize(40).map(parts -> String.join("", parts));
  }

  @Property
  void decodingWhatWasEncodedGivesTheText(@ForAll("texts") String text) {
    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
  }

  @Property
  void anUnpairedSurrogateCountsAsTheReplacementCharacter(@ForAll String text) {
    var replaced = text.codePoints().map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();

    assertThat(TOKENIZER.encode(text)).isEqualTo(TOKENIZER.encode(replaced));
    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(replaced);
  }

  @Property(tries = 200)
  void aBufferIsAppendedTo(@ForAll("texts") String first, @ForAll("texts") String second) {
    var buffer = new TokenBuffer();
    TOKENIZER.encode(first, buffer);
    TOKENIZER.encode(second, buffer);

    assertThat(buffer.toArray()).isEqualTo(
        IntStream.concat(IntStream.of(TOKENIZER.encode(first)), IntStream.of(TOKENIZER.encode(second))).toArray());
  }

  @Test
  void anyCharSequenceIsEncodedLikeItsString() {
    assertThat(TOKENIZER.encode(new StringBuilder("apple iphone"))).isEqualTo(TOKENIZER.encode("apple iphone"));
  }

  @Test
  void aSavedTokenizerLoadsAsTheSame() throws IOException {
    var file = folder.resolve("tokenizer.json");
    TOKENIZER.save(file);
    var loaded = Tokenizer.load(file);

    assertThat(loaded.vocabularySize()).isEqualTo(TOKENIZER.vocabularySize());
    for (int id = 0; id < loaded.vocabularySize(); id++) {
      assertThat(loaded.token(id)).isEqualTo(TOKENIZER.token(id));
      assertThat(loaded.id(loaded.token(id))).hasValue(id);
    }
    for (var text : CORPUS) {
      assertThat(loaded.encode(text)).isEqualTo(TOKENIZER.encode(text));
    }
    var again = folder.resolve("again.json");
    loaded.save(again);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  @Test
  void savingReplacesAFileAndLeavesNothingBeside() throws IOException {
    var file = folder.resolve("tokenizer.json");
    Files.writeString(file, "old");
    TOKENIZER.save(file);

    assertThat(Tokenizer.load(file).vocabularySize()).isEqualTo(TOKENIZER.vocabularySize());
    assertThat(folder.toFile().list()).containsExactly("tokenizer.json");
  }

  @Test
  void savingToAFolderThatIsMissingFails() {
    assertThatThrownBy(() -> TOKENIZER.save(folder.resolve("missing/tokenizer.json")))
        .isInstanceOf(IOException.class).hasMessageContaining("missing");
  }

  @Test
  void specialTokensAreFoundInTextAndLeftOutOnRequest() {
    var ids = TOKENIZER.encode("<s>apple<pad><pad>");

    assertThat(ids).startsWith(1).endsWith(0, 0);
    assertThat(TOKENIZER.decode(ids)).isEqualTo("<s>apple<pad><pad>");
    assertThat(TOKENIZER.decode(ids, true)).isEqualTo("apple");
  }

  @Test
  void idsThatCutACharacterDecodeToTheReplacementCharacter() {
    var untrained = TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).train(List.of());
    var ids = untrained.encode("é!");

    assertThat(untrained.decode(new int[] {ids[0], ids[2]})).isEqualTo("\uFFFD!");
  }

  @Test
  void anIdOutsideOfTheVocabularyIsRefused() {
    for (var id : new int[] {-1, TOKENIZER.vocabularySize(), Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> TOKENIZER.decode(new int[] {id}))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("id " + id);
      assertThatThrownBy(() -> TOKENIZER.token(id)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(TOKENIZER.id("no such token")).isEmpty();
  }

  @Test
  void threadsThatShareATokenizerGetWhatOneThreadGets() throws Exception {
    var texts = IntStream.range(0, 20_000).mapToObj(i -> CORPUS.get(i % CORPUS.size()) + " " + i * 7919L).toList();
    var alone = texts.stream().map(TOKENIZER::encode).toList();
    var shared = TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withThreads(1)
        .withSpecialTokens(List.of("<pad>", "<s>")).train(CORPUS);
    try (var pool = Executors.newFixedThreadPool(4)) {
      var done = IntStream.range(0, 4).mapToObj(_ -> pool.submit(() -> texts.stream().map(shared::encode).toList()))
          .toList();
      for (var future : done) {
        var ids = future.get();
        for (int i = 0; i < ids.size(); i++) {
          assertThat(ids.get(i)).isEqualTo(alone.get(i));
        }
      }
    }
  }

  @Test
  void aMegabyteWithoutASpaceIsEncoded() {
    var text = "ab".repeat(500_000);

    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
  }
}
