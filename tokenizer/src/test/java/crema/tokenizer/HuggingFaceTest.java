package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares with Hugging Face's own library, run beside: tokenizers of components with random settings, on difficult
 * texts. {@code -Dcrema.tokenizers=N} tries N tokenizers of each model instead of 10.
 */
class HuggingFaceTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int TOKENIZERS = Integer.getInteger("crema.tokenizers", 10);
  private static final int TEXTS = 60;

  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"BPE", "WordPiece", "WordLevel", "Unigram"})
  void tokenizersOfAnyComponentsEncodeAndDecodeAlike(String modelType) throws IOException {
    for (int seed = 0; seed < TOKENIZERS; seed++) {
      var random = new Random(seed);
      var texts = Texts.difficult(random, TEXTS);
      var json = new RandomTokenizer(random, texts).file(modelType);
      var file = folder.resolve("tokenizer.json");
      MAPPER.writeValue(file.toFile(), json);
      compare(file, texts, "seed " + seed + ": " + summary(json));
    }
  }

  @Test
  void aSavedTokenizerIsReadAlike() throws IOException {
    for (int seed = 0; seed < TOKENIZERS; seed++) {
      var random = new Random(seed);
      var texts = Texts.difficult(random, 20);
      var type = List.of("BPE", "WordPiece", "WordLevel", "Unigram").get(seed % 4);
      var file = folder.resolve("tokenizer.json");
      MAPPER.writeValue(file.toFile(), new RandomTokenizer(random, texts).file(type));
      Tokenizer.load(file).save(file);
      var saved = Files.readAllBytes(file);
      compare(file, texts, "saved, seed " + seed);

      Tokenizer.load(file).save(file);
      assertThat(Files.readAllBytes(file)).as("saved again, seed %d", seed).isEqualTo(saved);
    }
  }

  @Test
  void aPairIsCutAlike() throws IOException {
    for (int seed = 0; seed < TOKENIZERS; seed++) {
      var random = new Random(seed);
      var texts = Texts.difficult(random, 40);
      var json = new RandomTokenizer(random, texts).file("WordPiece");
      var file = folder.resolve("tokenizer.json");
      MAPPER.writeValue(file.toFile(), json);
      var maxLength = 6 + random.nextInt(20);
      var tokenizer = Tokenizer.load(file).withTruncation(Truncation.to(maxLength));
      try (var peer = Peer.load(file, maxLength)) {
        for (int i = 0; i < texts.size(); i += 2) {
          var name = "seed " + seed + ", " + maxLength + " tokens of " + texts.get(i) + " and " + texts.get(i + 1);
          assertThat(Peer.rows(tokenizer.encodeWithOffsets(texts.get(i), texts.get(i + 1)))).as(name)
              .isEqualTo(peer.rows(texts.get(i), texts.get(i + 1)));
          assertThat(tokenizer.encode(texts.get(i))).as(name).isEqualTo(peer.ids(texts.get(i)));
        }
      }
    }
  }

  /**
   * Lines of the data at hand; {@code -Dcrema.lines=100000 -Dcrema.tokenizer.files=A.json,B.json} tries more, with
   * real tokenizers.
   */
  @Test
  void linesOfTheDataAreEncodedAlike() throws IOException {
    var lines = Texts.lines(Integer.getInteger("crema.lines", 1_000));
    var given = System.getProperty("crema.tokenizer.files");
    if (given == null) {
      var file = folder.resolve("tokenizer.json");
      for (var type : List.of("BPE", "WordPiece", "WordLevel", "Unigram")) {
        MAPPER.writeValue(file.toFile(), new RandomTokenizer(new Random(1), lines).file(type));
        compareIds(file, lines);
      }
    } else {
      for (var file : given.split(",")) {
        compareIds(Path.of(file), lines);
      }
    }
  }

  private static void compareIds(Path file, List<String> texts) throws IOException {
    var tokenizer = Tokenizer.load(file).withTruncation(null);
    try (var peer = Peer.load(file)) {
      for (var text : texts) {
        assertThat(tokenizer.encode(text)).as("%s on %s", file, text).isEqualTo(peer.ids(text));
      }
    }
  }

  private void compare(Path file, Iterable<String> texts, String name) throws IOException {
    var tokenizer = Tokenizer.load(file);
    try (var peer = Peer.load(file)) {
      for (var text : texts) {
        var expected = peer.rows(text);
        var as = name + "\non " + MAPPER.writeValueAsString(text);
        var ids = tokenizer.encode(text);
        assertThat(ids).as(as).isEqualTo(peer.ids(text));
        var encoding = tokenizer.encodeWithOffsets(text);
        assertThat(encoding.ids()).as(as).isEqualTo(ids);
        if (hasOffsets(tokenizer.model())) {
          assertThat(Peer.rows(encoding)).as(as).isEqualTo(expected);
        }
        if (ids.length > 0) {
          assertThat(tokenizer.decode(ids, true)).as(as).isEqualTo(peer.decode(ids, true));
          assertThat(tokenizer.decode(ids, false)).as(as).isEqualTo(peer.decode(ids, false));
        }
      }
    }
  }

  /** Whether the library's offsets are right: its BPE loses its place at characters that it drops or spells in bytes. */
  private static boolean hasOffsets(Model model) {
    return !(model instanceof BpeModel bpe) || bpe.options().unknownToken() != null && !bpe.options().byteFallback();
  }

  /** Returns the file without its vocabulary, to be read in a failure's message. */
  private static String summary(ObjectNode json) {
    var shown = json.deepCopy();
    var model = (ObjectNode) shown.get("model");
    for (var key : new ArrayList<>(model.propertyNames())) {
      if (key.equals("vocab") || key.equals("merges")) {
        model.remove(key);
      }
    }
    return shown.toString();
  }
}
