package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A script that calls {@code fasttext} gets the same from {@code crema fasttext}: {@code make-golden.sh} made what. */
class FastTextCommandTest {
  @TempDir
  static Path golden;

  @TempDir
  Path folder;

  @BeforeAll
  static void copyGoldenFiles() throws IOException {
    for (String file : new String[] {"titles.txt", "lines.txt", "titles.bin", "many.bin", "words.bin"}) {
      Files.write(golden.resolve(file), resource(file));
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = FastTextCommandTest.class.getResourceAsStream("fasttext/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** Runs a verb; names of golden files stand for themselves, those of other files for files in the test's folder. */
  private CommandRun run(String input, String line) {
    String[] arguments = Stream.concat(Stream.of("fasttext"), Arrays.stream(line.split(" ")))
        .map(word -> Files.exists(golden.resolve(word)) ? golden.resolve(word).toString() : word)
        .map(word -> word.startsWith("./") ? folder.resolve(word.substring(2)).toString() : word)
        .toArray(String[]::new);
    return CommandRun.reading(input, arguments);
  }

  private CommandRun succeed(String line) {
    var run = run("", line);
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  @ParameterizedTest
  @CsvSource({
      "test titles.bin titles.txt, test",
      "test many.bin titles.txt -1 0.3, test-threshold",
      "predict titles.bin lines.txt 2, predict",
      "predict titles.bin - 2, predict",
      "predict-prob titles.bin lines.txt -1 0.1, predict-prob",
      "predict-prob titles.bin - -1 0.1, predict-prob",
      "print-word-vectors words.bin, print-word-vectors",
      "print-sentence-vectors titles.bin, print-sentence-vectors",
      "print-ngrams words.bin kettle, print-ngrams",
      "nn words.bin 3, nn",
      "dump titles.bin args, dump-args",
      "dump titles.bin dict, dump-dict",
      "dump titles.bin output, dump-output"
  })
  void theOutputIsTheOriginals(String line, String expected) throws IOException {
    var run = run(new String(resource("lines.txt"), StandardCharsets.UTF_8), line);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(new String(resource(expected + ".expected"), StandardCharsets.UTF_8));
  }

  @Test
  void analogiesAreAskedForThreeWordsAtATimeUntilTheEnd() {
    var run = run("kettle camera\nNokio\n", "analogies words.bin 2");
    assertThat(run.out().lines()).hasSize(4);
    assertThat(run.out()).contains("\nQuery triplet (A - B + C)? ").endsWith("\nQuery triplet (A - B + C)? ");
  }

  @Test
  void eachLabelIsTestedByHowOftenItOccurs() {
    var run = succeed("test-label many.bin titles.txt -1 0.3");
    assertThat(run.out()).isEqualTo("""
        F1-Score : 1.000000  Precision : 1.000000  Recall : 1.000000   __label__camera
        F1-Score : 1.000000  Precision : 1.000000  Recall : 1.000000   __label__kettle
        F1-Score : 1.000000  Precision : 1.000000  Recall : 1.000000   __label__phone
        N\t8
        P@-1\t1.000
        R@-1\t1.000
        """);
  }

  @Test
  void aTrainedModelIsAFileForAllVerbsAndLearnsItsText() throws IOException {
    var trained = succeed("supervised -input titles.txt -output ./model -dim 8 -lr 1 -epoch 1 -epoch 100 -wordNgrams 2 "
        + "-minn 2 -maxn 3 -bucket 400 -saveOutput -thread 2");
    assertThat(trained.out()).isEmpty();
    assertThat(trained.err()).contains("Progress: 100.0% words/sec/thread:", "Number of labels: 3");
    assertThat(succeed("test ./model.bin titles.txt").out()).startsWith("N\t8\nP@1\t1\n");
    assertThat(Files.readAllLines(folder.resolve("model.vec")).getFirst()).endsWith(" 8");
    assertThat(Files.readAllLines(folder.resolve("model.output"))).hasSize(4);
    succeed("quantize -output ./model -input titles.txt -qnorm -retrain -cutoff 300 -epoch 1 -verbose 0");
    assertThat(succeed("test ./model.ftz titles.txt").out()).startsWith("N\t8\nP@1\t1\n");
    assertThat(Files.size(folder.resolve("model.ftz"))).isLessThan(Files.size(folder.resolve("model.bin")));
  }

  @ParameterizedTest
  @CsvSource({"skipgram, sg", "cbow, cbow"})
  void wordVectorsAreTrainedQuietlyWhenAsked(String verb, String model) {
    assertThat(succeed(verb + " -input titles.txt -output ./vectors -dim 4 -minCount 1 -bucket 40 -verbose 0").err())
        .isEmpty();
    assertThat(succeed("dump ./vectors.bin args").out()).contains("model " + model + "\n", "minCount 1\n", "dim 4\n");
  }

  @Test
  void theSearchKeepsWhatIsGivenAndLogsItsTrials() throws IOException {
    succeed("supervised -input titles.txt -output ./best -dim 3 -bucket 50 -epoch 2 -autotune-validation titles.txt "
        + "-autotune-duration 1 -autotune-log ./trials.jsonl -verbose 0");
    assertThat(succeed("dump ./best.bin args").out()).contains("dim 3\n", "epoch 2\n");
    assertThat(Files.readAllLines(folder.resolve("trials.jsonl"))).isNotEmpty()
        .allMatch(line -> line.contains("\"dim\":3"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "supervised -input titles.txt | -output",
      "supervised -input ./no.txt -output ./m | no.txt does not exist",
      "supervised -input titles.txt -output ./no/m | no does not exist",
      "supervised -input titles.txt -output ./m -lr fast | 'fast'",
      "supervised -input titles.txt -output ./m -dim 0 | dim is 0",
      "supervised -input titles.txt -output ./m -tread 2 | -tread",
      "supervised -input titles.txt -output ./m -loss hinge | one-vs-all",
      "supervised -input lines.txt -output ./m | '__label__'",
      "supervised -input titles.txt -output ./m -lr 1e9 -epoch 50 -verbose 0 | try lr",
      "supervised -input titles.txt -output ./m -autotune-validation titles.txt -autotune-metric f2 | macro-f1",
      "predict ./no.bin - | no.bin does not exist",
      "predict titles.txt - | not a valid fastText model",
      "predict words.bin lines.txt | word vectors",
      "predict titles.bin lines.txt 0 | k is 0",
      "predict titles.bin | FILE",
      "test titles.bin ./. | is a directory",
      "quantize -output ./m -retrain | -input",
      "dump titles.bin words | args, dict, input, output",
      "tset titles.bin titles.txt | tset"
  })
  void aMistakeGetsOneLine(String line, String part) {
    var run = run("", line);
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.lastError()).startsWith("crema: ").contains(part);
    assertThat(run.err().toLowerCase(Locale.ROOT)).doesNotContain("exception");
  }
}
