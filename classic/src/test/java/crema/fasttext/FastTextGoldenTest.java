package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models and output of the original program, to the printed digit. */
class FastTextGoldenTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {
      "softmax-words.bin", "softmax-ngrams.bin", "hs-words.bin", "hs-ngrams.bin", "ns-words.bin", "ns-ngrams.bin",
      "one-vs-all-words.bin", "one-vs-all-ngrams.bin", "plain.ftz", "norms.ftz", "pruned.ftz"
  })
  void predictsWhatTheOriginalPrints(String name) throws IOException {
    assertThat(Golden.predictions(Golden.model(name), 3)).isEqualTo(Golden.text(name + ".expected"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"softmax-words.bin", "hs-ngrams.bin", "words.bin", "plain.ftz", "norms.ftz"})
  void savesTheSameBytesThatItLoaded(String name) throws IOException {
    FastText model = Golden.model(name);
    Path file = folder.resolve(name);
    model.save(file);
    assertThat(file).hasBinaryContent(Golden.bytes(name));
    assertThat(model.fileSize()).isEqualTo(Files.size(file));
  }

  @Test
  void savesPrunedModelsToTheSameSizeAndMeaning() throws IOException {
    Path file = folder.resolve("pruned.ftz");
    Golden.model("pruned.ftz").save(file);
    assertThat(file).hasSize(Golden.bytes("pruned.ftz").length);
    assertThat(Golden.predictions(FastText.load(file), 3)).isEqualTo(Golden.text("pruned.ftz.expected"));
  }

  @Test
  void quantizesToTheSameBytesAsTheOriginal() throws IOException {
    assertQuantizes("softmax-ngrams.bin", QuantizeOptions.DEFAULT, "plain.ftz");
    assertQuantizes("hs-ngrams.bin", new QuantizeOptions(4, true, false, 0, null), "norms.ftz");
  }

  private void assertQuantizes(String from, QuantizeOptions options, String to) throws IOException {
    FastText model = Golden.model(from);
    Path file = folder.resolve(to);
    new Quantizer(options).quantize(model, null).save(file);
    assertThat(file).hasBinaryContent(Golden.bytes(to));
    assertThat(Golden.predictions(model, 3)).as("the model is left alone").isEqualTo(Golden.text(from + ".expected"));
  }

  @Test
  void printsTheSameVectors() throws IOException {
    FastText words = Golden.model("words.bin");
    var vectors = new StringBuilder();
    for (String word : new String[] {"kettle", "unknown", "</s>"}) {
      vectors.append(word).append(' ').append(VectorText.format(words.wordVector(word))).append('\n');
    }
    assertThat(vectors).hasToString(Golden.text("word-vectors.expected"));
    String line = "Nokio kettle unknown";
    assertThat(VectorText.format(words.sentenceVector(line)) + "\n"
        + VectorText.format(Golden.model("softmax-ngrams.bin").sentenceVector(line)) + "\n")
        .isEqualTo(Golden.text("sentence-vectors.expected"));
    assertThat(words.ngramVectors("kettle").stream()
        .map(n -> n.ngram() + " " + VectorText.format(n.vector()) + "\n").collect(Collectors.joining()))
        .isEqualTo(Golden.text("ngrams.expected"));
    Path file = folder.resolve("words.vec");
    words.saveVectors(file);
    assertThat(file).hasContent(Golden.text("words.vec"));
  }

  @Test
  void findsTheSameNeighbours() throws IOException {
    String neighbours = Golden.model("words.bin").wordIndex().nearest("kettle", 5).stream()
        .map(n -> n.word() + " " + VectorText.format(n.cosine(), 6) + "\n").collect(Collectors.joining());
    assertThat("Query word? " + neighbours + "Query word? ").isEqualTo(Golden.text("nn.expected"));
  }

  @Test
  void dumpsTheSameText() throws IOException {
    assertThat(dump("words.bin", FastText.Section.ARGS)).isEqualTo(Golden.text("dump-args.expected"));
    assertThat(dump("words.bin", FastText.Section.DICT)).isEqualTo(Golden.text("dump-dict.expected"));
    assertThat(dump("softmax-words.bin", FastText.Section.OUTPUT)).isEqualTo(Golden.text("dump-output.expected"));
  }

  private static String dump(String model, FastText.Section section) throws IOException {
    var out = new StringBuilder();
    Golden.model(model).dump(section, out);
    return out.toString();
  }
}
