package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of all configs in a folder, what is skipped and what goes on, and the table at the end. */
class ExperimentCommandTest {
  @TempDir
  Path folder;
  Path experiment;
  Path output;

  @BeforeEach
  void writeExperiment() throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 40; i++) {
      lines.add(i % 2 == 0 ? "washing machine " + i + ",appliances" : "digital camera " + i + ",cameras");
    }
    Files.write(folder.resolve("rows.csv"), lines);
    experiment = Files.createDirectory(folder.resolve("words"));
    output = folder.resolve("out");
    write("_defaults.yaml", "model: fasttext", "data: ..", "train: rows.csv", "text: title", "label: category",
        "validation-fraction: 0.2", "test-fraction: 0.2", "dim: 8", "buckets: 100");
    write("many.yaml", "epochs: 20");
    write("few.yaml", "epochs: 1", "learning-rate: 1e-6");
  }

  private void write(String name, String... lines) throws IOException {
    Files.write(experiment.resolve(name), Arrays.asList(lines));
  }

  private CommandRun run(String... more) {
    var arguments = new ArrayList<>(List.of("experiment", experiment.toString(), "--output", output.toString()));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private FileTime trained(String run) throws IOException {
    return Files.getLastModifiedTime(output.resolve(run).resolve("config.json"));
  }

  @Test
  void everyConfigIsRunWithEverySeedAndCompared() throws IOException {
    write("_experiment.yaml", "seeds: [1, 2]", "baseline: few");
    write("own.yaml", "seed: 5");
    var run = run();
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("[1/5] few, seed 1", "[4/5] many, seed 2", "[5/5] own, seed 5");
    assertThat(run.out()).contains("Macro F1", "few", "many", "own", "± ", "2 of 2");
    assertThat(Files.readString(output.resolve("comparison.md"))).contains("| many |", "**1.000 ± 0.000**");
    assertThat(Files.readString(output.resolve("comparison.html"))).contains("<strong>1.000 ± 0.000</strong>");
    assertThat(Files.readAllLines(output.resolve("own/seed-5/train.yaml"))).contains("seed: 5", "dim: 8");
  }

  @Test
  void finishedRunsAreSkippedUnlessTheirConfigChanged() throws IOException {
    assertThat(run().code()).isZero();
    FileTime few = trained("few/seed-1");
    FileTime many = trained("many/seed-1");
    write("many.yaml", "epochs: 21");
    var again = run();
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).contains("few, seed 1: finished before").doesNotContain("many, seed 1: finished");
    assertThat(trained("few/seed-1")).isEqualTo(few);
    assertThat(trained("many/seed-1")).isNotEqualTo(many);
    assertThat(Files.readAllLines(output.resolve("many/seed-1/train.yaml"))).contains("epochs: 21");
  }

  @Test
  void anInterruptedRunGoesOn() throws IOException {
    assertThat(run("--only", "many").code()).isZero();
    // As if it had been stopped before its end.
    Files.delete(output.resolve("many/seed-1/config.json"));
    var again = run("--only", "many");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(Files.readString(output.resolve("many/seed-1/provenance.json"))).contains("--resume");
  }

  @Test
  void aBadConfigIsToldAndTheOthersGoOn() throws IOException {
    write("bad.yaml", "epocs: 3");
    write("worse.yaml", "epochs: [");
    var run = run("--quiet");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("crema: bad, seed 1: ",
        "bad.yaml, line 1: there is no setting 'epocs'; did you mean 'epochs'?",
        "crema: worse, seed 1: ", "worse.yaml, line 2: ").doesNotContain("\tat ");
    assertThat(run.out())
        .contains("few", "many", "Without a result: bad, seed 1: ", "Without a result: worse, seed 1: ")
        .doesNotContain("\nworse");
  }

  @Test
  void dataCanBeElsewhere() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.move(folder.resolve("rows.csv"), elsewhere.resolve("rows.csv"));
    var missing = run("--only", "few");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("rows.csv does not exist");
    var found = run("--only", "few", "--data", elsewhere.toString());
    assertThat(found.code()).as(found.err()).isZero();
  }

  @Test
  void mistakesInTheCommandAreOneLine() throws IOException {
    assertThat(run("--baseline", "none").lastError()).contains("--baseline: there is no", "none.yaml");
    assertThat(run("--only", "none").lastError()).contains("--only: there is no", "none.yaml");
    assertThat(run("--metric", "f1").lastError()).contains("'f1'", "macro_f1");
    assertThat(CommandRun.of("experiment", folder.resolve("none").toString()).lastError()).contains("is not a folder");
    assertThat(CommandRun.of("experiment", Files.createDirectory(folder.resolve("empty")).toString()).lastError())
        .contains("has no configs");
    write("_experiment.yaml", "sedes: [1]");
    assertThat(run().lastError())
        .contains("_experiment.yaml, line 1: there is no setting 'sedes'; did you mean 'seeds'?");
  }
}
