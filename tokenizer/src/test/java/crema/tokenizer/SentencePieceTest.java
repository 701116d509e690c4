package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SentencePiece models and vocabularies of BERT: the ids of architectures, and files that were damaged. */
class SentencePieceTest {
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final List<String> WORDS = List.of("▁", "▁wash", "ing", "▁machine", "a", "b", "c", "h", "i", "s", "w",
      "▁w", "sh", "in", "g", "n", "m", "e");

  @TempDir
  Path folder;

  /** A model as SentencePiece writes it. */
  private static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Writer piece(String text, float score, int type) {
      var piece = new ByteArrayOutputStream();
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      piece.write(0x0A);
      piece.write(utf8.length);
      piece.writeBytes(utf8);
      piece.write(0x15);
      piece.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
      piece.write(0x18);
      piece.write(type);
      bytes.write(0x0A);
      bytes.write(piece.size());
      bytes.writeBytes(piece.toByteArray());
      return this;
    }

    /** The type of the model: 1 for Unigram, 2 for BPE. */
    Writer trainer(int type) {
      bytes.writeBytes(new byte[] {0x12, 2, 0x18, (byte) type});
      return this;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }

  /** Writes the models that the corpus of fuzzing has, into its folder; run by hand. */
  public static void main(String[] arguments) throws IOException {
    Path corpus = Files.createDirectories(Path.of(arguments[0]).resolve("sentencepiece"));
    Files.write(corpus.resolve("unigram.model"), model(1));
    Files.write(corpus.resolve("bpe.model"), model(2));
  }

  private static byte[] model(int type) {
    var writer = new Writer().piece("<unk>", 0, UNKNOWN).piece("<s>", 0, CONTROL).piece("</s>", 0, CONTROL);
    for (int i = 0; i < WORDS.size(); i++) {
      writer.piece(WORDS.get(i), -1 - i / 8f, NORMAL);
    }
    return writer.trainer(type).bytes();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("spiece.model"), bytes);
  }

  private static List<String> tokens(Tokenizer tokenizer, int[] ids) {
    return Arrays.stream(ids).mapToObj(tokenizer::token).toList();
  }

  @Test
  void piecesHaveTheIdsOfFairseqsModels() throws IOException {
    Path file = write(model(1));
    Tokenizer stored = Tokenizer.load(file);
    int[] ids = stored.encode("washing machine");
    assertThat(tokens(stored, ids)).containsExactly("▁wash", "ing", "▁machine");
    assertThat(ids).containsExactly(4, 5, 6);

    Tokenizer xlm = Tokenizer.loadSentencePiece(file, PieceOrder.XLM_ROBERTA);
    assertThat(xlm.encode("washing machine")).containsExactly(5, 6, 7);
    assertThat(List.of("<s>", "<pad>", "</s>", "<unk>").stream().map(token -> xlm.id(token).getAsInt()))
        .containsExactly(0, 1, 2, 3);
    assertThat(xlm.id("<mask>")).hasValue(WORDS.size() + 4);
    assertThat(xlm.encode("ж")).contains(3);

    Tokenizer camembert = Tokenizer.loadSentencePiece(file, PieceOrder.CAMEMBERT);
    assertThat(camembert.encode("washing machine")).containsExactly(8, 9, 10);
    assertThat(camembert.id("<s>")).hasValue(5);
    assertThat(camembert.id("</s>")).hasValue(6);
    assertThat(camembert.encode("ж")).contains(3);
    assertThat(camembert.id("<mask>")).hasValue(WORDS.size() + 7);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void tokensAroundTextsAreKeptInTheFileThatIsWritten(int type) throws IOException {
    Tokenizer tokenizer = Tokenizer.loadSentencePiece(write(model(type)), PieceOrder.XLM_ROBERTA)
        .withSpecialTokens(List.of("<s>"), List.of("</s>", "</s>"), List.of("</s>"));
    Path json = folder.resolve("tokenizer.json");
    tokenizer.save(json);
    Tokenizer again = Tokenizer.load(json);
    for (String text : List.of("washing machine", "  wash  wash ", "ж машина", "")) {
      int[] ids = tokenizer.encode(text);
      assertThat(ids[0]).isZero();
      assertThat(ids[ids.length - 1]).isEqualTo(2);
      assertThat(again.encode(text)).isEqualTo(ids);
    }
    assertThat(tokens(again, again.encodeWithOffsets("wash", "machine").ids()))
        .containsSubsequence("<s>", "</s>", "</s>", "</s>");
    assertThat(tokenizer.specialTokens()).isEqualTo(2);
    assertThat(tokenizer.specialTokensOfPair()).isEqualTo(4);
    assertThatThrownBy(() -> tokenizer.withSpecialTokens(List.of("[CLS]"), List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no token '[CLS]'");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aDamagedModelIsATokenizerOrAnError(int type) throws IOException {
    byte[] whole = model(type);
    var random = new Random(type);
    int refused = 0;
    for (int round = 0; round < 1500; round++) {
      byte[] bytes = damaged(whole, random);
      for (PieceOrder order : PieceOrder.values()) {
        refused += tries(() -> Tokenizer.loadSentencePiece(write(bytes), order)) ? 0 : 1;
      }
    }
    assertThat(refused).isPositive().isLessThan(3 * 1500);
  }

  @Test
  void aDamagedVocabularyIsATokenizerOrAnError() throws IOException {
    byte[] whole = String.join("\n", List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "wash", "##ing", "machine",
        "ж", "한", "##국")).getBytes(StandardCharsets.UTF_8);
    var random = new Random(3);
    int refused = 0;
    for (int round = 0; round < 1500; round++) {
      byte[] bytes = damaged(whole, random);
      refused += tries(() -> Tokenizer.load(Files.write(folder.resolve("vocab.txt"), bytes))) ? 0 : 1;
    }
    assertThat(refused).isPositive().isLessThan(1500);
  }

  /** Some bytes changed, left out, doubled or cut off. */
  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    int from = random.nextInt(bytes.length);
    int to = from + random.nextInt(Math.min(8, bytes.length - from) + 1);
    var out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    switch (random.nextInt(4)) {
      case 0 -> out.write(bytes, to, bytes.length - to);
      case 1 -> {
        out.write(bytes, from, to - from);
        out.write(bytes, from, bytes.length - from);
      }
      case 2 -> {}
      default -> out.write(bytes, from, bytes.length - from);
    }
    return out.toByteArray();
  }

  /** Something that loads a tokenizer. */
  @FunctionalInterface
  private interface Loading {
    Tokenizer load() throws IOException;
  }

  /** Whether a file gave a tokenizer, which then encodes; the only other end is an exception that says what is wrong. */
  private static boolean tries(Loading loading) throws IOException {
    Tokenizer tokenizer;
    try {
      tokenizer = loading.load();
    } catch (TokenizerFormatException e) {
      assertThat(e).hasMessageContaining(".");
      return false;
    }
    assertThat(tokenizer.encode("washing machines ж 한국 <s>")).doesNotContain(-1);
    return true;
  }
}
