package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text, models and vectors as they come from anywhere are read as the original program reads them, to the printed digit. */
class OddTextTest {
  @TempDir
  Path folder;

  private static byte[] ofVersion(String model, int version) {
    byte[] bytes = Golden.bytes(model);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, version);
    return bytes;
  }

  /** Ends of Windows, blank lines, NUL, spaces of Unicode, ends of sentences, labels in the text, bytes that are no UTF-8. */
  @ParameterizedTest
  @ValueSource(strings = {"softmax-ngrams.bin", "hs-words.bin", "one-vs-all-ngrams.bin"})
  void allLabelsAboveAThresholdArePredictedForOddLines(String model) throws IOException {
    var out = new StringBuilder();
    try (var in = Golden.source("odd.txt").open()) {
      Golden.model(model).newPredictor().predictLines(in, -1, 0.1f, line -> out.append(line.stream()
          .map(best -> best.label() + " " + VectorText.format(best.probability(), 6)).collect(Collectors.joining(" ")))
          .append('\n'));
    }
    assertThat(out).hasToString(Golden.text("odd-" + model + ".expected"));
  }

  @Test
  void oddLinesAreCountedAsWordsAndLabels() throws IOException {
    var config = FastTextConfig.supervised().dim(2).epoch(1).threads(1).build();
    FastText model = new FastTextTrainer(config).train(Golden.source("odd-labelled.txt"));
    var out = new StringBuilder();
    model.dump(FastText.Section.DICT, out);
    // Entries that occur equally often are in no order that the original promises.
    assertThat(out.toString().lines().sorted().toList())
        .isEqualTo(Golden.text("odd-dict.expected").lines().sorted().toList());
  }

  @Test
  void labelsThatTheModelDoesNotKnowCountInTheTestAsTheyDoThere() throws IOException {
    var out = new StringBuilder();
    test("softmax-ngrams.bin", 1, 0, out);
    test("hs-words.bin", 2, 0.2f, out);
    assertThat(out).hasToString(Golden.text("odd-test.expected"));
  }

  private static void test(String model, int k, float threshold, StringBuilder out) throws IOException {
    try (var in = Golden.source("odd-labelled.txt").open()) {
      Evaluation test = Golden.model(model).test(in, k, threshold);
      out.append("N\t").append(test.examples()).append('\n');
      out.append("P@").append(k).append('\t').append(VectorText.format(test.precision(), 3)).append('\n');
      out.append("R@").append(k).append('\t').append(VectorText.format(test.recall(), 3)).append('\n');
    }
  }

  /** In version 11 the length of character n-grams was stored, but a classifier did not use them. */
  @Test
  void aModelOfVersion11IsReadAsTheOriginalReadsIt() throws IOException {
    FastText model = FastText.read(ofVersion("softmax-ngrams.bin", 11), "v11.bin");
    assertThat(Golden.predictions(model, 3)).isEqualTo(Golden.text("v11.expected"));
  }

  @Test
  void aModelOfALaterVersionIsRefusedAndBytesBehindAModelDoNoHarm() throws IOException {
    assertThatThrownBy(() -> FastText.read(ofVersion("softmax-ngrams.bin", 13), "v13.bin"))
        .hasMessageContaining("v13.bin").hasMessageContaining("13").hasMessageNotContaining("\n");
    byte[] model = Golden.bytes("plain.ftz");
    assertThat(Golden.predictions(FastText.read(Arrays.copyOf(model, model.length + 100), "long.ftz"), 3))
        .isEqualTo(Golden.text("plain.ftz.expected"));
  }

  private FastText withVectors(byte[] vectors) throws IOException {
    Path file = Files.write(folder.resolve("odd.vec"), vectors);
    return new FastTextTrainer(FastTextConfig.supervised().dim(3).epoch(0).threads(1).pretrainedVectors(file)
        .build()).train(Golden.source("train.txt"));
  }

  /** Ends of lines of Windows, spaces at the ends, words with spaces of Unicode, a word twice. */
  @Test
  void vectorsAreReadAsTheOriginalReadsThem() throws IOException {
    FastText model = withVectors(Golden.bytes("odd.vec"));
    var out = new StringBuilder();
    for (String word : new String[] {"kettle", "lens", "R\u00FCssel"}) {
      out.append(word).append(' ').append(VectorText.format(model.wordVector(word))).append('\n');
    }
    assertThat(out).hasToString(Golden.text("odd-vec.expected"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2 3\nkettle 1 NaN 3\nlens 1 2 3\n", "2 3\nkettle 1 2\nlens 1 2 3\n",
      "2 4\nkettle 1 2 3 4\nlens 1 2 3 4\n", "kettle 1 2 3\n", ""})
  void vectorsThatAreNotFiniteOrOfAnotherLengthAreRefusedInOneLine(String vectors) {
    assertThatThrownBy(() -> withVectors(vectors.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("odd.vec").hasMessageNotContaining("\n");
  }

  @Test
  void aTextOfNothingButOddLinesHasAnAnswerForEach() throws IOException {
    byte[] text = "\r\n\n\u0000\n</s>\n".getBytes(StandardCharsets.UTF_8);
    var lines = new int[1];
    Golden.model("softmax-words.bin").newPredictor()
        .predictLines(new ByteArrayInputStream(text), 1, 0, _ -> lines[0]++);
    assertThat(lines[0]).isEqualTo(5);
  }
}
