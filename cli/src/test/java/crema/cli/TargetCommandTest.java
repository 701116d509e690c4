package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several labels and paths on the command line: training, evaluation, prediction, and what is wrong with rows. */
class TargetCommandTest {
  @TempDir
  Path folder;

  private static List<String> rows() {
    var lines = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      String row = switch (i % 3) {
        case 0 -> "{\"text\": \"washing machine %d\", \"tags\": [\"home\", \"wet\"], \"path\": \"Home / Washers\"}";
        case 1 -> "{\"text\": \"digital camera %d\", \"tags\": \"photo\", \"path\": \"Photo\"}";
        default -> "{\"text\": \"fridge freezer %d\", \"tags\": [\"home\"], \"path\": \"Home / Fridges\"}";
      };
      lines.add(row.formatted(i));
    }
    return lines;
  }

  private Path write(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines);
  }

  private CommandRun train(Path file, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", file.toString(), "--output", model(), "--quiet",
        "--text", "text", "--hidden-size", "16", "--heads", "2", "--kv-heads", "2", "--layers", "1", "--ffn-size", "32",
        "--vocabulary-size", "300", "--validation-fraction", "0.2", "--test-fraction", "0.2", "--epochs", "20",
        "--batch-tokens", "128", "--learning-rate", "1e-2", "--warmup", "5"));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private String model() {
    return folder.resolve("model").toString();
  }

  private static void assertMistake(CommandRun run, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.lastError()).startsWith("crema: ").contains(parts);
  }

  @Test
  void setsOfLabelsAreTrainedEvaluatedAndPredictedInEveryFormat() throws IOException {
    Path rows = write("rows.jsonl", rows());
    var trained = train(rows, "--label", "tags", "--target", "multi", "--loss", "distribution-balanced");
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("Samples F1", "Labels of a document", "Medium", "before calibration");
    assertThat(folder.resolve("model/metrics.json")).content().contains("\"thresholds\"", "\"multi_label\": true");

    var evaluated = CommandRun.of("evaluate", model(), "--data", rows.toString());
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    assertThat(evaluated.out()).contains("Samples F1", "60");

    assertThat(CommandRun.of("info", model()).out()).contains("all labels from the probability 0.");
    assertThat(CommandRun.of("predict", model(), "washing machine", "digital camera").out().lines())
        .satisfiesExactly(both -> assertThat(both).contains("home", "wet"),
            one -> assertThat(one).startsWith("photo").doesNotContain(","));
    assertThat(CommandRun.of("predict", model(), "--format", "tsv", "washing machine").out().split("\t")).hasSize(5);
    assertThat(CommandRun.of("predict", model(), "--format", "jsonl", "washing machine").out())
        .contains("\"labels\":[{\"label\":\"", "\"home\"", "\"wet\"");
    assertThat(CommandRun.of("predict", model(), "--top", "3", "digital camera").out().split(",")).hasSize(3);
  }

  @Test
  void headAndTailAreLabelsOfAsManyTrainingRowsAsIsSaid() throws IOException {
    Path rows = write("rows.jsonl", rows());
    var trained = train(rows, "--label", "tags", "--target", "multi", "--head-from", "20", "--tail-to", "12");
    assertThat(trained.out()).as(trained.err()).contains("Head", "Tail").doesNotContain("Medium");
    assertThat(CommandRun.of("evaluate", model(), "--data", rows.toString()).out())
        .contains("Head", "Tail").doesNotContain("Medium");
    assertThat(CommandRun.of("evaluate", model(), "--data", rows.toString(), "--head-from", "100").out())
        .contains("Medium", "Tail").doesNotContain("Head");
    assertMistake(CommandRun.of("evaluate", model(), "--data", rows.toString(), "--tail-to", "20"),
        "--head-from and --tail-to: the tail ends at 20 but the head starts at 20");
  }

  @Test
  void pathsAreTrainedEvaluatedAndPredicted() throws IOException {
    Path rows = write("rows.jsonl", rows());
    var trained = train(rows, "--label", "path", "--target", "taxonomy", "--path-separator", " / ");
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.out()).contains("Hierarchical F1", "Level 1", "Level 2", "level by level",
        "Answer from",
        "Calibration error");
    assertThat(CommandRun.of("evaluate", model(), "--data", rows.toString()).out()).contains("Level 2");
    assertThat(CommandRun.of("info", model()).out()).contains("a path in a taxonomy of 2 levels");
    assertThat(CommandRun.of("predict", model(), "a washing machine", "some digital camera").out().lines())
        .satisfiesExactly(deep -> assertThat(deep).startsWith("Home / Washers "),
            shallow -> assertThat(shallow).startsWith("Photo "));
    assertThat(CommandRun.of("predict", model(), "--format", "jsonl", "a fridge freezer").out())
        .contains("{\"label\":\"Home / Fridges\",\"probability\":");
  }

  @Test
  void aPathWithAnEmptySegmentIsToldWithItsLineAndStopsUnderStrict() throws IOException {
    var lines = new ArrayList<>(rows());
    lines.add("{\"text\": \"x\", \"path\": \"Home /  / Fridges\"}");
    Path rows = write("rows.jsonl", lines);
    assertMistake(train(rows, "--label", "path", "--target", "taxonomy", "--path-separator", "/", "--strict"),
        "rows.jsonl, line 61", "'Home//Fridges' has an empty segment, number 2");
    var run = train(rows, "--label", "path", "--target", "taxonomy", "--path-separator", "/", "--epochs", "1");
    assertThat(run.code()).as(run.err()).isEqualTo(2);
  }

  @Test
  void aValidationLabelThatTrainingNeverSawIsToldAndDropped() throws IOException {
    Path validation =
        write("validation.jsonl", List.of("{\"text\": \"washing machine\", \"tags\": [\"home\", \"loud\"]}",
            "{\"text\": \"a drum\", \"tags\": [\"loud\"]}"));
    Path rows = write("rows.jsonl", rows());
    var run = train(rows, "--label", "tags", "--target", "multi", "--validation", validation.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("unknown label", "validation.jsonl, line 1", "'loud' is not among the 3 labels");
    assertThat(folder.resolve("model/provenance.json")).content().contains("\"validation_rows\" : 1");
    assertMistake(train(rows, "--label", "tags", "--target", "multi", "--validation", validation.toString(), "--strict",
        "--overwrite"), "validation.jsonl, line 1", "loud");
  }

  @Test
  void aLabelOfOneRowIsTrainedOnAndNotSplitOff() throws IOException {
    var lines = new ArrayList<>(rows());
    lines.add("{\"text\": \"claw hammer\", \"tags\": [\"tools\"]}");
    var run = train(write("rows.jsonl", lines), "--label", "tags", "--target", "multi");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(folder.resolve("model/labels.json")).content().contains("\"tools\"");
    assertThat(run.err()).doesNotContain("unknown label");
  }

  @Test
  void thresholdsOfAnotherModelAreRefused() throws IOException {
    Path rows = write("rows.jsonl", rows());
    assertThat(train(rows, "--label", "tags", "--target", "multi").code()).isZero();
    Path target = folder.resolve("model/target.json");
    Files.writeString(target, Files.readString(target).replace("\"wet\"", "\"dry\""));
    assertMistake(CommandRun.of("predict", model(), "x"), "target.json has thresholds for other labels",
        "'dry', not 'wet'");
  }

  @Test
  void settingsThatDoNotFitTheTargetAreNamed() throws IOException {
    Path rows = write("rows.jsonl", rows());
    assertMistake(train(rows, "--label", "tags", "--target", "many"), "single, multi, taxonomy", "'many'");
    assertMistake(train(rows, "--label", "tags", "--target", "multi", "--loss", "cross-entropy"),
        "for the target multi", "bce", "'cross-entropy'");
    assertMistake(CommandRun.of("train", "--model", "fasttext", "--train", rows.toString(), "--output", model(),
        "--text", "text", "--label", "path", "--target", "taxonomy", "--loss", "ancestors"),
        "bce, focal", "for fasttext, not 'ancestors'");
    assertMistake(train(rows, "--label", "tags,path"), "several label columns");
    assertMistake(train(rows, "--label", "tags", "--target", "multi", "--threshold", "1.5"), "threshold",
        "from 0 to 1");
    assertMistake(train(rows, "--label", "path", "--target", "taxonomy", "--ancestor-weight", "heavy"),
        "less, same, more or a number");
    assertMistake(train(rows, "--label", "path", "--target", "taxonomy", "--path-separator", ""), "separator");
  }
}
