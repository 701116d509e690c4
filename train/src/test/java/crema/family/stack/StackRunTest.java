package crema.family.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelArchive;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelInfo;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.FieldText;
import crema.family.encoder.SmallRuns;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearFamily;
import crema.family.linear.LinearSettings;
import crema.metrics.Metric;
import crema.report.TestReport;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.DecodingKind;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StackRunTest {
  private static final List<String> TEXTS =
      List.of("bosch serie 6 washing machine 9kg", "sony alpha a7 mirrorless body",
          "", "amd ryzen 5 5600x 3.7ghz");

  @TempDir
  static Path shared;
  static Path first;
  static Path second;
  static Path test;

  @TempDir
  Path folder;

  /** Titles in three parts: to train models on, to stack them on, and to test. Each has a path and a second text too. */
  @BeforeAll
  static void writeTitles() throws IOException {
    List<String> lines = Files.readAllLines(SmallRuns.titles(shared));
    String head = "title,shop,category,path,kinds";
    List<List<String>> parts = List.of(new ArrayList<>(List.of(head)), new ArrayList<>(List.of(head)),
        new ArrayList<>(List.of(head)));
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split("\",", 2);
      String category = cells[1].split(",")[0];
      String side = category.startsWith("Fri") || category.startsWith("Free") ? "Cold" : "Warm";
      parts.get(i % 3)
          .add(cells[0] + "\",shop " + i % 4 + " of " + side + "," + category + "," + side + " > " + category
              + ",\"" + category + "," + side + "\"");
    }
    first = Files.write(shared.resolve("first.csv"), parts.get(0));
    second = Files.write(shared.resolve("second.csv"), parts.get(1));
    test = Files.write(shared.resolve("test.csv"), parts.get(2));
  }

  private static Settings rows(Settings settings, TargetKind kind) {
    return settings.with(DataSettings.TRAIN, first.toString()).with(DataSettings.TEST, test.toString())
        .with(DataSettings.TEXT, "title").with(LabelSettings.TARGET, kind)
        .with(LabelSettings.LABEL, switch (kind) {
          case SINGLE -> "category";
          case MULTI -> "kinds";
          case TAXONOMY -> "path";
        }).with(DataSettings.LOWERCASE, true).with(TrainingSettings.SEED, 3);
  }

  private Path train(String name, ModelFamily family, Settings settings) throws IOException {
    var directory = new ModelDirectory(folder.resolve(name));
    directory.prepareForRun(false);
    family.newRun(settings, RunContext.in(directory)).run();
    return directory.path();
  }

  private Path linear(String name, TargetKind kind, String... analyzers) throws IOException {
    return train(name, new LinearFamily(),
        rows(new LinearFamily().settings(), kind).with(LinearSettings.ANALYZERS, List.of(analyzers)));
  }

  private Path fastText(TargetKind kind) throws IOException {
    return train("fasttext", new FastTextFamily(), rows(new FastTextFamily().settings(), kind)
        .with(FastTextSettings.DIM, 16).with(TrainingSettings.EPOCHS, 20).with(FastTextSettings.MINN, 3)
        .with(FastTextSettings.MAXN, 4).with(FastTextSettings.BUCKETS, 2000));
  }

  private static Settings stacked(TargetKind kind, Path... models) {
    return rows(new StackFamily().settings(), kind).with(DataSettings.TRAIN, second.toString())
        .with(StackSettings.MODELS, List.of(models).stream().map(Path::toString).toList());
  }

  private TrainingResult stack(String name, Settings settings, int threads) throws IOException {
    var directory = new ModelDirectory(folder.resolve(name));
    directory.prepareForRun(false);
    return new StackFamily().newRun(settings, RunContext.in(directory).withCompute(ComputeOptions.threads(threads)))
        .run();
  }

  private static double accuracy(TestReport report) {
    return Metric.MICRO_F1.of(report.metrics());
  }

  private static double accuracy(Path model) throws IOException {
    return JsonFile.read(model.resolve("metrics.json")).get("micro") instanceof Map<?, ?> micro
        && micro.get("f1") instanceof Number f1 ? f1.doubleValue() : Double.NaN;
  }

  @Test
  void aStackWhoseTestFailedIsOnlyTestedWhenItIsResumed() throws IOException {
    Settings settings = stacked(TargetKind.SINGLE, linear("linear", TargetKind.SINGLE, "word"),
        fastText(TargetKind.SINGLE));
    stack("whole", settings, 1);
    var directory = new ModelDirectory(folder.resolve("failed"));
    directory.prepareForRun(false);
    var failing = new TrainingListener() {
      @Override
      public void stage(String description) {
        if (description.equals("Testing")) {
          throw new OutOfMemoryError("Java heap space");
        }
      }
    };
    assertThatThrownBy(() -> new StackFamily().newRun(settings, RunContext.in(directory).withListener(failing)).run())
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(directory.holdsModel()).isTrue();
    assertThat(directory.isFinished()).isFalse();
    var stages = new ArrayList<String>();
    new StackFamily().newRun(settings, RunContext.in(directory).withListener(new TrainingListener() {
      @Override
      public void stage(String description) {
        stages.add(description);
      }
    })).run();
    assertThat(stages).endsWith("Testing").doesNotContain("Asking 2 models", "Choosing a second level");
    assertThat(directory.isFinished()).isTrue();
    for (String file : List.of("config.json", "target.json", "test.jsonl")) {
      assertThat(directory.file(file)).hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    assertThat(Files.readString(directory.metrics()).replaceAll("[0-9.]+ (ms|µs)", ""))
        .isEqualTo(Files.readString(folder.resolve("whole/metrics.json")).replace("/whole", "/failed")
            .replaceAll("[0-9.]+ (ms|µs)", ""));
  }

  @ParameterizedTest
  @EnumSource
  void stackIsOneModelThatAnswersAtLeastAboutAsWellAsItsMembers(TargetKind kind) throws IOException {
    Path words = linear("words", kind, "word");
    Path characters = linear("characters", kind, "char_wb");
    Path fastText = fastText(kind);
    TrainingResult result = stack("stack", stacked(kind, words, characters, fastText), 2);
    double best = Math.max(accuracy(words), Math.max(accuracy(characters), accuracy(fastText)));
    assertThat(accuracy(Objects.requireNonNull(result.report()))).isGreaterThan(best - 0.03);
    assertThat(result.report().facts()).containsKeys("Second level", "Member words", "Member characters",
        "Member fasttext");
    try (Classifier whole = Classifier.load(folder.resolve("stack"))) {
      float[][] probabilities = whole.probabilities(TEXTS);
      assertThat(whole.predict(TEXTS, 1).get(2)).isEmpty();
      for (float p : probabilities[0]) {
        assertThat(p).isBetween(0f, 1f);
      }
      if (kind == TargetKind.SINGLE) {
        assertThat(IntStream.range(0, probabilities[0].length).mapToDouble(i -> probabilities[0][i]).sum())
            .isCloseTo(1, within(1e-5));
        assertThat(whole.predict(TEXTS.getFirst()).label()).isEqualTo("Washing Machines");
      }
      if (kind == TargetKind.TAXONOMY) {
        // A node is as probable as those below it together: here all leaves are on the second level.
        assertThat(whole.probabilities(TEXTS)[0][whole.labels().indexOf("Cold")]
            + whole.probabilities(TEXTS)[0][whole.labels().indexOf("Warm")]).isCloseTo(1, within(1e-3f));
        assertThat(whole.answer(TEXTS).getFirst().getFirst().label()).isEqualTo("Warm > Washing Machines");
      }
      assertThat(whole.logits(List.of(TEXTS.get(3)))[0]).isEqualTo(whole.logits(TEXTS)[3]);
      Path archive = folder.resolve("stack.zip");
      ModelArchive.write(new ModelDirectory(folder.resolve("stack")), archive);
      try (Classifier packed = Classifier.load(archive)) {
        assertThat(packed.logits(TEXTS)).isDeepEqualTo(whole.logits(TEXTS));
      }
    }
    assertThat(ModelInfo.of(new ModelDirectory(folder.resolve("stack"))).toString()).contains("Kind");
  }

  @ParameterizedTest
  @EnumSource
  void eachDecoderFindsPathsFromTheStackedProbabilities(DecodingKind decoding) throws IOException {
    Path words = linear("words", TargetKind.TAXONOMY, "word");
    Path characters = linear("characters", TargetKind.TAXONOMY, "char_wb");
    TrainingResult result = stack("stack",
        stacked(TargetKind.TAXONOMY, words, characters).with(AnswerSettings.DECODING, decoding), 1);
    assertThat(accuracy(Objects.requireNonNull(result.report()))).isGreaterThan(0.7);
  }

  @Test
  void threadsDoNotChangeTheStack() throws IOException {
    Path words = linear("words", TargetKind.SINGLE, "word");
    Path fastText = fastText(TargetKind.SINGLE);
    stack("one", stacked(TargetKind.SINGLE, words, fastText), 1);
    stack("two", stacked(TargetKind.SINGLE, words, fastText), 2);
    assertThat(folder.resolve("one/config.json")).hasSameTextualContentAs(folder.resolve("two/config.json"));
    assertThat(folder.resolve("one/test.jsonl")).hasSameTextualContentAs(folder.resolve("two/test.jsonl"));
  }

  @Test
  void membersReadTheColumnsThatTheyWereTrainedOn() throws IOException {
    Path titles = linear("titles", TargetKind.SINGLE, "word");
    Path apart = train("apart", new LinearFamily(), rows(new LinearFamily().settings(), TargetKind.SINGLE)
        .with(DataSettings.TEXT, "shop", "title").with(LinearSettings.ANALYZERS, "word:shop", "char_wb:title"));
    stack("stack", stacked(TargetKind.SINGLE, titles, apart).with(DataSettings.TEXT, "title", "shop")
        .with(StackSettings.LEVEL, LevelKind.LOGISTIC), 1);
    try (Classifier whole = Classifier.load(folder.resolve("stack"));
        Classifier one = Classifier.load(titles);
        Classifier other = Classifier.load(apart)) {
      assertThat(whole.columns()).containsExactly("title", "shop");
      String text = FieldText.of(List.of("bosch washing machine", "shop 1 of Warm"));
      SecondLevel level = StackDescription.read(new ModelDirectory(folder.resolve("stack"))).level();
      var space = new AnswerSpace(whole.target());
      float[][] evidence = {
          space.ballot(one.target()).evidence(one.logits(List.of("bosch washing machine"))[0]),
          space.ballot(other.target()).evidence(
              other.logits(List.of(FieldText.of(List.of("shop 1 of Warm", "bosch washing machine"))))[0])};
      assertThat(whole.logits(List.of(text))[0]).isEqualTo(space.logits(level.probabilities(space, evidence)));
    }
    assertThatThrownBy(() -> stack("fewer", stacked(TargetKind.SINGLE, titles, apart), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("reads the text column 'shop'")
        .hasMessageContaining("--text");
  }

  @Test
  void mistakesAreNamed() throws IOException {
    Path words = linear("words", TargetKind.SINGLE, "word");
    assertThatThrownBy(() -> stack("alone", stacked(TargetKind.SINGLE, words), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("at least two models");
    Path paths = linear("paths", TargetKind.TAXONOMY, "word");
    assertThatThrownBy(() -> stack("mixed", stacked(TargetKind.SINGLE, words, paths), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("must know the same labels").hasMessageContaining("paths");
    assertThat(folder.resolve("mixed")).doesNotExist();
    Path stack = folder.resolve("stack");
    stack("stack", stacked(TargetKind.SINGLE, words, linear("more", TargetKind.SINGLE, "char")), 1);
    assertThatThrownBy(() -> stack("nested", stacked(TargetKind.SINGLE, words, stack), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("is a stack, which cannot be a member");
  }
}
