package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.fasttext.FastText;
import crema.langid.LanguageModel;
import crema.nn.io.StoredWeights;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tokenizer.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever a model's file holds, reading it ends soon, within the heap, with the model or an exception that says what is
 * wrong with the file. The corpus is made here, small, from files that Crema writes and PyTorch wrote. A few damaged ones
 * of each format are read with every build; {@code -Dcrema.mutations=100000} tries as many.
 */
class HostileFormatsTest {
  private static final int MUTATIONS = Integer.getInteger("crema.mutations", 150);
  private static final int SEED = Integer.getInteger("crema.seed", 1);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path PYTORCH = Path.of("..", "nn", "src", "test", "resources", "crema", "nn", "io");

  @TempDir
  static Path folder;
  private static final Map<Format, List<byte[]>> CORPUS = new EnumMap<>(Format.class);

  /** Reads a file and asks what was read. */
  @FunctionalInterface
  private interface Reader {
    void read(Path file, byte[] bytes) throws IOException;
  }

  /** The formats that come from outside. */
  enum Format {
    YAML("yaml", (file, _) -> {
      CommandRun run = CommandRun.of("train", "--config", file.toString(), "--quiet", "--threads", "1", "--overwrite",
          "--output", folder.resolve("yaml-model").toString());
      assertThat(run.err()).doesNotContain("\tat ", "this is a bug");
      assertThat(run.code()).as(run.err()).isIn(0, 2);
    }),
    TOKENIZER("json", (file, _) -> {
      Tokenizer tokenizer = Tokenizer.load(file);
      tokenizer.encode("bosch serie 6 washing machine");
      tokenizer.decode(new int[] {0, 1, 2});
    }),
    SAFETENSORS("safetensors", (file, _) -> weights(file)),
    PYTORCH("bin", (file, _) -> weights(file)),
    FASTTEXT("bin", (_, bytes) -> fastText(bytes)),
    FASTTEXT_QUANTIZED("ftz", (_, bytes) -> fastText(bytes)),
    VECTORS("vec", (file, _) -> {
      CommandRun run =
          CommandRun.of("fasttext", "supervised", "-input", folder.resolve("lines.txt").toString(), "-output",
              folder.resolve("from-vectors").toString(), "-epoch", "1", "-dim", "4", "-bucket", "10", "-thread", "1",
              "-verbose",
              "0", "-pretrainedVectors", file.toString());
      assertThat(run.err()).doesNotContain("\tat ", "this is a bug");
      assertThat(run.code()).as(run.err()).isIn(0, 2);
    }),
    LANGUAGES("bin", (_, bytes) -> {
      LanguageModel model = LanguageModel.read(bytes, "languages.bin");
      model.best("guten Tag", 2, Set.copyOf(model.languages()));
    }),
    ARCHIVE("zip", (_, bytes) -> {
      try (Classifier classifier = Classifier.load(new ByteArrayInputStream(bytes), ComputeOptions.threads(1))) {
        classifier.answer(List.of("apple 1", ""));
      }
    });

    private final String extension;
    private final Reader reader;

    Format(String extension, Reader reader) {
      this.extension = extension;
      this.reader = reader;
    }

    private static void fastText(byte[] bytes) throws IOException {
      FastText model = FastText.read(bytes, "model.bin");
      model.predict("apple 1", 2, 0);
      model.sentenceVector("apple");
    }

    private static void weights(Path file) throws IOException {
      try (StoredWeights weights = StoredWeights.open(file);
          Backend backend = ComputeOptions.threads(1).openBackend();
          var scope = new Scope(backend)) {
        for (var tensor : weights.shapes().entrySet()) {
          assertThat(tensor.getValue().elements()).as("elements that the file cannot hold")
              .isLessThanOrEqualTo(64 * Files.size(file));
          weights.read(tensor.getKey(), scope.empty(DType.F32, tensor.getValue()));
        }
      }
    }
  }

  private static void run(String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
  }

