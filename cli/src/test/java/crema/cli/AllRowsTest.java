package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on all rows: without a test, without validation, without both. */
class AllRowsTest {
  private static final String ENCODER =
      "encoder --epochs 2 --hidden-size 8 --heads 2 --ffn-size 8 --layers 1 --vocabulary-size 300";

  @TempDir
  Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,category,tags"));
    for (int i = 0; i < 60; i++) {
      lines.add(switch (i % 3) {
        case 0 -> "washing machine " + i + ",home > appliances,home|wet";
        case 1 -> "digital camera " + i + ",home > cameras,photo";
        default -> "video camera " + i + ",film > cameras,photo|film";
      });
    }
    Files.write(folder.resolve("rows.csv"), lines);
  }

  private CommandRun train(String family, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", folder.resolve("rows.csv").toString(), "--text",
        "title", "--threads", "1", "--output", folder.resolve("model").toString(), "--overwrite", "--model"));
    arguments.addAll(List.of(family.split(" ")));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private String file(String name) throws IOException {
    return Files.readString(folder.resolve("model").resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "fasttext --dim 8", ENCODER, "linear --decision macro_f1",
      "auto --members words --fits 2 --folds 2"})
  void everyFamilyTrainsOnAllRows(String family) throws IOException {
    var run = train(family, "--label", "category", "--no-test", "--validation-fraction", "0");
    assertThat(run.code()).as(run.err()).isZero();
    // An automatic model chooses by its folds.
    assertThat(run.err().contains("no validation rows: not chosen are")).isEqualTo(!family.startsWith("auto"));
    assertThat(run.err()).contains("no test rows: the report has no metrics");
    assertThat(run.out()).contains("Rows: 60 training, 0 validation, 0 test", "Test: none").doesNotContain("Documents");
    assertThat(file("metrics.json")).contains("\"documents\": 0").doesNotContain("accuracy");
    assertThat(file("report.html")).contains("Training of", "none: all rows were for training");
    assertThat(CommandRun.of("predict", folder.resolve("model").toString(), "washing machine").code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fasttext --dim 8", ENCODER})
  void thresholdsStayAtOneHalf(String family) throws IOException {
    var run = train(family, "--label", "tags", "--target", "multi", "--label-separator", "|", "--validation-fraction",
        "0", "--test-fraction", "0.2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("thresholds (0.5 unless one is given)").doesNotContain("no test rows");
    assertThat(run.out()).contains("Accuracy").doesNotContain("with temperature");
    assertThat(file("target.json")).contains("0.5");
  }

  @Test
  void aTaxonomyAndStagesTrainOnAllRows() {
    var run = train("linear", "--label", "category", "--target", "taxonomy", "--no-test", "--validation-fraction", "0");
    assertThat(run.code()).as(run.err()).isZero();
    var stages = train("linear", "--label", "category", "--two-stage", "home > cameras", "--no-test",
        "--validation-fraction", "0");
    assertThat(stages.code()).as(stages.err()).isZero();
    assertThat(stages.out()).contains("0 validation, 0 test");
  }

  @Test
  void whatNeedsThoseRowsIsRefused() {
    assertThat(train("linear", "--label", "category", "--no-test", "--test-fraction", "0.2").lastError())
        .contains("no-test leaves out the test: leave out --test and --test-fraction");
    assertThat(train("linear", "--label", "category", "--no-test", "--test", "rows.csv").code()).isEqualTo(2);
    assertThat(train("fasttext", "--label", "category", "--validation-fraction", "0", "--autotune-duration", "5")
        .lastError()).contains("a search needs validation rows");
    assertThat(train("linear", "--label", "tags", "--target", "multi", "--label-separator", "|", "--shift",
        "--validation-fraction", "0").lastError()).contains("shift needs validation rows");
    assertThat(folder.resolve("model")).doesNotExist();
  }
}
