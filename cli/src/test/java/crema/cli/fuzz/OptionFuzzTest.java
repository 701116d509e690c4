package crema.cli.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.ModelFamily;
import crema.cli.CommandRun;
import crema.cli.CommandSpecs;
import crema.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Whatever an option is given, a command ends with an answer or one line. A few values are tried with every build;
 * {@code -Dcrema.values=460} tries as many, and {@code -Dcrema.seed=N} others. {@code -Dcrema.minutes} is what a command
 * may take, which is more where the machine has other things to do.
 */
class OptionFuzzTest {
  private static final int VALUES = Integer.getInteger("crema.values", 40);
  private static final int SEED = Integer.getInteger("crema.seed", 1);
  private static final Duration LIMIT = Duration.ofMinutes(Integer.getInteger("crema.minutes", 5));
  private static final List<String> TRAPS = List.of("", " ", "-1", "0", "1", "2", "3", "0.5", "-0.5", "1e-300", "1e300",
      "1e999", "NaN", "-Infinity", "49152", "65536", "2147483647", "2147483648", "-2147483648", "99999999999999999999",
      "abc", "true", "null", "a,b", "[1,2]", "{}", "é", "0x10", "1_000", "1,5", "%s", "$HOME", "'", "\"", "\\",
      "\u0000", "../..", "/dev/null", "/", "title", "label", "path", "all", "none", "auto", "title:2", "a=b", "-",
      "--quiet", "\uD83D\uDE00", "\u202E", "#");
  /** What takes long when it is large, as it should: of what is written, trained, tried, waited for. */
  private static final Set<String> LONG = Set.of("epochs", "autotune-duration", "autotune-trials", "folds", "c-folds",
      "max-iterations", "time-budget", "iterations", "threads", "bootstrap", "epoch", "thread", "trials", "records",
      "size", "seconds", "fits", "vision-epochs", "fusion-epochs", "picture-first-epochs", "pair-iterations", "seeds",
      "bags", "members-of-each", "t");
  private static final List<String> SMALL = List.of("", "-1", "0", "1", "2", "3", "0.5", "NaN", "abc", "é", "1,2",
      "99999999999999999999", "\u0000");
  /** Files and folders that a command writes. */
  private static final Set<String> WRITTEN =
      Set.of("output", "faults", "picture-cache", "vector-cache", "cache", "autotune-log");
  private static final Set<String> OF_ALL = Set.of("--help", "--version");

  @TempDir
  static Path folder;
  private static Map<String, Path> files;
  /** Files that options are given, and that may be replaced. */
  private static Path places;

  /** An option, or a file that is an argument, of a command. */
  private record Trial(FuzzedCommand command, Optional<OptionSpec> option, int position) {
    String name() {
      return option.map(OptionSpec::longestName).orElse("argument");
    }
  }

  @BeforeAll
  static void write() throws IOException {
    files = FuzzedCommand.prepare(folder);
    places = Files.createDirectories(folder.resolve("places"));
    Files.write(places.resolve("empty"), new byte[0]);
    Files.write(places.resolve("noise"), new byte[] {(byte) 0xff, 0, 1, (byte) 0xfe, 10, 13, 0x1f, (byte) 0x8b});
    Files.createDirectories(places.resolve("folder"));
    Files.writeString(Files.createDirectories(places.resolve("full")).resolve("config.yaml"), "model: linear\n");
    for (Path file : List.of(folder.resolve("sentences.csv"), FuzzedCommand.file(files, "OFFERS"),
        folder.resolve("fasttext.bin"),
        folder.resolve("drawn/photos/0.png"), FuzzedCommand.file(files, "MODEL").resolve("config.json"))) {
      Files.copy(file, places.resolve(Objects.toString(file.getFileName())));
    }
  }

  @Test
  void everyCommandIsTried() {
    var tried = new TreeSet<String>();
    for (FuzzedCommand each : FuzzedCommand.values()) {
      tried.add(each.command());
    }
    assertThat(tried).containsExactlyElementsOf(CommandSpecs.all().keySet());
  }

  @Test
  void everyFamilyIsTried() {
    assertThat(ModelFamily.installed().stream().filter(ModelFamily::isTrainable)
        .filter(family -> family.getClass().getPackageName().startsWith("crema.family.")).map(ModelFamily::key))
        .allSatisfy(key -> assertThat(FuzzedCommand.values()).extracting(Enum::name)
            .contains("TRAIN_" + key.toUpperCase(Locale.ROOT)));
  }

  @Test
  void everyOptionIsTried() {
    var missing = new TreeSet<String>();
    CommandSpecs.all().forEach((name, spec) -> spec.options()
        .forEach(option -> missing.add(name + " " + option.longestName())));
    trials().forEach(trial -> missing.remove(trial.command().command() + " " + trial.name()));
    missing.removeIf(option -> OF_ALL.contains(option.substring(option.lastIndexOf(' ') + 1)));
    assertThat(missing).isEmpty();
  }

  /** The calls of the catalog answer as they are: otherwise all values would be refused for another reason. */
  @Test
  void everyCallIsSound() throws IOException {
    var soft = new SoftAssertions();
    for (FuzzedCommand each : FuzzedCommand.values()) {
      CommandRun run = each.run(files, each.arguments(files));
      boolean isRefused = each == FuzzedCommand.QUICKSTART || each == FuzzedCommand.PULL;
      soft.assertThat(run.code()).as(each + " " + run.err()).isEqualTo(isRefused ? 2 : 0);
    }
    soft.assertAll();
  }

