package crema.family.staged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelInfo;
import crema.classify.Prediction;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.family.encoder.SmallRuns;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearFamily;
import crema.family.linear.LinearSettings;
import crema.metrics.Metric;
import crema.nn.train.StopSignal;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedRunTest {
  private static final List<String> WHITE_GOODS =
      List.of("Dishwashers", "Freezers", "Fridge Freezers", "Fridges", "Microwaves", "Washing Machines");

  @TempDir
  static Path shared;
  static Path titles;
  static Path tree;

  @TempDir
  Path folder;

  /** Titles with their category, and with a path: cold ones are below others, and TVs are below nothing. */
  @BeforeAll
  static void writeTitles() throws IOException {
    titles = SmallRuns.titles(shared);
    var lines = new ArrayList<String>();
    for (String line : Files.readAllLines(titles)) {
      String[] cells = line.split("\",", 2);
      if (cells.length < 2) {
        lines.add("title,path");
        continue;
      }
      String category = cells[1].split(",")[0];
      lines.add(cells[0] + "\"," + (WHITE_GOODS.contains(category)
          ? "Kitchen > " + (category.startsWith("Fri") || category.startsWith("Free") ? "Cold > " : "") + category
          : category.equals("TVs") ? category : "Electronics > " + category));
    }
    tree = Files.write(shared.resolve("tree.csv"), lines);
  }

  private static Settings fastText(Path file) {
    return SmallRuns.rows(new FastTextFamily().settings(), file)
        .with(FastTextSettings.DIM, 16).with(TrainingSettings.EPOCHS, 20).with(FastTextSettings.MINN, 3)
        .with(FastTextSettings.MAXN, 4).with(FastTextSettings.BUCKETS, 2000);
  }

  private static Settings paths(Settings settings) {
    return settings.with(LabelSettings.TARGET, TargetKind.TAXONOMY).with(LabelSettings.LABEL, "path")
        .with(StagedSettings.LOCAL_CLASSIFIERS, true);
  }

  private static Settings twoStage(String catchAll) {
    return fastText(titles).with(StagedSettings.TWO_STAGE, catchAll);
  }

  private static TrainingResult run(Settings settings, Path folder, TrainingListener listener, StopSignal stop)
      throws IOException {
    return run(new FastTextFamily(), settings, folder, listener, stop);
  }

  private static TrainingResult run(ModelFamily family, Settings settings, Path folder, TrainingListener listener,
      StopSignal stop) throws IOException {
    Files.createDirectories(folder);
    return family.newRun(settings, RunContext.in(new ModelDirectory(folder))
        .withCompute(ComputeOptions.threads(2)).withListener(listener).withStop(stop)).run();
  }

  @Test
  void twoStagesFindTheCatchAllFirst() throws IOException {
    TrainingResult result =
        run(twoStage("TVs"), folder, new TrainingListener() {}, new StopSignal());
    assertThat(Metric.ACCURACY.of(result.report().metrics())).isGreaterThan(0.8);
    var directory = new ModelDirectory(folder);
    try (Classifier all = Classifier.load(folder, ComputeOptions.threads(1));
        Classifier first = Classifier.load(StagedFamily.stage(directory, 0).path(), ComputeOptions.threads(1));
        Classifier second = Classifier.load(StagedFamily.stage(directory, 1).path(), ComputeOptions.threads(1))) {
      assertThat(all.labels()).hasSize(10).contains("TVs");
      assertThat(first.labels()).containsExactlyInAnyOrder("TVs", "not TVs");
      assertThat(second.labels()).hasSize(9).doesNotContain("TVs");
      var text = "samsung washing machine 9kg";
      Prediction best = all.predict(text);
      assertThat(best.label()).isEqualTo("Washing Machines");
      assertThat(raw(all, text, "Washing Machines"))
          .isCloseTo(raw(first, text, "not TVs") * raw(second, text, "Washing Machines"), within(1e-3f));
      assertThat(all.predict("samsung 55 inch 4k smart led tv").label()).isEqualTo("TVs");
    }
    assertThat(ModelInfo.of(directory).facts().get("Kind")).contains("2 models", "not TVs");
  }

  /** What the scores of a model say of a label. */
  private static float raw(Classifier classifier, String text, String label) {
    return classifier.rawProbabilities(List.of(text))[0][classifier.labels().indexOf(label)];
  }

  @Test
  void localClassifiersAnswerWithPathsOfTheTaxonomy() throws IOException {
    TrainingResult result =
        run(paths(fastText(tree)), folder, new TrainingListener() {}, new StopSignal());
    assertThat(Metric.ACCURACY.of(result.report().metrics())).isGreaterThan(0.7);
    try (Classifier classifier = Classifier.load(folder, ComputeOptions.threads(1))) {
      assertThat(classifier.target().kind()).isEqualTo(TargetKind.TAXONOMY);
      assertThat(classifier.labels()).contains("Kitchen", "Kitchen > Cold", "Kitchen > Cold > Fridges", "TVs");
      assertThat(classifier.answer(List.of("bosch fridge freezer 300l frost free")).getFirst())
          .extracting(Prediction::label).first().asString().startsWith("Kitchen > Cold > ");
      // What the model says of a parent is what it says of all below it.
      float[] probabilities = classifier.probabilities(List.of("bosch fridge"))[0];
      int kitchen = classifier.labels().indexOf("Kitchen");
      double below = 0;
      for (int label = 0; label < probabilities.length; label++) {
        if (classifier.labels().get(label).matches("Kitchen > [^>]*")) {
          below += probabilities[label];
        }
      }
      assertThat(below).isCloseTo(probabilities[kitchen], within(1e-4));
    }
  }

  @Test
  void linearModelsDecideInStagesToo() throws IOException {
    Settings settings = paths(SmallRuns.rows(new LinearFamily().settings(), tree)).with(LinearSettings.NGRAMS, 2)
        .with(LinearSettings.SUBLINEAR, true).with(LinearSettings.CLASS_WEIGHTS, LinearSettings.Weights.BALANCED);
    TrainingResult result =
        run(new LinearFamily(), settings, folder, new TrainingListener() {}, new StopSignal());
    assertThat(Metric.ACCURACY.of(result.report().metrics())).isGreaterThan(0.8);
    assertThat(ModelFamily.of(StagedFamily.stage(new ModelDirectory(folder), 0)).key()).isEqualTo("linear");
    try (Classifier classifier = Classifier.load(folder, ComputeOptions.threads(1))) {
      assertThat(classifier.answer(List.of("bosch dishwasher white 60cm")).getFirst().getFirst().label())
          .isEqualTo("Kitchen > Dishwashers");
    }
  }

  @Test
  void settingsThatStagesCannotHaveAreRefused() {
    Settings tuned = twoStage("TVs").with(TrainingFolds.FOLDS, 3);
    assertThatThrownBy(() -> run(tuned, folder.resolve("a"), new TrainingListener() {}, new StopSignal()))
        .isInstanceOf(UserError.class).hasMessageContaining("leave out folds");
    assertThat(folder.resolve("a")).doesNotExist();
  }

  @Test
  void aStoppedRunGoesOnWithItsStageToTheSameBits() throws IOException {
    Settings settings = twoStage("TVs");
    run(settings, folder.resolve("straight"), new TrainingListener() {}, new StopSignal());
    Path resumed = folder.resolve("resumed");
    var stop = new StopSignal();
    var stopInSecond = new TrainingListener() {
      @Override
      public void stage(String description) {
        if (description.startsWith("Stage 2 of 2: Training")) {
          stop.request();
        }
      }
    };
    assertThat(run(settings, resumed, stopInSecond, stop).isInterrupted()).isTrue();
    var first = StagedFamily.stage(new ModelDirectory(resumed), 0);
    var written = Files.getLastModifiedTime(first.file("model.bin"));
    assertThatThrownBy(() -> Classifier.load(resumed)).hasMessageContaining("--resume");
    assertThat(run(settings, resumed, new TrainingListener() {}, new StopSignal()).isInterrupted()).isFalse();
    assertThat(Files.getLastModifiedTime(first.file("model.bin"))).isEqualTo(written);
    for (int stage = 0; stage < 2; stage++) {
      assertThat(StagedFamily.stage(new ModelDirectory(resumed), stage).file("model.bin"))
          .hasSameBinaryContentAs(
              StagedFamily.stage(new ModelDirectory(folder.resolve("straight")), stage).file("model.bin"));
    }
  }

  @Test
  void stagesThatDoNotFitTheLabelsAreRefusedAndNothingIsLeftBehind() {
    assertThatThrownBy(() -> run(fastText(titles).with(StagedSettings.LOCAL_CLASSIFIERS, true), folder.resolve("a"),
        new TrainingListener() {}, new StopSignal()))
        .isInstanceOf(UserError.class).hasMessageContaining("--target taxonomy");
    assertThatThrownBy(() -> run(twoStage("TV"), folder.resolve("b"), new TrainingListener() {},
        new StopSignal())).isInstanceOf(UserError.class).hasMessageContaining("did you mean 'TVs'?");
    assertThat(folder.resolve("a")).doesNotExist();
    assertThat(folder.resolve("b")).doesNotExist();
  }

  @Test
  void aDirectoryWithoutTheModelOfAStageIsNotWhole() throws IOException {
    run(twoStage("TVs"), folder, new TrainingListener() {}, new StopSignal());
    Files.delete(StagedFamily.stage(new ModelDirectory(folder), 1).file("model.bin"));
    assertThatThrownBy(() -> Classifier.load(folder)).isInstanceOf(UserError.class)
        .hasMessageContaining("model.bin is missing");
    Files.delete(StagedFamily.stage(new ModelDirectory(folder), 1).config());
    assertThatThrownBy(() -> Classifier.load(folder)).isInstanceOf(UserError.class)
        .hasMessageContaining(Path.of("stages", "2").toString());
  }
}
