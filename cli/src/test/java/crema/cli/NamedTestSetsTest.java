package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several test sets, each with a name and a report of its own. */
class NamedTestSetsTest {
  @TempDir
  Path folder;

  private Path rows(String name, int count, String... labels) throws IOException {
    var lines = new ArrayList<>(List.of("title,label"));
    for (int i = 0; i < count; i++) {
      lines.add((i % 2 == 0 ? "red apple " : "blue robot ") + i + "," + labels[i % labels.length]);
    }
    return Files.write(folder.resolve(name), lines);
  }

  private CommandRun train(String... more) throws IOException {
    var arguments = new ArrayList<>(List.of("train", "--model", "linear", "--train",
        rows("rows.csv", 60, "fruit", "toy").toString(), "--text", "title", "--label", "label", "--output",
        folder.resolve("model").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void eachSetHasAReportAndALineInTheTable() throws IOException {
    Path right = rows("right.csv", 10, "fruit", "toy");
    Path wrong = rows("wrong.csv", 10, "toy", "fruit");
    CommandRun run = train("--test", "shops=" + right, "--test", "mixed_up=" + wrong);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("Test set +Accuracy").containsPattern("shops +1\\.000")
        .containsPattern("mixed_up +0\\.000");
    // Without a set that has no name, the test of the run is on all of them.
    assertThat(Files.readAllLines(folder.resolve("model/test.jsonl"))).as("a header and the rows").hasSize(1 + 20);
    for (String set : List.of("shops", "mixed_up")) {
      assertThat(folder.resolve("model/tests").resolve(set).resolve("metrics.json")).content().contains("\"accuracy\"");
      assertThat(folder.resolve("model/tests").resolve(set).resolve("report.html")).exists();
    }
  }

  @Test
  void theTestOfTheRunIsOnTheFilesWithoutAName() throws IOException {
    Path right = rows("right.csv", 10, "fruit", "toy");
    CommandRun run = train("--test", right.toString(), "--test", "wrong=" + rows("wrong.csv", 14, "toy", "fruit"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Files.readAllLines(folder.resolve("model/test.jsonl"))).hasSize(1 + 10);
    assertThat(run.out()).containsPattern("wrong +0\\.000").doesNotContain("right ");
  }

  @Test
  void filesOfAConfigAreBesideItWhateverTheirSetIsCalled() throws IOException {
    rows("right.csv", 10, "fruit", "toy");
    Path config = Files.writeString(folder.resolve("config.yaml"), """
        model: linear
        train: [rows.csv]
        test: [shops=right.csv]
        text: [title]
        label: [label]
        """);
    rows("rows.csv", 60, "fruit", "toy");
    CommandRun run = CommandRun.of("train", "--config", config.toString(), "--output",
        folder.resolve("model").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(folder.resolve("model/tests/shops/metrics.json")).exists();
  }
}
