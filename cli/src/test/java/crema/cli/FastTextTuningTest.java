package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.fasttext.FastText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FastTextTuningTest {
  private static final String[] KINDS = {"kettle", "camera", "fridge"};

  @TempDir
  Path folder;
  private Path rows;

  /** The title says what an offer is; its description says what it is not. */
  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,description,category,product"));
    var random = new Random(1);
    for (int i = 0; i < 240; i++) {
      int kind = i % KINDS.length;
      lines.add("%s model %d,not a %s nor a %s,%ss,%d".formatted(KINDS[kind], random.nextInt(1000),
          KINDS[(kind + 1) % 3], KINDS[(kind + 2) % 3], KINDS[kind], i / 6));
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
  }

  private CommandRun train(String output, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--model", "fasttext", "--train", rows.toString(), "--label",
        "category", "--output", folder.resolve(output).toString(), "--quiet"));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--text")) {
      arguments.addAll(List.of("--text", "title"));
    }
    if (!arguments.contains("--autotune-duration")) {
      arguments.addAll(List.of("--dim", "8", "--buckets", "500"));
    }
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private JsonNode metrics(String output) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve(output).resolve("metrics.json")));
  }

  private FastText model(String output) throws IOException {
    return FastText.load(folder.resolve(output).resolve("model.bin"));
  }

  @Test
  void foldsAreReportedAndChangeNothingElse() throws IOException {
    assertThat(train("plain").code()).isZero();
    var run = train("folds", "--folds", "4", "--group", "product");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode facts = metrics("folds").path("facts");
    assertThat(facts.path("Macro F1, 4 folds").asString()).matches("(1\\.0000|0\\.9\\d{3}) ± 0\\.\\d{4}");
    assertThat(facts.has("Accuracy, 4 folds")).isTrue();
    assertThat(run.out()).contains("Macro F1, 4 folds");
    assertThat(train("again", "--folds", "4", "--group", "product", "--threads", "1").code()).isZero();
    assertThat(metrics("again").path("facts").path("Macro F1, 4 folds")).isEqualTo(facts.path("Macro F1, 4 folds"));
    assertThat(train("grouped", "--group", "product").code()).isZero();
    assertThat(folder.resolve("folds").resolve("model.bin"))
        .hasSameBinaryContentAs(folder.resolve("grouped").resolve("model.bin"));
  }

  @Test
  void aSearchKeepsWhatIsGivenAndSaysWhatItFound() throws IOException {
    var run = train("found", "--autotune-duration", "2", "--dim", "7", "--autotune-metric", "f1:kettles");
    assertThat(run.code()).as(run.err()).isZero();
    var facts = metrics("found").path("facts").toString();
    assertThat(facts).containsPattern("Found in \\d+ trials").contains("dim 7,");
    assertThat(model("found").dim()).isEqualTo(7);
    assertThat(CommandRun.of("predict", folder.resolve("found").toString(), "kettle").out()).startsWith("kettles ");
  }

  @Test
  void aQuantizedModelIsSmallAndAnswersAlike() throws IOException {
    assertThat(train("large").code()).isZero();
    var run = train("small", "--quantize", "--cutoff", "300");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(model("small").isQuantized()).isTrue();
    assertThat(model("small").fileSize()).isLessThan(model("large").fileSize());
    assertThat(metrics("small").path("facts").path("Model").asString()).contains("quantized to");
    for (String kind : KINDS) {
      assertThat(CommandRun.of("predict", folder.resolve("small").toString(), kind + " model 7").out())
          .startsWith(kind + "s ");
    }
  }

  @Test
  void columnsCountByTheirWeightsInTrainingEvaluationAndPrediction() {
    String columns = "title:3,description:1:d_";
    assertThat(train("columns", "--text", columns).code()).isZero();
    String model = folder.resolve("columns").toString();
    var evaluated = CommandRun.of("evaluate", model, "--data", rows.toString(), "--quiet");
    assertThat(evaluated.out()).containsPattern("Accuracy +(1\\.0|0\\.99)");
    var predicted = CommandRun.of("predict", model, "--file", rows.toString(), "--text", columns, "--format", "jsonl");
    String first = predicted.out().lines().findFirst().orElseThrow();
    assertThat(first).contains("kettle model").contains("d_not d_a d_camera").contains("\"label\":\"kettles\"");
    assertThat(first.split("kettle model", -1)).hasSize(4);
  }

  @Test
  void mistakesAreOneLine() {
    assertThat(train("x", "--folds", "1").lastError()).contains("folds must be at least 2");
    assertThat(train("x", "--cutoff", "10").lastError()).contains("give --quantize too");
    assertThat(train("x", "--autotune-model-size", "2M").lastError()).contains("autotune-duration");
    assertThat(train("x", "--autotune-duration", "1", "--autotune-metric", "f2").lastError())
        .contains("unknown metric 'f2'");
    assertThat(train("x", "--autotune-duration", "1", "--autotune-model-size", "2X").lastError())
        .contains("'2X' is not a size");
    assertThat(train("x", "--quantize", "--cutoff", "10").lastError()).contains("256");
    assertThat(train("x", "--text", "title:0").lastError()).contains("must be at least 1");
  }
}
