package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.embed.EmbedOptions;
import crema.embed.Embedder;
import crema.nn.ParameterSource.Precision;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code crema merge}, {@code export} and {@code latency}, with an encoder of random numbers and adapters of it. */
class MergeCommandTest {
  private static final List<String> TEXTS = List.of("Bosch Serie 6 washing machine 9kg", "apple iphone 8 64gb");

  @TempDir
  static Path shared;
  static Path bert;
  static Path model;
  static Path adapter;

  @TempDir
  Path folder;

  @BeforeAll
  static void train() throws IOException {
    Path titles = TinyBert.titles(shared);
    bert = TinyBert.bert(shared);
    model = shared.resolve("model");
    CommandRun run = CommandRun.of("train", "--train", titles.toString(), "--text", "title", "--label", "category",
        "--model", "encoder", "--encoder", bert.toString(), "--lora", "4", "--epochs", "1", "--learning-rate", "0.01",
        "--output", model.toString(), "--threads", "2");
    assertThat(run.code()).as(run.err()).isZero();
    adapter = model.resolve("adapter");
  }

  private static float[][] embed(Embedder embedder) {
    return embedder.embed(TEXTS);
  }

  private static void assertClose(float[][] actual, float[][] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).hasSameSizeAs(expected[i]);
      for (int j = 0; j < expected[i].length; j++) {
        assertThat(Math.abs(actual[i][j] - expected[i][j])).isLessThanOrEqualTo(1e-5f);
      }
    }
  }

  @Test
  void baseAndAdapterBecomeOneModel() {
    CommandRun run =
        CommandRun.of("merge", bert.toString(), adapter.toString(), "-o", folder.resolve("merged").toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("18 matrices changed").contains("Folder: " + folder.resolve("merged"));
    try (Embedder base = Embedder.load(bert); Embedder merged = Embedder.load(folder.resolve("merged"));
        Embedder adapted = base.adapted(adapter);
        Embedder loaded =
            Embedder.loadMerged(bert, adapter, EmbedOptions.DEFAULT, ComputeOptions.threads(2));
        Classifier trained = Classifier.load(model)) {
      assertThat(embed(merged)).isDeepEqualTo(embed(loaded));
      assertClose(embed(merged), embed(adapted));
      assertClose(embed(merged), trained.embed(TEXTS));
      assertThat(embed(base)).isNotEqualTo(embed(merged));
    }
  }

  private CommandRun from(Path start, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", shared.resolve("titles.csv").toString(), "--text",
        "title", "--label", "category", "--model", "encoder", "--from", start.toString(), "--epochs", "1",
        "--learning-rate", "1e-6", "--output", folder.resolve("on").toString(), "--threads", "2"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  /** Its weights hold the adapter: a run that hardly learns answers as it does. */
  @ParameterizedTest
  @ValueSource(strings = {"", "--lora 2", "--freeze-encoder"})
  void aRunStartsFromAModelWithAnAdapterAndMayHaveOneOfItsOwn(String flags) {
    CommandRun run = from(model, flags.isEmpty() ? new String[] {} : flags.split(" "));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("10 labels as they were");
    assertThat(folder.resolve("on/adapter/adapter_model.safetensors").toFile().exists())
        .isEqualTo(flags.startsWith("--lora"));
    try (Classifier before = Classifier.load(model); Classifier after = Classifier.load(folder.resolve("on"))) {
      float[][] was = before.logits(TEXTS);
      float[][] is = after.logits(TEXTS);
      for (int text = 0; text < was.length; text++) {
        for (int label = 0; label < was[text].length; label++) {
          assertThat(is[text][label]).isCloseTo(was[text][label], within(0.02f));
        }
      }
    }
  }

  @Test
  void anAdapterAloneIsNothingToStartFrom() {
    CommandRun run = from(adapter);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError()).contains(adapter + " holds no model to start from");
    assertThat(folder.resolve("on")).doesNotExist();
  }

  @Test
  void anAdapterAloneNamesItsBase() {
    CommandRun run = CommandRun.of("merge", adapter.toString(), "-o", folder.resolve("merged").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(folder.resolve("merged/model.safetensors")).exists();
    assertThat(folder.resolve("merged/tokenizer.json")).exists();
  }

  @Test
  void weightsOf16BitsStaySoUnlessTheyAreToBeWidened() throws IOException {
    Path halves = Files.createDirectories(folder.resolve("halves"));
    Files.copy(bert.resolve("config.json"), halves.resolve("config.json"));
    Files.copy(bert.resolve("tokenizer.json"), halves.resolve("tokenizer.json"));
    try (var stored = SafetensorsReader.open(bert.resolve("model.safetensors"));
        var backend = Backend.open(Device.CPU, new BackendOptions(1))) {
      SafetensorsWriter.write(halves.resolve("model.safetensors"), stored, _ -> DType.BF16,
          Map.of("format", "pt"), backend, _ -> {});
    }
    assertThat(CommandRun.of("merge", halves.toString(), adapter.toString(), "-o", folder.resolve("kept").toString())
        .code()).isZero();
    assertThat(CommandRun.of("merge", halves.toString(), adapter.toString(), "--weights", "f32", "-o",
        folder.resolve("wide").toString()).code()).isZero();
    try (var kept = SafetensorsReader.open(folder.resolve("kept/model.safetensors"));
        var wide = SafetensorsReader.open(folder.resolve("wide/model.safetensors"))) {
      assertThat(kept.shapes()).isEqualTo(wide.shapes());
      assertThat(kept.shapes().keySet()).allSatisfy(name -> {
        assertThat(kept.type(name)).isEqualTo(DType.BF16);
        assertThat(wide.type(name)).isEqualTo(DType.F32);
      });
    }
    assertThat(read(folder.resolve("kept/config.json")).path("torch_dtype").stringValue()).isEqualTo("bfloat16");
    assertThat(read(folder.resolve("wide/config.json")).path("torch_dtype").stringValue()).isEqualTo("float32");
    try (Embedder stored = load(folder.resolve("kept"), Precision.STORED);
        Embedder widened = load(folder.resolve("kept"), Precision.F32)) {
      assertThat(embed(stored)).isDeepEqualTo(embed(widened));
    }
  }

  private static Embedder load(Path place, Precision weights) {
    return Embedder.load(place, EmbedOptions.DEFAULT, ComputeOptions.threads(1).keeping(weights));
  }

  private static JsonNode read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Json.parse(in);
    }
  }

  @Test
  void aModelThatWasTrainedWithAnAdapterIsExported() throws IOException {
    Path out = folder.resolve("exported");
    CommandRun run = CommandRun.of("merge", model.toString(), "-o", out.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(out.resolve("classifier/model.safetensors")).exists();
    assertThat(CommandRun.of("export", model.toString(), "-o", out.toString()).lastError())
        .contains("exists already").contains("--overwrite");
    assertThat(CommandRun.of("export", model.toString(), "-o", out.toString(), "--overwrite").code()).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(out);
    }
  }

  @Test
  void theModelBesideItsAdapterSaysTheSameAsMerged() throws IOException {
    var directory = new ModelDirectory(model);
    try (Classifier merged = Classifier.load(model);
        Classifier beside =
            ModelFamily.of(directory).openUnmerged(directory, ComputeOptions.threads(2)).orElseThrow()) {
      assertClose(beside.logits(TEXTS), merged.logits(TEXTS));
      assertThat(beside.logits(TEXTS)).isNotEqualTo(merged.logits(TEXTS));
    }
  }

  @Test
  void latencyIsMeasuredBeforeAndAfterMerging() {
    String[] quick = {"--lengths", "8,16", "--batches", "1,4", "--seconds", "0.01", "--threads", "1"};
    CommandRun table = CommandRun.of(Stream.concat(Stream.of("latency", model.toString()), Stream.of(quick))
        .toArray(String[]::new));
    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.out()).contains("adapter beside the weights", "adapter merged", "p99 ms", "texts/s");
    CommandRun run = CommandRun.of(Stream.concat(Stream.of("latency", bert.toString(), "--adapter", adapter.toString(),
        "--format", "json"), Stream.of(quick)).toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode cells = Json.parse(run.out()).path("cells");
    assertThat(cells.valueStream().count()).isEqualTo(8);
    cells.forEach(cell -> {
      assertThat(cell.path("p50_ms").doubleValue()).isPositive()
          .isLessThanOrEqualTo(cell.path("p95_ms").doubleValue());
      assertThat(cell.path("p95_ms").doubleValue()).isLessThanOrEqualTo(cell.path("p99_ms").doubleValue());
      assertThat(cell.path("calls").intValue()).isGreaterThanOrEqualTo(20);
    });
  }

  @Test
  void mistakesAreOneLineAndLeaveNothing() throws IOException {
    assertMistake("is the model itself", "merge", bert.toString(), adapter.toString(), "-o", bert.toString());
    assertMistake("has no adapter", "merge", bert.toString(), "-o", folder.resolve("x").toString());
    assertMistake("is no adapter", "merge", bert.toString(), bert.toString(), "-o", folder.resolve("x").toString());
    assertMistake("neither stored nor f32", "merge", bert.toString(), adapter.toString(), "--weights", "f16", "-o",
        folder.resolve("x").toString());
    Path notes = Files.createDirectories(folder.resolve("notes"));
    Files.writeString(notes.resolve("note.txt"), "mine");
    assertMistake("is no model", "export", model.toString(), "--overwrite", "-o", notes.toString());
    assertMistake("at most 48 tokens", "latency", bert.toString(), "--lengths", "64", "--seconds", "0.01");
    assertMistake("--batches must be at least 1", "latency", bert.toString(), "--batches", "0");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(notes);
    }
  }

  private static void assertMistake(String part, String... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(Crema.MISTAKE);
    assertThat(run.err().lines().count()).isEqualTo(1);
    assertThat(run.lastError()).contains(part);
  }
}
