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

/** Columns and files whose names have a comma, in every command that takes several. */
class ColumnNamesTest {
  private static final String COLUMN = "\"Name, English\"";

  @TempDir
  Path folder;
  private Path rows;
  private String model;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of(COLUMN + ",extra,label"));
    for (int i = 0; i < 40; i++) {
      lines.add((i % 2 == 0 ? "red apple " : "blue robot ") + i + ",x" + i % 3 + "," + (i % 2 == 0 ? "fruit" : "toys"));
    }
    rows = Files.write(folder.resolve("rows, all.csv"), lines);
    model = folder.resolve("model").toString();
  }

  private static void assertDone(CommandRun run) {
    assertThat(run.code()).as(run.err()).isZero();
  }

  @Test
  void flagsTakeThemInQuotes() {
    String file = '"' + rows.toString() + '"';
    assertDone(CommandRun.of("train", "--model", "linear", "--train", file, "--text", COLUMN, "--label", "label",
        "--output", model, "--quiet"));
    assertDone(CommandRun.of("evaluate", model, "--data", file, "--text", COLUMN, "--quiet"));
    assertDone(CommandRun.of("evaluate", model, "--data", file, "--quiet"));
    var predicted = CommandRun.of("predict", model, "--file", rows.toString(), "--text", COLUMN);
    assertDone(predicted);
    assertThat(predicted.out().lines()).hasSize(40);
    assertDone(CommandRun.of("predict", model, "--file", rows.toString(), "--text", "extra," + COLUMN));
    assertDone(CommandRun.of("langid", "--file", rows.toString(), "--text", COLUMN));
    assertDone(
        CommandRun.of("tokenizer", "train", "--data", file, "--text", COLUMN + ",extra", "--vocabulary-size", "300",
            "--output", folder.resolve("tokenizer.json").toString(), "--quiet"));
  }

  @Test
  void blanksAroundItemsAreNoPartOfThem() {
    assertDone(CommandRun.of("train", "--model", "linear", "--train", " " + '"' + rows + '"', "--text",
        "extra, " + COLUMN + " ", "--label", " label ", "--output", model, "--quiet"));
    assertDone(CommandRun.of("predict", model, "--file", rows.toString(), "--text", " extra , " + COLUMN));
    assertThat(CommandRun.of("predict", model, "--file", rows.toString(), "--text", "extra,\" label\"").lastError())
        .contains("has no column ' label'; did you mean 'label'?");
  }

  @Test
  void aConfigTakesThemAsTheyAre() throws IOException {
    Path config = Files.writeString(folder.resolve("config.yaml"), """
        model: linear
        train: ["rows, all.csv"]
        text: ["Name, English"]
        label: label
        output: model
        """);
    assertDone(CommandRun.of("train", "--quiet", "--config", config.toString(), "--output", model));
    assertThat(Files.readAllLines(folder.resolve("model/train.yaml"))).contains("- Name, English");
    assertDone(CommandRun.of("train", "--quiet", "--config", folder.resolve("model/train.yaml").toString(), "--output",
        folder.resolve("again").toString()));
  }
}
