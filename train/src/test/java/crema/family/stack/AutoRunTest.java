package crema.family.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.FileTree;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.Prediction;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.family.encoder.SmallRuns;
import crema.family.linear.FrozenSettings;
import crema.family.linear.LinearSettings;
import crema.metrics.Metric;
import crema.nn.train.StopSignal;
import crema.run.DataSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.DecodingKind;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AutoRunTest {
  @TempDir
  static Path shared;
  static Path titles;

  @TempDir
  Path folder;

  /** Titles with their category, a path, several labels, and a second text that helps with half of them. */
  @BeforeAll
  static void writeTitles() throws IOException {
    List<String> lines = Files.readAllLines(SmallRuns.titles(shared));
    var all = new ArrayList<>(List.of("title,shop,category,path,kinds,cluster_id"));
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split("\",", 2);
      String[] rest = cells[1].split(",");
      String side = rest[0].startsWith("Fri") || rest[0].startsWith("Free") ? "Cold" : "Warm";
      all.add(cells[0] + "\",shop " + i % 4 + " of " + side + "," + rest[0] + "," + side + " > " + rest[0]
          + ",\"" + rest[0] + "," + side + "\"," + rest[1]);
    }
    titles = Files.write(shared.resolve("all.csv"), all);
  }

  private static Settings settings(TargetKind kind, String... members) {
    return new AutoFamily().settings().with(DataSettings.TRAIN, titles.toString()).with(DataSettings.TEXT, "title")
        .with(DataSettings.GROUP, "cluster_id").with(LabelSettings.TARGET, kind)
        .with(LabelSettings.LABEL, switch (kind) {
          case SINGLE -> "category";
          case MULTI -> "kinds";
          case TAXONOMY -> "path";
        }).with(DataSettings.TEST_FRACTION, 0.2).with(StackSettings.FOLDS, 3)
        .with(AutoSettings.TIME_BUDGET, "2h").with(AutoSettings.MEMBERS, List.of(members));
  }

  private TrainingResult run(String name, Settings settings, int threads, TrainingListener listener, StopSignal stop)
      throws IOException {
    var directory = new ModelDirectory(folder.resolve(name));
    if (!directory.holdsRun()) {
      directory.prepareForRun(false);
    }
    return new AutoFamily().newRun(settings, RunContext.in(directory).withCompute(ComputeOptions.threads(threads))
        .withListener(listener).withStop(stop)).run();
  }

  private TrainingResult run(String name, Settings settings, int threads) throws IOException {
    return run(name, settings, threads, new TrainingListener() {}, new StopSignal());
  }

  /** The bytes of all that predicts, by the names of the files. */
  private Map<String, byte[]> files(String name) throws IOException {
    var directory = new ModelDirectory(folder.resolve(name));
    var files = new HashMap<String, byte[]>();
    for (String file : directory.files()) {
      if (file.endsWith("config.json") || file.endsWith(".safetensors") || file.endsWith("model.bin")
          || file.endsWith("target.json") || file.endsWith("test.jsonl") || file.contains("terms")) {
        files.put(file, Files.readAllBytes(directory.file(file)));
      }
    }
    return files;
  }

  @ParameterizedTest
  @EnumSource
  void resultIsAModelThatIsGoodAndTellsOfItsMembers(TargetKind kind) throws IOException {
    TrainingResult result = run("model", settings(kind, "words", "characters", "fasttext"), 2);
    assertThat(Metric.MICRO_F1.of(Objects.requireNonNull(result.report()).metrics())).isGreaterThan(0.8);
    assertThat(result.report().facts()).containsKeys("Second level", "Member words", "Member characters",
        "Member fasttext", "Fits");
    try (Classifier model = Classifier.load(folder.resolve("model"))) {
      assertThat(model.answer(List.of("bosch serie 6 washing machine 9kg")).getFirst().stream()
          .anyMatch(answer -> answer.label().endsWith("Washing Machines"))).isTrue();
    }
    assertThat(folder.resolve("model/checkpoints")).doesNotExist();
  }

  @Test
  void eachColumnIsASpaceOfItsOwnWhereThereAreSeveral() throws IOException {
    TrainingResult result = run("model", settings(TargetKind.TAXONOMY, "words", "columns")
        .with(DataSettings.TEXT, "title", "shop").with(AnswerSettings.DECODING, DecodingKind.TOP_DOWN), 2);
    assertThat(Objects.requireNonNull(result.report()).facts()).containsKeys("Member words", "Member columns");
  }

  @Test
  void smallEncoderThatLearnsFromNothingIsAMemberWhereItIsNamed() throws IOException {
    TrainingResult result = run("model", settings(TargetKind.MULTI, "words", "encoder")
        .with(StackSettings.LEVEL, LevelKind.AVERAGE).with(StackSettings.FOLDS, 2), 2);
    assertThat(Objects.requireNonNull(result.report()).facts()).containsKeys("Member words", "Member encoder")
        .containsEntry("Fits", "4: words/1, words/2, encoder/1, encoder/2");
    assertThat(Metric.MICRO_F1.of(result.report().metrics())).isGreaterThan(0.8);
    run("again", settings(TargetKind.MULTI, "words", "encoder").with(StackSettings.LEVEL, LevelKind.AVERAGE)
        .with(StackSettings.FOLDS, 2), 1);
    Map<String, byte[]> expected = files("model");
    files("again").forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expected.get(file)));
  }

  @Test
  void whatCrossValidationWouldChooseInEachFitIsChosenOnce() throws IOException {
    var stages = new ArrayList<String>();
    run("model", settings(TargetKind.SINGLE, "sequences"), 2, new TrainingListener() {
      @Override
      public void stage(String description) {
        stages.add(description);
      }
    }, new StopSignal());
    Settings trained = ModelFamily.settingsOf(new ModelDirectory(folder.resolve("model/members/sequences")));
    assertThat(trained.get(LinearSettings.C)).hasSize(1).first().isIn(0.3, 1.0, 3.0);
    assertThat(trained.get(LinearSettings.ANALYZERS)).containsExactly("char");
    assertThat(stages).containsOnlyOnce("sequences, settings").noneMatch(stage -> stage.endsWith("Choosing C"));
  }

  @ParameterizedTest
  @EnumSource
  void everyWayToFindAPathFindsThatOfATitle(DecodingKind decoding) throws IOException {
    TrainingResult result = run("model", settings(TargetKind.TAXONOMY, "words", "fasttext")
        .with(StackSettings.FOLDS, 2).with(AnswerSettings.DECODING, decoding), 2);
    assertThat(Metric.MICRO_F1.of(Objects.requireNonNull(result.report()).metrics())).isGreaterThan(0.8);
    try (Classifier model = Classifier.load(folder.resolve("model"))) {
      assertThat(model.answer(List.of("bosch serie 6 washing machine 9kg")).getFirst().stream()
          .map(Prediction::label)).contains("Warm > Washing Machines");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SINGLE", "TAXONOMY"})
  void pretrainedEncoderIsAskedAsItIsAndTrainedFurther(TargetKind kind) throws IOException {
    Path encoder = SmallRuns.bert(folder);
    // Of random numbers no encoder is worth the second fold: the list says that it is made.
    Settings settings = settings(kind).with(StackSettings.FOLDS, 2).with(FrozenSettings.ENCODER, encoder.toString())
        .with(StackSettings.LEVEL, LevelKind.AVERAGE)
        .with(AutoSettings.FITS, "words/1", "words/2", "frozen/1", "frozen/2", "finetuned/1", "finetuned/2");
    TrainingResult result = run("one", settings, 1);
    assertThat(Objects.requireNonNull(result.report()).facts())
        .containsKeys("Member words", "Member frozen", "Member finetuned")
        .containsEntry("Fits", "6: words/1, words/2, frozen/1, frozen/2, finetuned/1, finetuned/2");
    assertThat(Metric.MICRO_F1.of(result.report().metrics())).isGreaterThan(0.6);
    run("two", settings, 2);
    Map<String, byte[]> expected = files("one");
    files("two").forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expected.get(file)));
    run("finetuned", settings.with(AutoSettings.FITS, "finetuned/1", "finetuned/2"), 2);
    // The members carry what they need of the encoder.
    FileTree.delete(encoder);
    try (Classifier model = Classifier.load(folder.resolve("finetuned"))) {
      assertThat(model.predict("bosch serie 6 washing machine 9kg").probability()).isPositive();
    }
    try (Classifier model = Classifier.load(folder.resolve("one"))) {
      assertThat(model.predict("bosch serie 6 washing machine 9kg").label()).endsWith("Washing Machines");
    }
  }

  @Test
  void threadsAndStopsDoNotChangeTheModel() throws IOException {
    Settings settings = settings(TargetKind.SINGLE, "words", "characters", "fasttext").with(AutoSettings.FITS, "9");
    run("one", settings, 1);
    run("two", settings, 2);
    int starts = 0;
    TrainingResult result;
    do {
      var stop = new StopSignal();
      int parts = starts++;
      var stages = new int[1];
      result = run("stopped", settings, 2, new TrainingListener() {
        @Override
        public void stage(String description) {
          // Each time a little later, and so at last at the end.
          if (stages[0]++ == 3 + parts) {
            stop.request();
          }
        }
      }, stop);
    } while (result.isInterrupted());
    assertThat(starts).isGreaterThan(2);
    Map<String, byte[]> expected = files("one");
    for (String other : List.of("two", "stopped")) {
      Map<String, byte[]> found = files(other);
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      found.forEach((file, bytes) -> assertThat(bytes).as(other + ": " + file).isEqualTo(expected.get(file)));
    }
  }

  @Test
  void listOfFitsGivesTheSameModelAgain() throws IOException {
    Settings settings = settings(TargetKind.SINGLE, "words", "characters");
    Files.createDirectories(folder.resolve("timed"));
    var directory = new ModelDirectory(folder.resolve("timed"));
    directory.prepareForRun(false);
    Files.writeString(directory.resolvedConfig(), "seed: 1\n");
    run("timed", settings, 2);
    List<String> lines = Files.readAllLines(directory.resolvedConfig());
    List<String> fits = lines.subList(lines.indexOf("fits:") + 1, lines.size()).stream()
        .map(line -> line.substring(2)).toList();
    assertThat(fits).containsExactly("words/1", "words/2", "words/3", "characters/1", "characters/2", "characters/3");
    run("listed", settings.with(AutoSettings.FITS, fits).with(AutoSettings.TIME_BUDGET, "1s"), 1);
    Map<String, byte[]> expected = files("timed");
    files("listed").forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expected.get(file)));
  }

  @Test
  void fewerFitsEndTheListAndOneMemberIsAModelToo() throws IOException {
    TrainingResult result =
        run("model", settings(TargetKind.SINGLE, "words", "characters").with(AutoSettings.FITS, "4"),
            2);
    assertThat(Objects.requireNonNull(result.report()).facts()).containsKey("Member words")
        .doesNotContainKey("Member characters")
        .containsEntry("Fits", "4: words/1, words/2, words/3, characters/1");
    try (Classifier model = Classifier.load(folder.resolve("model"))) {
      assertThat(model.predict("bosch serie 6 washing machine 9kg").label()).isEqualTo("Washing Machines");
    }
  }

  @Test
  void membersAreLeftOutWhereMemoryHasNoRoomForAll() throws IOException {
    var warnings = new ArrayList<String>();
    TrainingResult result = run("model", settings(TargetKind.SINGLE).with(AutoSettings.MEMORY_BUDGET, 0.405), 2,
        new TrainingListener() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        }, new StopSignal());
    assertThat(Objects.requireNonNull(result.report()).facts().keySet().stream()
        .filter(fact -> fact.startsWith("Member "))).containsExactlyInAnyOrder("Member words", "Member fasttext");
    assertThat(warnings).anyMatch(warning -> warning.contains("no room for union, bayes, sequences, characters"));
  }

  @Test
  void whatIsPreferredMayBeSmaller() throws IOException {
    Settings settings = settings(TargetKind.SINGLE, "words", "characters");
    TrainingResult small = run("small", settings.with(AutoSettings.PREFER, AutoSettings.Preference.SMALL), 2);
    TrainingResult best = run("best", settings.with(StackSettings.LEVEL, LevelKind.AVERAGE), 2);
    assertThat(files("small").values().stream().mapToLong(bytes -> bytes.length).sum())
        .isLessThan(files("best").values().stream().mapToLong(bytes -> bytes.length).sum());
    assertThat(small.report()).isNotNull();
    assertThat(best.report()).isNotNull();
  }

  @Test
  void encoderThatHasNoRoomInMemoryIsLeftOut() throws IOException {
    Path encoder = SmallRuns.bert(folder);
    // As they are its weights have room, and with gradients and moments they do not.
    double budget = 0.4 + 2.0 * Files.size(encoder.resolve("model.safetensors")) / (1L << 30);
    var warnings = new ArrayList<String>();
    Settings settings = settings(TargetKind.SINGLE).with(StackSettings.FOLDS, 2)
        .with(FrozenSettings.ENCODER, encoder.toString()).with(AutoSettings.MEMBERS, "finetuned");
    assertThatThrownBy(() -> run("none", settings.with(AutoSettings.MEMORY_BUDGET, budget), 1, new TrainingListener() {
      @Override
      public void warning(String message) {
        warnings.add(message);
      }
    }, new StopSignal())).isInstanceOf(UserError.class).hasMessageContaining("memory-budget is too small");
    assertThat(warnings)
        .anyMatch(message -> message.startsWith("finetuned is left out: its encoder needs about 0.0 GiB"));
  }

  @Test
  void rowsThatAreFewForTheirLabelsAreComparedRoughlyUnlessFoldsAreGiven() throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 40; i++) {
      lines.add("thing number" + i % 30 + " red" + i % 2 + ",label" + i % 30);
    }
    Path rows = Files.write(folder.resolve("tail.csv"), lines);
    var warnings = new ArrayList<String>();
    Settings settings = new AutoFamily().settings().with(DataSettings.TRAIN, rows.toString())
        .with(DataSettings.TEXT, "title").with(LabelSettings.LABEL, "category").with(DataSettings.TEST, rows.toString())
        .with(AutoSettings.MEMBERS, "words", "characters");
    run("tail", settings, 1, new TrainingListener() {
      @Override
      public void warning(String message) {
        warnings.add(message);
      }
    }, new StopSignal());
    assertThat(warnings).anyMatch(message -> message.startsWith("2 folds of 40 rows have fewer rows than there are "));
  }

  /** The sum of a number in the cells of all members that have a weight. */
  private static double used(TrainingResult result, String cell) {
    Pattern number = Pattern.compile(cell + " ([0-9.,]+)");
    return Objects.requireNonNull(result.report()).facts().entrySet().stream()
        .filter(fact -> fact.getKey().startsWith("Member ") && !fact.getValue().endsWith("weight none"))
        .map(fact -> number.matcher(fact.getValue())).filter(Matcher::find)
        .mapToDouble(found -> Double.parseDouble(found.group(1).replace(",", ""))).sum();
  }

  private static double score(TrainingResult result) {
    String level = Objects.requireNonNull(Objects.requireNonNull(result.report()).facts().get("Second level"));
    return Double.parseDouble(level.replaceFirst(".*, ([0-9.]+) ± .*", "$1"));
  }

  @Test
  void preferenceTakesWhatIsCheapestOfAllThatAreNearlyAsGood() throws IOException {
    Settings settings = settings(TargetKind.SINGLE, "words", "characters", "encoder").with(StackSettings.FOLDS, 2);
    var results = new EnumMap<AutoSettings.Preference, TrainingResult>(AutoSettings.Preference.class);
    for (var preference : AutoSettings.Preference.values()) {
      results.put(preference, run(preference.key(), settings.with(AutoSettings.PREFER, preference), 2));
    }
    TrainingResult best = results.get(AutoSettings.Preference.ACCURACY);
    results.forEach((preference, result) -> {
      assertThat(score(result)).as(preference.key())
          .isGreaterThanOrEqualTo(score(best) - preference.tolerance() - 1e-4);
      assertThat(used(result, preference == AutoSettings.Preference.SMALL ? "size" : "operations"))
          .as(preference.key())
          .isLessThanOrEqualTo(used(best, preference == AutoSettings.Preference.SMALL ? "size" : "operations"));
    });
    assertThat(used(results.get(AutoSettings.Preference.FAST), "operations"))
        .isLessThanOrEqualTo(used(results.get(AutoSettings.Preference.BALANCED), "operations"));
  }

  @Test
  void mistakesAreNamed() {
    Settings settings = settings(TargetKind.SINGLE);
    assertThatThrownBy(() -> settings.with("fits", "0")).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> settings.with("time-budget", "soon")).isInstanceOf(UserError.class)
        .hasMessageContaining("90s, 10m or 2h");
    assertThatThrownBy(() -> settings.with("members", "word")).isInstanceOf(UserError.class)
        .hasMessageContaining("words");
    assertThatThrownBy(() -> run("few", settings.with(AutoSettings.FITS, "2"), 1)).isInstanceOf(UserError.class)
        .hasMessageContaining("at least 3");
    assertThatThrownBy(() -> run("time", settings.with(AutoSettings.TIME_BUDGET, "0.001s"), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("too small for one model");
    assertThatThrownBy(() -> run("folds", settings.with(StackSettings.FOLDS, 90), 1)).isInstanceOf(UserError.class)
        .hasMessageContaining("fewer rows than there are labels");
    assertThatThrownBy(() -> run("memory", settings.with(AutoSettings.MEMORY_BUDGET, 1e-6)
        .with(AutoSettings.MEMBERS, "words"), 1)).isInstanceOf(UserError.class).hasMessageContaining("too small");
    assertThatThrownBy(() -> run("frozen", settings.with(AutoSettings.MEMBERS, "frozen"), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("--encoder");
    assertThatThrownBy(() -> run("nowhere", settings.with(FrozenSettings.ENCODER, "no/such/encoder"), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("encoder");
    for (String name : List.of("folds", "memory", "frozen", "nowhere")) {
      assertThat(folder.resolve(name)).doesNotExist();
    }
  }
}
