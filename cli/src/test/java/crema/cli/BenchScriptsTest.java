package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cli.LauncherTest.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of {@code bench/} run on the JDK that the launcher finds, and hide no error. */
@DisabledOnOs(OS.WINDOWS)
class BenchScriptsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir
  Path folder;

  private Path root;

  /** A checkout whose benchmarks are built, with an older JDK on the path and a new one elsewhere. */
  @BeforeEach
  void checkout() throws IOException {
    root = folder.resolve("a checkout");
    for (String part : List.of("bench", "launcher")) {
      Files.createDirectories(root.resolve(part));
      try (Stream<Path> files = Files.list(ROOT.resolve(part)).filter(Files::isRegularFile)) {
        for (Path file : files.toList()) {
          Files.copy(file, root.resolve(part, file.getFileName().toString()));
        }
      }
    }
    Files.createDirectories(root.resolve("bench", "target"));
    Files.writeString(root.resolve("bench", "target", "benchmarks.jar"), "");
    jdk("jdk 17", "17.0.2", "echo too old >&2; exit 1");
    jdk("jdk 25", "25.0.1", "echo \"$@\"; echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2");
    program("python/python3", "echo from python");
  }

  @ParameterizedTest
  @ValueSource(strings = {"accuracy.sh", "encoder.sh", "fasttext.sh", "fuzz.sh", "kills.sh", "pretrained.sh",
      "run.sh", "vision.sh"})
  void withoutArgumentsItSaysHowItIsUsed(String script) throws Exception {
    var run = bench(script);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.output()).isEmpty();
    assertThat(run.errors()).contains("bench/" + script + " ").doesNotContain("#", "set -");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      accuracy.sh none none text label             | accuracy.sh: none is no file that can be read
      accuracy.sh rows rows text label one         | accuracy.sh: a seed must be a whole number above 0; it is 'one'
      encoder.sh step 0 32                         | encoder.sh: BATCH must be a whole number above 0; it is '0'
      encoder.sh step 8 x                          | encoder.sh: LENGTH must be a whole number above 0; it is 'x'
      encoder.sh infer 8 32 5 -1                   | encoder.sh: ROUNDS must be a whole number above 0; it is '-1'
      encoder.sh titles none                       | encoder.sh: none is no file that can be read
      kills.sh none                                | kills.sh: KILLS must be a whole number above 0; it is 'none'
      fasttext.sh rows none                        | fasttext.sh: none is no file that can be read
      fasttext.sh rows rows softmax 1 1.5          | fasttext.sh: EPOCHS must be a whole number above 0; it is '1.5'
      pretrained.sh none                           | pretrained.sh: none is no file that can be read
      pretrained.sh rows no                        | pretrained.sh: ROUNDS must be a whole number above 0; it is 'no'
      """)
  void aMistakeIsOneLine(String line, String message) throws Exception {
    Files.writeString(folder.resolve("rows"), "text\tlabel\n");
    String[] words = line.split(" ");
    var run = bench(words[0], List.of(words).subList(1, words.length).toArray(String[]::new));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).isEqualTo(message + "\n");
  }

  @Test
  void theNewJdkRunsThoughAnOlderOneIsOnThePath() throws Exception {
    var run = bench("encoder.sh", "step", "8", "32", "1", "1");
    assertThat(run.errors()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.output().lines()).hasSize(2).first().asString().startsWith("crema    @").endsWith(
        "benchmarks.jar crema.bench.EncoderStep 8 32 1");
    assertThat(bench("run.sh", "crema.bench.GemmComparison", "--threads", "1").output())
        .contains("/launcher/simd.args").endsWith("benchmarks.jar crema.bench.GemmComparison --threads 1\n");
  }

  @Test
  void anErrorOfTheJvmIsShownAndEndsTheScript() throws Exception {
    jdk("jdk 25", "25.0.1", "echo 'Error: no such class' >&2; exit 3");
    for (var run : List.of(bench("encoder.sh", "step", "8", "32", "1", "2"), bench("run.sh", "crema.bench.None"))) {
      assertThat(run.code()).isEqualTo(3);
      assertThat(run.errors()).isEqualTo("Error: no such class\n");
      assertThat(run.output()).doesNotContain("python");
    }
  }

  @Test
  void whatIsMissingIsSaid() throws Exception {
    program("python/python3", "echo \"No module named 'torch'\" >&2; exit 1");
    var torch = bench("encoder.sh", "step", "8", "32");
    assertThat(torch.code()).isEqualTo(2);
    assertThat(torch.errors().lines()).hasSize(1).first().asString()
        .contains("cannot load PyTorch (No module named 'torch')");
    Files.delete(root.resolve("bench", "target", "benchmarks.jar"));
    var jar = bench("run.sh", "crema.bench.GemmComparison");
    assertThat(jar.code()).isEqualTo(2);
    assertThat(jar.errors().lines()).hasSize(1).first().asString()
        .endsWith("build it first: mvn -Pbench package -DskipTests");
  }

  private Run bench(String script, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(root.resolve("bench", script).toString()));
    command.addAll(List.of(arguments));
    return LauncherTest.run(Map.of("CREMA_JAVA_HOME", folder.resolve("jdk 17").toString(), "JAVA_HOME",
        folder.resolve("jdk 25").toString(), "PATH", folder.resolve("jdk 17/bin") + ":/usr/bin:/bin", "PYTHON",
        folder.resolve("python/python3").toString()), folder, command.toArray(String[]::new));
  }

  private void jdk(String name, String version, String java) throws IOException {
    program(name + "/bin/java", java);
    program(name + "/bin/javac", "exit 1");
    Files.writeString(folder.resolve(name).resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private void program(String name, String script) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
