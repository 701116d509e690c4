package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ModelFamily;
import crema.data.DataProfile;
import crema.data.Row;
import crema.data.RowSource;
import crema.defaults.ChosenSettings;
import crema.settings.Assignment;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    assertThat(run.lastError()).matches(".*train\\.(tsv\\.gz|jsonl|jsonl\\.zst) does not exist");
  }

  /** What an experiment has shown stays so, whatever a later version chooses for its rows. */
  @ParameterizedTest
  @MethodSource("configs")
  void aConfigLeavesNothingToBeChosenForItsRows(Path config) throws IOException {
    Map<String, Assignment> given = new HashMap<>(ConfigFile.read(config.resolveSibling("_defaults.yaml")));
    given.putAll(ConfigFile.read(config));
    ModelFamily family = ModelFamily.named(given.get("model").texts().getFirst());
    Settings settings = family.settings();
    for (Assignment value : given.values()) {
      if (settings.find(value.name()).isPresent()) {
        settings = settings.with(value);
      }
    }
    for (DataProfile profile : List.of(profile("a title"), profile("AX-12"), profile("an article ".repeat(100)))) {
      assertThat(ChosenSettings.of(family.defaultRules(), family.resolved(settings), profile).choices()).isEmpty();
    }
  }

  private static DataProfile profile(String text) {
    return DataProfile.of(RowSource.of(List.of(Row.of(text, "one"), Row.of(text, "two"))));
  }
}
