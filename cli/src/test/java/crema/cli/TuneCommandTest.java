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
import org.junit.jupiter.params.provider.CsvSource;

class TuneCommandTest {
  private static final String ROWS = """
      train: data/rows.csv
      text: name
      label: kind
      """;

  @TempDir
  Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectory(folder.resolve("data"));
    var lines = new ArrayList<>(List.of("name,kind"));
    for (int i = 0; i < 120; i++) {
      lines.add(List.of("red apple ", "green pear ", "blue plum ").get(i % 3) + i + "," + i % 3);
    }
    Files.write(folder.resolve("data/rows.csv"), lines);
  }

  private Path config(String... lines) throws IOException {
    return Files.writeString(folder.resolve("search.yaml"), ROWS + String.join("\n", lines) + "\n");
  }

  private CommandRun tune(Path config, String... more) {
    var arguments = new ArrayList<>(List.of("tune", config.toString(), "--output", folder.resolve("found").toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void bestConfigTrainsAndTheTableIsThatOfAnExperiment() throws IOException {
    Path config = config("model: linear", "C: {log: [0.01, 10]}", "ngrams: {integer: [1, 2]}",
        "analyzer:", "  choice:", "  - word", "  - [word, char_wb]", "lowercase: {choice: [true, false]}");
    var run = tune(config, "--trials", "4", "--metric", "accuracy");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).containsPattern("\\[4/4] \\d\\.\\d{4} with C [0-9.]+, ngrams [12], analyzer ");
    assertThat(run.out()).contains("Accuracy", "Better", "Best: 0", "best.yaml");
    assertThat(folder.resolve("found/comparison.md")).content().contains("| Run |", "01: C ");
    assertThat(folder.resolve("found/comparison.html")).content().contains("<table", "01: C ");
    Path best = folder.resolve("found/best.yaml");
    assertThat(best).content().contains("model: linear", folder.resolve("data/rows.csv").toString(), "ngrams: ")
        .doesNotContain("output");
    var trained = CommandRun.of("train", "--config", best.toString(), "--output", folder.resolve("model").toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.err()).doesNotContain("Chosen: ");
    byte[] first = Files.readAllBytes(best);
    assertThat(tune(config, "--trials", "4", "--metric", "accuracy", "--threads", "1", "--quiet").code()).isZero();
    assertThat(best).hasBinaryContent(first);
    assertThat(CommandRun.of("tune", config.toString(), "--trials", "4", "--metric", "accuracy", "--output",
        folder.resolve("again").toString()).code()).isZero();
    assertThat(folder.resolve("again/best.yaml")).hasBinaryContent(first);
  }

  @Test
  void rangeOfOneFamilyAloneNamesIt() throws IOException {
    var run = tune(config("dim: {integer: [4, 8]}", "epochs: 1", "buckets: 1000"), "--trials", "2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("Model: fasttext, the family with epochs, buckets, dim");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "'model: linear'                                | there is nothing to search: no setting has a range",
      "'model: linear, dim: {integer: [1, 2]}'        | search.yaml, line 5: there is no setting 'dim'",
      "'C: {log: [1, 2]}, layers: {integer: [1, 2]}'  | line 5: layers is a setting of encoder, but C is one of linear",
      "'model: {choice: [linear, encoder]}'           | search.yaml, line 4: model must be one family",
      "'C: {log: [0, 2]}'                             | search.yaml, line 4: C must be above 0",
      "'C: {log: 1}'                                  | search.yaml, line 4: C.log must be a list",
      "'C: {log: [1, 2], linear: [1, 2]}'             | search.yaml, line 4: C has two ranges: it needs one",
      "'C: {log: [1, {a: b}]}'                        | search.yaml, line 4: the value of C must be a single value",
      "'C: {log: [1, 2]}, output: x'                  | search.yaml, line 5: output is that of 'crema train'",
      "'C: {log: [1, 2]}, C: 1'                       | search.yaml, line 5: C stands twice: it is in line 4 too",
      "'C: {log: [1, 2]}, group: {choice: [a, b]}'    | search.yaml, line 5: group must be one value",
      "'C: {log: [1, 2]}, dim: 3'                     | search.yaml, line 4: C is a setting of linear, but dim is one of fasttext",
  })
  void aMistakeIsOneLineAndNothingIsWritten(String lines, String message) throws IOException {
    var run = tune(config(lines.split(", (?=[a-zA-Z]+:)(?![a-z]+: \\[1, 2]\\}$)")));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains(message);
    assertThat(folder.resolve("found")).doesNotExist();
  }

  @Test
  void filesThatAreMissingAreAMistake() throws IOException {
    assertThat(tune(folder.resolve("none.yaml")).lastError()).contains("none.yaml does not exist");
    Path config =
        Files.writeString(folder.resolve("away.yaml"), "train: none.csv\ntext: name\nlabel: kind\nC: {log: [1, 2]}\n");
    assertThat(tune(config).lastError()).contains("none.csv does not exist");
    assertThat(folder.resolve("found")).doesNotExist();
    Files.writeString(folder.resolve("found"), "a file");
    assertThat(tune(config("C: {log: [1, 2]}")).lastError()).contains("is a file, not a folder");
    // A config of training has values.
    assertThat(CommandRun.of("train", "--config", config("C: {log: [1, 2]}").toString(), "--output",
        folder.resolve("model").toString()).lastError()).contains("the value of C must be a single value");
  }
}
