package crema.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.metrics.Metric;
import crema.nn.train.StopSignal;
import crema.settings.Assignment;
import crema.settings.Origin;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
  private static final Metric METRIC = Metric.ACCURACY;

  @TempDir
  static Path shared;
  static Path few;
  static Path many;

  @TempDir
  Path folder;

  /** What a row is stands in its second word alone, but for some rows that lie. */
  @BeforeAll
  static void write() throws IOException {
    few = write("few.csv", 90);
    many = write("many.csv", 2200);
  }

  private static Path write(String name, int rows) throws IOException {
    var lines = new ArrayList<>(List.of("text,kind"));
    List<String> kinds = List.of("apple", "pear", "plum");
    for (int i = 0; i < rows; i++) {
      lines.add(
          "w" + i % 37 + " " + kinds.get(i % 3) + " w" + i % 11 + "," + kinds.get(i % 13 == 0 ? (i + 1) % 3 : i % 3));
    }
    return Files.write(shared.resolve(name), lines);
  }

  private static Settings settings(String family, Path rows, String... more) {
    Settings settings = ModelFamily.named(family).settings().with("train", rows.toString()).with("text", "text")
        .with("label", "kind");
    for (String each : more) {
      settings = settings.with(each.split("=")[0], each.split("=")[1]);
    }
    return settings;
  }

  private static WrittenRange range(String name, String scale, String... values) {
    return new WrittenRange(name, scale,
        Arrays.stream(values).map(value -> new Assignment(name, value, Origin.CODE)).toList(), Origin.CODE);
  }

  private RunContext context() {
    return RunContext.in(new ModelDirectory(folder)).withCompute(ComputeOptions.threads(2));
  }

  private Tuning tuning(String name, String family, Settings settings, int trials, List<WrittenRange> ranges,
      RunContext context) {
    return new Tuning(ModelFamily.named(family), settings, ranges, trials, 1, METRIC, folder.resolve(name), context);
  }

  /** Counts what is trained, and asks the search to stop after some of it. */
  private static final class Watch implements TuneListener {
    private final StopSignal stop = new StopSignal();
    private final int most;
    private final List<String> ended = new ArrayList<>();

    Watch(int most) {
      this.most = most;
    }

    @Override
    public void begins(Trial trial, Place place) {
      if (ended.size() >= most) {
        stop.request();
      }
    }

    @Override
    public void ended(Trial trial, Place place, @Nullable Double score) {
      ended.add(trial.number() + "/" + place.rung() + " " + score);
    }
  }

  private Tuning.Result run(String name, String family, Settings settings, int trials, List<WrittenRange> ranges)
      throws IOException {
    return tuning(name, family, settings, trials, ranges, context()).run(new Watch(1000)).orElseThrow();
  }

  private static final List<WrittenRange> OF_LINEAR =
      List.of(range("C", "log", "0.001", "10"), range("ngrams", "integer", "1", "2"));

  @Test
  void bestThirdOfTheTrialsGoesOnToMoreRows() throws IOException {
    Tuning.Result result = run("linear", "linear", settings("linear", many), 8, OF_LINEAR);
    assertThat(result.rungs()).containsExactly(1.0 / 3, 1.0);
    List<Trial> ranked = result.trials().stream()
        .sorted(Comparator.comparingDouble((Trial trial) -> trial.scores().getFirst()).reversed()).toList();
    assertThat(result.trials().stream().filter(trial -> trial.scores().size() == 2))
        .containsExactlyInAnyOrderElementsOf(ranked.subList(0, 3));
    assertThat(result.best().lastScore()).isEqualTo(result.trials().stream().filter(trial -> trial.run() != null)
        .mapToDouble(Trial::lastScore).max().orElseThrow()).isGreaterThan(0.85);
    assertThat(Objects.requireNonNull(result.best().run()).scores()).containsEntry("Accuracy",
        result.best().lastScore());
    assertThat(result.best().values()).matches("C [0-9.e-]+, ngrams [12]");
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).distinct())
          .containsExactlyInAnyOrder("trial.json", "metrics.json", "test.jsonl", "report.html");
    }
  }

  @Test
  void searchThatWasStoppedGoesOnAndFindsTheSame() throws IOException {
    var whole = new Watch(1000);
    Tuning.Result expected = tuning("whole", "fasttext", settings("fasttext", many, "dim=4", "buckets=1000"), 6,
        List.of(range("learning-rate", "log", "0.01", "1"), range("epochs", "integer", "1", "5")), context()).run(whole)
        .orElseThrow();
    Optional<Tuning.Result> result;
    int starts = 0;
    var all = new ArrayList<String>();
    do {
      var watch = new Watch(++starts * 2);
      result = tuning("stopped", "fasttext", settings("fasttext", many, "dim=4", "buckets=1000"), 6,
          List.of(range("learning-rate", "log", "0.01", "1"), range("epochs", "integer", "1", "5")),
          context().withStop(watch.stop)).run(watch);
      all.clear();
      all.addAll(watch.ended);
    } while (result.isEmpty());
    assertThat(starts).isGreaterThan(2);
    assertThat(all).isEqualTo(whole.ended);
    assertThat(result.get().best().name()).isEqualTo(expected.best().name());
  }

  @Test
  void trialsThatEndedAreNotMadeAgainAndMoreOfThemKeepTheFirst() throws IOException {
    run("again", "linear", settings("linear", few), 3, OF_LINEAR);
    Path note = folder.resolve("again/trial-02/rung-1/trial.json");
    var time = Files.getLastModifiedTime(note);
    Tuning.Result more = run("again", "linear", settings("linear", few), 5, OF_LINEAR);
    assertThat(more.trials()).hasSize(5);
    assertThat(Files.getLastModifiedTime(note)).isEqualTo(time);
    run("again", "linear", settings("linear", few, "lowercase=false"), 3, OF_LINEAR);
    assertThat(Files.getLastModifiedTime(note)).isNotEqualTo(time);
  }

  @Test
  void validationRowsCompareAndNothingIsLearnedFromThem() throws IOException {
    // Labels of validation rows that no training row explains: who learns from these rows would know them.
    var lines = new ArrayList<>(List.of("text,kind"));
    for (int i = 0; i < 40; i++) {
      lines.add("only" + i + "," + List.of("apple", "pear", "plum").get((i * 7 + i / 3) % 3));
    }
    Path validation = Files.write(folder.resolve("validation.csv"), lines);
    Tuning.Result result = run("honest", "linear", settings("linear", few, "validation=" + validation), 2, OF_LINEAR);
    assertThat(result.best().lastScore()).isLessThan(0.6);
  }

  @Test
  void everyFamilyCanBeSearched() throws IOException {
    Tuning.Result encoder = run("encoder", "encoder", settings("encoder", few, "hidden-size=8", "heads=2", "kv-heads=2",
        "ffn-size=8", "vocabulary-size=300", "epochs=2"), 2,
        List.of(range("learning-rate", "log", "1e-3", "1e-1"),
            range("layers", "choice", "1", "2")));
    assertThat(encoder.trials()).hasSize(2).allMatch(trial -> trial.run() != null);
    Tuning.Result auto = run("auto", "auto", settings("auto", few, "folds=2"), 2,
        List.of(range("members", "choice", "words", "characters")));
    assertThat(auto.best().lastScore()).isGreaterThan(0.6);
    assertThat(auto.trials()).hasSize(2);
  }

  @Test
  void pointsThatCannotBeAreLeftOutAndTrialsThatFailAreNamed() throws IOException {
    // Of two values there are no three trials.
    Tuning.Result result = run("two", "linear", settings("linear", few), 3,
        List.of(range("ngrams", "choice", "1", "2")));
    assertThat(result.trials()).hasSize(2);
    Settings encoder =
        settings("encoder", few, "heads=3", "kv-heads=1", "ffn-size=8", "vocabulary-size=300", "epochs=1",
            "layers=1");
    Tuning.Result some = run("some", "encoder", encoder, 2, List.of(range("hidden-size", "choice", "6", "12")));
    assertThat(some.trials()).hasSize(2);
    assertThatThrownBy(() -> run("none", "encoder", encoder, 2, List.of(range("hidden-size", "choice", "8", "10"))))
        .isInstanceOf(UserError.class).hasMessageContaining("hidden-size");
  }

  @Test
  void whatCannotBeSearchedIsRefused() {
    assertThatThrownBy(() -> tuning("x", "linear", settings("linear", few), 2, List.of(), context()))
        .isInstanceOf(UserError.class).hasMessageContaining("no setting has a range");
    assertThatThrownBy(() -> tuning("x", "linear", settings("linear", few, "folds=3"), 2, OF_LINEAR, context()))
        .isInstanceOf(UserError.class).hasMessageContaining("folds has no effect on a search");
  }
}
