package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every config that comes along is right up to its data, which does not. */
class ShippedExperimentsTest {
  private static final Path EXPERIMENTS = Path.of("..", "experiments");

  @TempDir
  Path folder;

  static Stream<Path> configs() throws IOException {
    try (Stream<Path> files = Files.walk(EXPERIMENTS)) {
      return files.filter(file -> file.toString().endsWith(".yaml") && !file.getFileName().toString().startsWith("_"))
          .sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aConfigMissesNothingButItsData(Path config) {
    var run = CommandRun.of("train", "--config", config.resolveSibling("_defaults.yaml").toString(), "--config",
        config.toString(), "--data", folder.resolve("none").toString(), "--output", folder.resolve("model").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError()).endsWith("train.tsv.gz does not exist");
  }
}