  @BeforeAll
  static void write() throws IOException {
    var rows = new ArrayList<>(List.of("title,label"));
    var lines = new ArrayList<String>();
    var sentences = new ArrayList<>(List.of("text,language"));
    for (int i = 0; i < 60; i++) {
      String word = List.of("apple", "saw", "doll").get(i % 3);
      rows.add(word + " " + i % 11 + "," + word + "s");
      lines.add("__label__" + word + " " + word + " " + i % 11);
      sentences.add(i % 2 == 0 ? "der Tag ist " + i + ",deu" : "the day is " + i + ",eng");
    }
    String csv = Files.write(folder.resolve("rows.csv"), rows).toString();
    String text = Files.write(folder.resolve("lines.txt"), lines).toString();
    String data = Files.write(folder.resolve("sentences.csv"), sentences).toString();
    run("train", "--model", "linear", "--train", csv, "--text", "title", "--label", "label", "--output",
        folder.resolve("linear").toString(), "--quiet", "--threads", "1");
    run("pack", folder.resolve("linear").toString(), "--output", folder.resolve("linear.zip").toString());
    run("tokenizer", "train", "--data", csv, "--text", "title", "--vocabulary-size", "280", "--output",
        folder.resolve("bpe.json").toString(), "--quiet");
    run("tokenizer", "train", "--data", csv, "--text", "title", "--kind", "unigram", "--vocabulary-size", "60",
        "--output",
        folder.resolve("unigram.json").toString(), "--quiet");
    run("fasttext", "supervised", "-input", text, "-output", folder.resolve("ft").toString(), "-epoch", "1", "-dim",
        "4",
        "-bucket", "300", "-minn", "2", "-maxn", "3", "-thread", "1", "-verbose", "0");
    run("fasttext", "quantize", "-input", text, "-output", folder.resolve("ft").toString(), "-verbose", "0");
    run("langid-train", "--data", data, "--output", folder.resolve("languages.bin").toString());
    CORPUS.put(Format.YAML,
        List.of(("model: linear\ntrain: " + csv + "\ntext: title\nlabel: [label]\nanalyzer:\n- char\n"
            + "c: 0.3\n# comment\nseed: 3\n").getBytes(StandardCharsets.UTF_8)));
    CORPUS.put(Format.TOKENIZER, List.of(bytes("bpe.json"), bytes("unigram.json")));
    CORPUS.put(Format.SAFETENSORS, List.of(bytes("linear/model.safetensors")));
    CORPUS.put(Format.PYTORCH, List.of(Files.readAllBytes(PYTORCH.resolve("module.bin")),
        Files.readAllBytes(PYTORCH.resolve("old.bin")), Files.readAllBytes(PYTORCH.resolve("protocol4.bin"))));
    CORPUS.put(Format.FASTTEXT, List.of(bytes("ft.bin")));
    CORPUS.put(Format.FASTTEXT_QUANTIZED, List.of(bytes("ft.ftz")));
    CORPUS.put(Format.VECTORS, List.of(bytes("ft.vec")));
    CORPUS.put(Format.LANGUAGES, List.of(bytes("languages.bin")));
    CORPUS.put(Format.ARCHIVE, List.of(bytes("linear.zip")));
  }

  private static byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(folder.resolve(file));
  }

  @ParameterizedTest
  @EnumSource
  void damagedFilesAreReadOrRefused(Format format) throws IOException {
    List<byte[]> corpus = CORPUS.get(format);
    var soft = new SoftAssertions();
    for (int i = -corpus.size(); i < MUTATIONS; i++) {
      byte[] bytes = i < 0 ? corpus.get(-1 - i)
          : Mutation.of(corpus.get(i % corpus.size()), new Random(31L * SEED + 1_000_003L * format.ordinal() + i));
      Path file = Files.write(folder.resolve("damaged." + format.extension), bytes);
      String why = format + " seed " + SEED + " mutation " + i;
      soft.check(() -> Assertions.assertTimeoutPreemptively(LIMIT, () -> read(format, file, bytes, why), why));
      if (soft.errorsCollected().size() > 20) {
        break;
      }
    }
    soft.assertAll();
  }

  private static void read(Format format, Path file, byte[] bytes, String why) {
    try {
      format.reader.read(file, bytes);
    } catch (UserError | IOException e) {
      assertThat(e.getMessage()).as(why).isNotBlank();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(why, e);
    }
  }
}
