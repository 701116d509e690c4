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

class CategoriesCommandTest {
  @TempDir
  static Path folder;
  static Path rows;
  static Path model;

  @BeforeAll
  static void train() throws IOException {
    var lines = new ArrayList<>(List.of("name,kind"));
    for (int i = 0; i < 90; i++) {
      lines.add(List.of("red apple ", "green pear ", "fast robot ").get(i % 3) + "model " + i + " cherry box,"
          + List.of("apples", "pears", "toys").get(i % 3));
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
    model = folder.resolve("model");
    var run = CommandRun.of("train", "--model", "neighbours", "--train", rows.toString(), "--text", "name", "--label",
        "kind", "--dimensions", "32", "--output", model.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("Accuracy", "1.000");
  }

  @Test
  void aCategoryIsAddedListedPredictedTestedAndPacked() throws IOException {
    Path items = Files.write(folder.resolve("cherries.csv"),
        List.of("name,shop", "cherry box,a", "box of cherry,b", ",c"));
    var added = CommandRun.of("categories", "add", model.toString(), "--name", " cherries ", "--items",
        items.toString());
    assertThat(added.code()).as(added.err()).isZero();
    assertThat(added.out()).contains("Added 'cherries' to ").contains("with 2 texts");
    assertThat(CommandRun.of("categories", "list", model.toString()).out()).contains("24   apples", " 2 + cherries");
    assertThat(CommandRun.of("predict", model.toString(), "a cherry box").out()).startsWith("cherries");
    assertThat(CommandRun.of("predict", model.toString(), "red apple").out()).startsWith("apples");
    assertThat(CommandRun.of("info", model.toString()).out()).contains("neighbours, by terms", "cherries", "2 texts");
    Path test =
        Files.write(folder.resolve("test.csv"), List.of("name,kind", "a cherry box,cherries", "red apple,apples"));
    assertThat(CommandRun.of("evaluate", model.toString(), "--data", test.toString(), "--quiet").out())
        .contains("1.000");
    Path archive = folder.resolve("model.zip");
    assertThat(CommandRun.of("pack", model.toString(), "--output", archive.toString()).code()).isZero();
    assertThat(CommandRun.of("predict", archive.toString(), "a cherry box").out()).startsWith("cherries");
  }

  private static void isMistake(String message, String... arguments) {
    var run = CommandRun.of(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.lastError()).contains(message);
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    isMistake("has the category 'toys' already", "categories", "add", model.toString(), "--name", "toys", "--items",
        rows.toString());
    isMistake("needs a name", "categories", "add", model.toString(), "--name", " ");
    isMistake("--name", "categories", "add", model.toString());
    isMistake("no encoder", "categories", "add", model.toString(), "--name", "plums");
    isMistake("--items too", "categories", "add", model.toString(), "--name", "plums", "--text", "name");
    isMistake("none.txt", "categories", "add", model.toString(), "--name", "plums", "--items", "none.txt");
    Path empty = Files.write(folder.resolve("empty.txt"), List.of(""));
    isMistake("has no text", "categories", "add", model.toString(), "--name", "plums", "--items", empty.toString());
    isMistake("not a model", "categories", "list", folder.toString());
    Path linear = folder.resolve("linear");
    assertThat(CommandRun.of("train", "--model", "linear", "--train", rows.toString(), "--text", "name", "--label",
        "kind", "--output", linear.toString(), "--quiet").code()).isZero();
    isMistake("--model neighbours", "categories", "add", linear.toString(), "--name", "plums");
    isMistake("--model neighbours", "categories", "list", linear.toString());
  }
}
