package crema.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ModelFamily;
import crema.cli.CommandRun;
import crema.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever an option is given, a command ends with an answer or one line. A few values are tried with every build;
 * {@code -Dcrema.values=460} tries as many, and {@code -Dcrema.seed=N} others.
 */
class OptionFuzzTest {
  private static final int VALUES = Integer.getInteger("crema.values", 40);
  private static final int SEED = Integer.getInteger("crema.seed", 1);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final List<String> TRAPS = List.of("", " ", "-1", "0", "1", "2", "3", "0.5", "-0.5", "1e-300", "1e300",
      "1e999",
      "NaN", "-Infinity", "49152", "65536", "2147483647", "2147483648", "-2147483648", "99999999999999999999", "abc",
      "true", "null", "a,b", "[1,2]", "{}", "é", "0x10", "1_000", "1,5", "%s", "$HOME", "'", "\"", "\\", "\u0000",
      "../..",
      "/dev/null", "/", "title", "label", "all", "none", "auto");
  /** What takes long when it is large, as it should. */
  private static final List<String> LONG =
      List.of("epochs", "autotune-duration", "autotune-trials", "folds", "c-folds", "max-iterations", "time-budget",
          "iterations", "threads", "bootstrap");

  @TempDir
  static Path folder;
  private static Path rows;

