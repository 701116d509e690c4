package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that tells text columns apart gets them from the commands that read rows. */
class ColumnsApartTest {
  @TempDir
  static Path folder;
  static Path rows;
  static Path model;

  /** Which column a word is in tells the label. */
  @BeforeAll
  static void train() throws IOException {
    var lines = new ArrayList<>(List.of("name,shop,kind"));
    for (int i = 0; i < 60; i++) {
      lines.add(i % 2 == 0 ? "apple,pear,first" : "pear,apple,second");
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
    model = folder.resolve("model");
    var run = CommandRun.of("train", "--model", "linear", "--train", rows.toString(), "--text", "name,shop", "--label",
        "kind", "--analyzer", "word,char_wb:name", "--columns", "both", "--output", model.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
  }

  @Test
  void predictionsAreOfTheColumnsAndShowTheirTexts() {
    var run = CommandRun.of("predict", model.toString(), "--file", rows.toString(), "--text", "name,shop", "--format",
        "tsv");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines().limit(2).map(line -> line.substring(0, line.lastIndexOf('\t'))))
        .containsExactly("apple pear\tfirst", "pear apple\tsecond");
  }

  @Test
  void anotherNumberOfColumnsIsAMistake() {
    for (String command : List.of("predict", "evaluate")) {
      var run = CommandRun.of(command, model.toString(), command.equals("predict") ? "--file" : "--data",
          rows.toString(), "--text", "name");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("the model tells the text columns name, shop apart, but --text names 1");
    }
  }

  @Test
  void anEvaluationReadsTheColumnsOfTheTraining() {
    var run = CommandRun.of("evaluate", model.toString(), "--data", rows.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("1.000");
  }

  @Test
  void theSpacesAreListed() {
    var run = CommandRun.of("info", model.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("word:*, word:name, word:shop, char_wb:name");
  }
}
