package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.run.DataSettings;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotBlank;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Options from config files: which hold, what is a mistake, and what stays with the model. */
class ConfigTest {
  private static final String SMALL = """
      train: [data/rows.csv]
      text: title
      label: category
      validation-fraction: 0.2
      test-fraction: 0.2
      vocabulary-size: 300
      hidden-size: 8
      layers: 1
      heads: 2
      ffn-size: 8
      epochs: 1
      output: model
      """;

  @TempDir
  Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    Files.createDirectory(folder.resolve("data"));
    writeRows("rows.csv");
  }

  private void writeRows(String name) throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 20; i++) {
      lines.add(i % 2 == 0 ? "washing machine " + i + ",appliances" : "digital camera " + i + ",cameras");
    }
    Files.write(folder.resolve("data").resolve(name), lines);
  }

  private Path config(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), SMALL + String.join("\n", lines) + "\n");
  }

  private static CommandRun train(Path config, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--quiet", "--config", config.toString()));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static void assertMistake(CommandRun run, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.lastError()).startsWith("crema: ").contains(parts);
    assertThat(run.err()).doesNotContain("\tat ", "Exception");
  }

  private List<String> resolved(String model) throws IOException {
    return Files.readAllLines(folder.resolve(model).resolve("train.yaml"));
  }

  @Test
  void aConfigGivesEverySettingAndItsPathsAreRelativeToIt() throws IOException {
    var run = train(config("a.yaml", "learning-rate: 1e-3", "lowercase: true"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(resolved("model")).contains("epochs: 1", "learning-rate: 0.001", "lowercase: true", "- category",
        "- " + folder.resolve("data").resolve("rows.csv").toAbsolutePath());
  }

  @Test
  void aCharacterOfTwoUnitsMayStandAnywhere() {
    for (int at = 1000; at < 1050; at++) {
      String text = "#" + "x".repeat(at - 1) + "\ud83d\ude00\nseed: 7\n";
      assertThat(ConfigFile.parse(Path.of("train.yaml"), text)).as("at " + at).containsOnlyKeys("seed");
    }
  }

  @Test
  void aFlagOverridesAKeyAndALaterFileAnEarlierOne() throws IOException {
    Path first = config("a.yaml", "lowercase: true", "strict: true", "seed: 3", "label-smoothing: 0.1");
    Path second = Files.writeString(folder.resolve("b.yaml"), "seed: 4\nlabel-smoothing: 0.2\nepochs: many\n");
    var run = train(first, "--config", second.toString(), "--seed", "5", "--epochs=1", "--lowercase", "--strict=false");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(resolved("model")).contains("seed: 5", "label-smoothing: 0.2", "epochs: 1", "lowercase: true",
        "strict: false");
  }

  @Test
  void whatIsSharedWithOtherKindsOfModelIsLeftOut() throws IOException {
    Path shared = config("shared.yaml");
    Path linear = Files.writeString(folder.resolve("linear.yaml"), "model: linear\n");
    var run = train(shared, "--config", linear.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(resolved("model")).contains("model: linear", "ngrams: 2").noneMatch(line -> line.startsWith("heads"));
    Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "model: linear\nlayers: 2\n");
    assertMistake(train(shared, "--config", wrong.toString(), "--overwrite"),
        "wrong.yaml, line 2: layers has no effect");
  }

  @Test
  void theResolvedConfigTrainsTheSameModelAgain() throws IOException {
    assertThat(train(config("a.yaml", "seed: 7")).code()).isZero();
    Path model = folder.resolve("model");
    Path again = folder.resolve("again");
    var run = train(model.resolve("train.yaml"), "--output", again.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(resolved("again")).isEqualTo(resolved("model"));
    assertThat(again.resolve("model.safetensors")).hasSameBinaryContentAs(model.resolve("model.safetensors"));
  }

  @ParameterizedTest
  @CsvSource({"linear, model.safetensors", "fasttext, model.bin", "neighbours, items.safetensors"})
  void theResolvedConfigOfEveryFamilyIsOneThatTrains(String family, String weights) throws IOException {
    Path rows = folder.resolve("data/rows.csv");
    Path model = folder.resolve("model");
    var first = CommandRun.of("train", "--model", family, "--train", rows.toString(), "--text", "title", "--label",
        "category", "--threads", "1", "--output", model.toString());
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).contains("Chosen: lowercase true: ");
    Path again = folder.resolve("again");
    var second = CommandRun.of("train", "--config", model.resolve("train.yaml").toString(), "--threads", "1",
        "--output", again.toString());
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.err()).as("all is given").doesNotContain("Chosen: ");
    assertThat(resolved("again")).isEqualTo(resolved("model"));
    assertThat(again.resolve(weights)).hasSameBinaryContentAs(model.resolve(weights));
  }

  /** What 0.2 wrote: all settings that had a value, but no empty list. */
  @Test
  void theResolvedConfigOfAnEarlierVersionMeansWhatItMeant() throws IOException {
    Path config = Files.writeString(folder.resolve("train.yaml"), """
        model: linear
        train: data/rows.csv
        text: title
        label: category
        lowercase: false
        ngrams: 1
        columns: joined
        char-ngrams-from: 2
        char-ngrams-to: 5
        min-df: 1.0
        max-df: 1.0
        max-terms: 0
        sublinear: false
        linear-loss: svm
        C:
        - 1.0
        C-folds: 5
        class-weights: none
        shift: false
        """);
    var run = CommandRun.of("train", "--config", config.toString(), "--output", folder.resolve("model").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).doesNotContain("Chosen: ");
    assertThat(resolved("model")).contains("ngrams: 1", "lowercase: false").doesNotContain("analyzer:");
  }

  @Test
  void whatIsGivenIsNotChosen() throws IOException {
    var run = CommandRun.of("train", "--model", "fasttext", "--train", folder.resolve("data/rows.csv").toString(),
        "--text", "title", "--label", "category", "--epochs", "3", "--lowercase=false", "--threads", "1", "--output",
        folder.resolve("model").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("Chosen: word-ngrams 2: ").doesNotContain("Chosen: epochs", "Chosen: lowercase");
    assertThat(resolved("model")).contains("epochs: 3", "lowercase: false", "word-ngrams: 2");
  }

  @Test
  void dataFilesAreRelativeToTheDataFolder() throws IOException {
    writeRows("offers, new.csv");
    Path elsewhere = Files.createDirectory(folder.resolve("configs"));
    Path config = Files.writeString(elsewhere.resolve("a.yaml"),
        SMALL.replace("data/rows.csv", "\"offers, new.csv\", rows.csv") + "data: nowhere\n");
    assertMistake(train(config), "nowhere", "does not exist");
    var run = train(config, "--data", folder.resolve("data").toString());
    assertThat(run.code()).as(run.err()).isZero();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "learning-rat: 0.1      | there is no setting 'learning-rat'; did you mean 'learning-rate'?",
      "hidden_size: 8         | did you mean 'hidden-size'?",
      "config: b.yaml         | there is no setting 'config'",
      "accumulate: many       | accumulate must be a whole number, not 'many'",
      "dropout: high          | dropout must be a number, not 'high'",
      "lowercase: yes         | lowercase must be true or false, not 'yes'",
      "model: fastext         | model must be one of auto, encoder, fasttext",
      "dropout: [0.1, 0.2]    | dropout takes one value, not a list",
      "dropout: {rate: 0.1}   | the value of dropout must be a single value",
      "dropout:               | the value of dropout is missing",
      "test: []               | test is an empty list",
      "test: [[a]]            | an item of test must be a single value",
      "dropout: &a 0.1        | anchors and aliases",
      "dropout: *a            | anchors and aliases",
      "heads: 2               | heads stands twice: it is in line 9 too",
      "dim: 10                | dim is a setting of fasttext, but vocabulary-size is one of encoder",
      "members: words         | members is a setting of auto, but vocabulary-size is one of encoder",
      "dropout: 0.1: 0.2      | mapping values are not allowed here",
      "- dropout              | expected <block end>",
  })
  void aMistakeIsToldWithFileAndLine(String line, String message) throws IOException {
    assertMistake(train(config("bad.yaml", line)), "bad.yaml, line 13: ", message);
    assertThat(folder.resolve("model")).doesNotExist();
  }

  @Test
  void whatIsNoConfigFileIsRefused() throws IOException {
    assertMistake(train(folder.resolve("none.yaml")), "none.yaml does not exist");
    assertMistake(train(folder), "is a directory");
    assertMistake(train(Files.write(folder.resolve("binary"), new byte[] {'a', ':', (byte) 0xff})), "not UTF-8");
    assertMistake(train(Files.write(folder.resolve("large"), new byte[2 << 20])), "larger than 1 MiB");
    assertMistake(train(Files.writeString(folder.resolve("list"), "- a\n")), "list, line 1: expected 'key: value'");
    assertMistake(train(Files.writeString(folder.resolve("two"), "epochs: 1\n---\nepochs: 2\n")), "two, line 2: ");
    assertMistake(train(Files.writeString(folder.resolve("deep"), "a: " + "[".repeat(500_000))), "deep, line 1: ");
    assertMistake(train(Files.writeString(folder.resolve("empty"), "# nothing\n")), "--output");
  }

  @Test
  void aRunGoesOnWithTheSameConfigAndWithNoOther() throws IOException {
    Path config = config("a.yaml", "threads: 1");
    assertThat(train(config).code()).isZero();
    // As if it had been stopped before its end.
    Files.delete(folder.resolve("model").resolve("config.json"));
    assertMistake(train(config("b.yaml", "seed: 9"), "--resume"),
        "b.yaml, line 13: seed cannot be given with --resume");
    assertMistake(train(config, "--resume", "--epochs", "2"), "--epochs cannot be given with --resume");
    var run = train(config, "--resume", "--epochs", "1");
    assertThat(run.code()).as(run.err()).isZero();
    assertMistake(train(config, "--resume"), "is finished", "--overwrite");
  }

  @Test
  void aMisspeltFlagIsNamedEvenWhereARequiredOneIsMissing() {
    assertMistake(CommandRun.of("train", "--trian", "rows.csv"), "there is no setting 'trian'",
        "did you mean 'train'?");
    assertMistake(CommandRun.of("train", "--text", "title"), "Missing required option", "--output");
    assertMistake(CommandRun.of("trian"), "Unknown command 'trian'", "did you mean 'train'?");
  }

  @Property(tries = 200)
  void anyTextComesBackFromAResolvedConfig(@ForAll @NotBlank String column) {
    String yaml = ResolvedConfig.of(Settings.of(DataSettings.SECTION).with(DataSettings.GROUP, column));
    assertThat(ConfigFile.parse(Path.of("train.yaml"), yaml).get("group").texts()).containsExactly(column);
  }
}