  @BeforeAll
  static void write() throws IOException {
    var lines = new ArrayList<>(List.of("title,label,path"));
    for (int i = 0; i < 60; i++) {
      String word = List.of("apple", "saw", "doll").get(i % 3);
      lines.add(word + " " + i % 11 + "," + word + "s,all > " + word);
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
  }

  private static void run(String... arguments) {
    String why = String.join(" ", arguments);
    CommandRun run = Assertions.assertTimeoutPreemptively(LIMIT, () -> CommandRun.of(arguments), why);
    assertThat(run.err()).as(why).doesNotContain("\tat ", "this is a bug", "Exception");
    assertThat(run.code()).as(why + "\n" + run.err()).isIn(0, 2, 3);
    if (run.code() == 2) {
      assertThat(run.err().strip().lines().toList().getLast()).as(why).startsWith("crema: ").hasSizeLessThan(1500);
    }
  }

  @Test
  void trainingEndsWithAModelOrALine() {
    var random = new Random(SEED);
    List<ModelFamily> families = ModelFamily.installed().stream().filter(ModelFamily::isTrainable)
        .filter(family -> List.of("linear", "fasttext", "encoder").contains(family.key())).toList();
    var soft = new SoftAssertions();
    for (int i = 0; i < VALUES; i++) {
      ModelFamily family = families.get(random.nextInt(families.size()));
      var arguments =
          new ArrayList<>(List.of("train", "--model", family.key(), "--train", rows.toString(), "--text", "title",
              "--label", "label", "--output", folder.resolve("out").toString(), "--overwrite", "--quiet", "--threads",
              "1"));
      switch (family.key()) {
        case "encoder" -> arguments.addAll(List.of("--epochs", "1", "--layers", "1", "--hidden-size", "16", "--heads",
            "2", "--kv-heads", "1", "--vocabulary-size", "270"));
        case "fasttext" -> arguments.addAll(List.of("--epochs", "1", "--dim", "4", "--buckets", "100"));
        default -> {}
      }
      List<Setting<?>> settings = List.copyOf(family.settings().rows());
      for (int given = random.nextInt(2); given >= 0; given--) {
        Setting<?> setting = settings.get(random.nextInt(settings.size()));
        if (arguments.contains("--" + setting.name()) || LONG.contains(setting.name())) {
          continue;
        }
        arguments.add("--" + setting.name() + "=" + TRAPS.get(random.nextInt(TRAPS.size())));
      }
      soft.check(() -> run(arguments.toArray(String[]::new)));
    }
    soft.assertAll();
  }

  /** What a lower module refuses to allocate or to compute is told as any other mistake, in the words of the setting. */
  @Test
  void theGreatestAndLeastNumberOfEachSettingEndWithAModelOrALine() {
    var soft = new SoftAssertions();
    var random = new Random(SEED + 2000L);
    var tried = new ArrayList<List<String>>();
    for (String key : List.of("linear", "fasttext", "encoder", "neighbours")) {
      for (Setting<?> setting : ModelFamily.named(key).settings().rows()) {
        if (setting.values().matches("(several: )?a whole number.*") && !LONG.contains(setting.name())) {
          for (String value : List.of("2147483647", "0")) {
            tried.add(List.of(key, setting.name(), value));
          }
        }
      }
    }
    Collections.shuffle(tried, random);
    for (List<String> each : tried.subList(0, Math.min(VALUES, tried.size()))) {
      var arguments = start(each.getFirst());
      arguments.removeIf(argument -> argument.startsWith("--" + each.get(1) + "="));
      arguments.add("--" + each.get(1) + "=" + each.getLast());
      soft.check(() -> run(arguments.toArray(String[]::new)));
    }
    soft.assertAll();
  }

  /** A run of a family that takes a moment. */
  private static List<String> start(String family) {
    var arguments = new ArrayList<>(List.of("train", "--model", family, "--train", rows.toString(), "--text", "title",
        "--label", "label", "--output", folder.resolve("out").toString(), "--overwrite", "--quiet", "--threads=1"));
    switch (family) {
      case "encoder" -> arguments.addAll(List.of("--epochs=1", "--layers=1", "--hidden-size=16", "--heads=2",
          "--kv-heads=1", "--ffn-size=16", "--vocabulary-size=270"));
      case "fasttext" -> arguments.addAll(List.of("--epochs=1", "--dim=4", "--buckets=100"));
      case "neighbours" -> arguments.add("--dimensions=8");
      default -> {}
    }
    return arguments;
  }

  @Test
  void otherCommandsEndWithAnAnswerOrALine() throws IOException {
    Path model = folder.resolve("model");
    run("train", "--model", "linear", "--train", rows.toString(), "--text", "title", "--label", "label", "--output",
        model.toString(), "--quiet", "--threads", "1");
    Path text = Files.writeString(folder.resolve("text.txt"), "apple 1\n\nsaw\n");
    List<List<String>> commands = List.of(
        List.of("predict", model.toString(), "--file", text.toString()),
        List.of("evaluate", model.toString(), "--data", rows.toString(), "--quiet"),
        List.of("langid", "--file", text.toString()),
        List.of("tokenizer", "train", "--data", rows.toString(), "--text", "title", "--output",
            folder.resolve("t.json").toString(), "--quiet"),
        List.of("fasttext", "supervised", "-input", text.toString(), "-output", folder.resolve("ft").toString(),
            "-epoch",
            "1", "-dim", "2", "-bucket", "10", "-thread", "1"),
        List.of("info", model.toString()), List.of("pack", model.toString()), List.of("latency", model.toString()));
    List<String> options =
        List.of("--top", "--k", "--format", "--threads", "--keep", "--text", "--separator", "--encoding",
            "--missing", "--input-format", "--languages", "--codes", "--vocabulary-size", "--kind", "--label",
            "--no-header", "-minCount", "-lr", "-loss", "-minn", "-maxn", "-ws", "-neg", "-t", "-label", "--batch",
            "--file",
            "--threshold", "--language-column", "--data", "--device", "--min-frequency");
    var random = new Random(SEED + 1000L);
    var soft = new SoftAssertions();
    for (int i = 0; i < VALUES; i++) {
      var arguments = new ArrayList<>(commands.get(random.nextInt(commands.size())));
      String value = TRAPS.get(random.nextInt(TRAPS.size()));
      String option = options.get(random.nextInt(options.size()));
      if (option.equals("--threads") && value.length() > 4) {
        continue;
      }
      arguments.add(option);
      arguments.add(value);
      soft.check(() -> run(arguments.toArray(String[]::new)));
    }
    soft.assertAll();
  }
}
