package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cross-validation is the same for every family: it says how good settings are, and changes nothing. */
class FoldsTest {
  @TempDir
  Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 40; i++) {
      lines.add(i % 2 == 0 ? "washing machine " + i + ",appliances" : "digital camera " + i + ",cameras");
    }
    Files.write(folder.resolve("rows.csv"), lines);
  }

  private CommandRun train(String output, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--train", folder.resolve("rows.csv").toString(), "--text",
        "title",
        "--label", "category", "--validation-fraction", "0.2", "--test-fraction", "0.2", "--threads", "1", "--output",
        folder.resolve(output).toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private Path weights(String output) {
    return Stream.of("model.bin", "categories.safetensors", "model.safetensors")
        .map(folder.resolve(output)::resolve).filter(Files::exists).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "neighbours --dimensions 8", "fasttext --dim 8",
      "encoder --epochs 2 --hidden-size 8 --heads 2 --ffn-size 8 "
          + "--layers 1 --vocabulary-size 300"})
  void everyFamilyIsCrossValidatedAndItsModelIsTheSame(String family) {
    var arguments = new ArrayList<>(List.of("--model"));
    arguments.addAll(List.of(family.split(" ")));
    assertThat(train("plain", arguments.toArray(String[]::new)).code()).isZero();
    arguments.addAll(List.of("--folds", "3"));
    var run = train("folds", arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("Accuracy, 3 folds: \\d\\.\\d{4} ± \\d\\.\\d{4}");
    assertThat(run.err()).contains("Fold 1 of 3: ", "Fold 3 of 3: ");
    assertThat(weights("folds")).hasSameBinaryContentAs(weights("plain"));
    assertThat(folder.resolve("folds").resolve("checkpoints")).doesNotExist();
  }

  @Test
  void stagesHaveNoFolds() {
    var run = train("staged", "--model", "linear", "--two-stage", "cameras", "--folds", "3");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError()).contains("folds has no effect on models that decide in stages");
  }
}