  /** Each option of each command, of {@code train} with each family that has it. */
  private static List<Trial> trials() {
    Map<String, CommandSpec> specs = CommandSpecs.all();
    Set<String> settings = new HashSet<>();
    ModelFamily.installed()
        .forEach(family -> family.settings().rows().forEach(row -> settings.add(row.name())));
    var trials = new ArrayList<Trial>();
    for (FuzzedCommand command : FuzzedCommand.values()) {
      Set<String> own = command.settings();
      for (OptionSpec option : Objects.requireNonNull(specs.get(command.command())).options()) {
        String name = option.longestName().replaceFirst("^-+", "");
        if (own.isEmpty() || own.contains(name) || !settings.contains(name)) {
          trials.add(new Trial(command, Optional.of(option), -1));
        }
      }
      command.positions().forEach(at -> trials.add(new Trial(command, Optional.empty(), at)));
    }
    return trials;
  }

  /** All options in a random order, in which each name comes once before any comes again. */
  private static List<Trial> inOrder(Random random) {
    List<Trial> left = trials();
    left.removeIf(trial -> OF_ALL.contains(trial.name()));
    Collections.shuffle(left, random);
    var ordered = new ArrayList<Trial>();
    var names = new HashSet<String>();
    left.forEach(trial -> {
      if (names.add(trial.name())) {
        ordered.add(trial);
      }
    });
    left.removeAll(ordered);
    ordered.addAll(left);
    return ordered;
  }

  @Test
  void anOptionIsTakenOrRefusedInALine() {
    var random = new Random(SEED);
    List<Trial> trials = inOrder(random);
    var soft = new SoftAssertions();
    for (int i = 0; i < VALUES; i++) {
      Trial trial = trials.get(i % trials.size());
      List<String> arguments = with(trial, random);
      soft.check(() -> run(trial.command(), arguments));
    }
    soft.assertAll();
  }

  /** What a lower module refuses to allocate or to compute is told as any other mistake, in the words of the setting. */
  @Test
  void theGreatestAndLeastNumberOfEachSettingEndWithAModelOrALine() {
    var tried = new ArrayList<Map.Entry<FuzzedCommand, List<String>>>();
    for (FuzzedCommand command : List.of(FuzzedCommand.TRAIN_LINEAR, FuzzedCommand.TRAIN_FASTTEXT,
        FuzzedCommand.TRAIN_ENCODER, FuzzedCommand.TRAIN_NEIGHBOURS, FuzzedCommand.TRAIN_IMAGE,
        FuzzedCommand.TRAIN_FUSION)) {
      String key = command.key().replaceFirst("train-", "");
      for (Setting<?> setting : ModelFamily.named(key).settings().rows()) {
        if (setting.values().matches("(several: )?a whole number.*") && !LONG.contains(setting.name())) {
          for (String value : List.of("2147483647", "0")) {
            List<String> arguments = command.arguments(files);
            arguments.removeIf(argument -> argument.startsWith(setting.flag() + "="));
            arguments.add(setting.flag() + "=" + value);
            tried.add(Map.entry(command, arguments));
          }
        }
      }
    }
    Collections.shuffle(tried, new Random(SEED + 2000L));
    var soft = new SoftAssertions();
    for (var each : tried.subList(0, Math.min(VALUES, tried.size()))) {
      soft.check(() -> run(each.getKey(), each.getValue()));
    }
    soft.assertAll();
  }

  private static List<String> with(Trial trial, Random random) {
    List<String> arguments = trial.command().arguments(files);
    if (trial.option().isEmpty()) {
      arguments.set(trial.position(), place(false, random));
      return arguments;
    }
    OptionSpec option = trial.option().get();
    for (String name : option.names()) {
      arguments.removeIf(argument -> argument.equals(name) || argument.startsWith(name + "="));
    }
    String name = option.longestName();
    if (name.equals("-autotune-validation")) {
      // A search takes the time that it is given, as it should.
      arguments.add("-autotune-duration=1");
    }
    arguments.add(option.arity().max() == 0 && random.nextInt(3) > 0 ? name : name + "=" + value(option, random));
    return arguments;
  }

  private static String value(OptionSpec option, Random random) {
    String name = option.longestName().replaceFirst("^-+", "");
    if (LONG.contains(name)) {
      return SMALL.get(random.nextInt(SMALL.size()));
    }
    boolean isPlace = option.type() == Path.class || option.auxiliaryTypes()[0] == Path.class
        || option.paramLabel().matches("FILES?|DIR|PATH") || WRITTEN.contains(name);
    return isPlace ? place(WRITTEN.contains(name), random) : TRAPS.get(random.nextInt(TRAPS.size()));
  }

  /** A file or folder that is not what a command wants; one that it may write is of this test. */
  private static String place(boolean isWritten, Random random) {
    List<String> names = List.of("empty", "noise", "folder", "full", "missing", "missing/below", "sentences.csv",
        "sentences.csv/below", "0.png", "offers.zip", "fasttext.bin", "config.json", "a,b", "é \uD83D\uDE00",
        "x".repeat(300),
        "\u0000");
    int index = random.nextInt(names.size() + 3);
    if (index < names.size()) {
      return places + "/" + names.get(index);
    }
    return index == names.size() ? "/dev/full" : index == names.size() + 1 ? "/dev/null" : isWritten ? "/proc/x" : "";
  }

  private static void run(FuzzedCommand command, List<String> arguments) {
    String why = String.join(" ", arguments);
    CommandRun run =
        Assertions.assertTimeoutPreemptively(LIMIT, () -> command.run(files, arguments), why);
    assertThat(run.err()).as(why).doesNotContain("\tat ", "this is a bug", "Exception");
    assertThat(run.code()).as(why + "\n" + run.err()).isIn(0, 2, 3);
    if (run.code() == 2) {
      assertThat(run.lastError()).as(why).startsWith("crema: ").hasSizeLessThan(1500);
    }
  }
}
