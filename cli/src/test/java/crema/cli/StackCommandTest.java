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

class StackCommandTest {
  @TempDir
  static Path folder;
  static Path rows;
  static Path words;
  static Path characters;

  @TempDir
  Path own;

  @BeforeAll
  static void train() throws IOException {
    var lines = new ArrayList<>(List.of("name,kind"));
    for (int i = 0; i < 90; i++) {
      lines.add(List.of("red apple ", "green pear ", "blue plum ").get(i % 3) + i + "," + i % 3);
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
    words = linear("words", "word");
    characters = linear("characters", "char_wb");
  }

  private static Path linear(String name, String analyzer) {
    Path model = folder.resolve(name);
    var run = CommandRun.of("train", "--model", "linear", "--train", rows.toString(), "--text", "name", "--label",
        "kind", "--analyzer", analyzer, "--output", model.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    return model;
  }

  @Test
  void modelsBecomeOneThatPredictsAndIsExplainedByItsMembers() throws IOException {
    Path archive = own.resolve("characters.zip");
    assertThat(CommandRun.of("pack", characters.toString(), "--output", archive.toString()).code()).isZero();
    Path stack = own.resolve("stack");
    var run = CommandRun.of("stack", words.toString(), archive.toString(), "--train", rows.toString(), "--output",
        stack.toString(), "--quiet");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("Second level: ")
        .containsPattern("Member +Score +Answer +Operations +Size +Weight\n")
        .containsPattern("\nwords +1\\.0000 ± 0\\.0000 ").containsPattern("\ncharacters.zip +1");
    var prediction = CommandRun.of("predict", stack.toString(), "a red apple");
    assertThat(prediction.code()).as(prediction.err()).isZero();
    assertThat(prediction.out()).startsWith("0");
    assertThat(CommandRun.of("info", stack.toString()).out()).contains("Member ");
    assertThat(CommandRun.of("evaluate", stack.toString(), "--data", rows.toString(), "--quiet").out())
        .contains("1.000");
    // The config starts the same run.
    assertThat(stack.resolve("train.yaml")).content().contains("model: stack").contains("models:");
    var again = CommandRun.of("train", "--config", stack.resolve("train.yaml").toString(), "--output",
        own.resolve("again").toString(), "--quiet");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(own.resolve("again/config.json")).hasSameTextualContentAs(stack.resolve("config.json"));
  }

  @Test
  void aMemberThatIsNoModelIsToldBeforeAnythingElse() {
    var run = CommandRun.of("stack", folder.resolve("nowhere").toString(), "--train", "rows.csv", "--output",
        folder.resolve("none").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("crema: " + folder.resolve("nowhere")
        + " does not exist: give the directory or the archive of a trained model\n");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void mistakesAreOneLine() {
    for (String[] arguments : new String[][] {{words.toString()}, {words.toString(), own.resolve("none").toString()},
        {rows.toString(), words.toString()}}) {
      var command = new ArrayList<>(List.of("stack"));
      command.addAll(List.of(arguments));
      command.addAll(List.of("--train", rows.toString(), "--output", own.resolve("stack").toString(), "--quiet"));
      var run = CommandRun.of(command.toArray(String[]::new));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err().lines()).as(run.err()).hasSize(1);
      assertThat(own.resolve("stack")).doesNotExist();
    }
  }
}
