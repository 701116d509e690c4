package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that is asked to end, as Ctrl-C does, says so, and what it writes is not there in part. */
@DisabledOnOs(OS.WINDOWS)
class InterruptedCommandTest {
  /** That of a process that SIGTERM ended, which asks as Ctrl-C does, but is never ignored. */
  private static final int TERMINATED = 143;

  @TempDir
  Path folder;

  /** Starts a command, and asks it to end when it has begun to write. */
  private List<String> interrupted(String... arguments) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    Path out = Files.createDirectories(folder.resolve("out"));
    var line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
        "crema.cli.Crema"));
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectError(errors.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      while (process.isAlive() && entries(out).isEmpty()) {
        Thread.sleep(10);
      }
      process.destroy();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    List<String> said = Files.readAllLines(errors, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(said.toString()).isEqualTo(TERMINATED);
    return said;
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void whatIsHalfWrittenIsNotThere() throws IOException, InterruptedException {
    List<String> said = interrupted("data", "marketplace-sample", "--records", "1000000", "--output",
        folder.resolve("out/products").toString());
    assertThat(said.getLast()).isEqualTo("crema: interrupted");
    assertThat(said.toString()).doesNotContain("Exception");
    assertThat(folder.resolve("out/products")).doesNotExist();
  }

  @Test
  void whatIsKeptIsTold() throws IOException, InterruptedException {
    Path archive = folder.resolve("offers.zip");
    assertThat(CommandRun.of("data", "lspc-sample", "--size", "5MB", "--output", archive.toString()).code()).isZero();
    List<String> said =
        interrupted("data", "lspc", "--zip", archive.toString(), "--output", folder.resolve("out/corpus").toString());
    assertThat(said.getLast()).isEqualTo("crema: interrupted; give the same command again to go on");
    assertThat(said.toString()).doesNotContain("Exception");
    CommandRun again = CommandRun.of("data", "lspc", "--zip", archive.toString(), "--output",
        folder.resolve("out/corpus").toString(), "--quiet");
    assertThat(again.code()).as(again.err()).isZero();
  }

  @Test
  void aRunOfAnExperimentThatIsAskedToEndIsNoBug() throws IOException, InterruptedException {
    Path configs = Files.createDirectories(folder.resolve("configs"));
    var rows = new ArrayList<>(List.of("title,label"));
    for (int i = 0; i < 300; i++) {
      rows.add("title of row " + i + " and its kind " + i % 3 + ",kind" + i % 3);
    }
    Files.write(configs.resolve("rows.csv"), rows);
    Files.writeString(configs.resolve("_defaults.yaml"), "train: rows.csv\ntext: title\nlabel: label\n");
    Files.writeString(configs.resolve("a.yaml"), "model: fasttext\nepochs: 2000\n");
    Files.writeString(configs.resolve("b.yaml"), "model: linear\n");
    List<String> said = interrupted("experiment", configs.toString(), "--output", folder.resolve("out").toString());
    assertThat(said.toString()).doesNotContain("bug", "Exception");
    assertThat(said.getLast()).isEqualTo("crema: interrupted; give the same command again to go on");
  }
}
