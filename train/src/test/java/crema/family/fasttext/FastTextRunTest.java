package crema.family.fasttext;

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
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.family.encoder.SmallRuns;
import crema.fasttext.FastText;
import crema.nn.train.StepLog;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.nn.train.ThresholdRecord;
import crema.nn.train.TrialRecord;
import crema.nn.train.ValidationRecord;
import crema.run.DataSettings;
import crema.run.RefitSettings;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FastTextRunTest {
  @TempDir
  static Path shared;
  static Path titles;

  @TempDir
  Path folder;

  @BeforeAll
  static void trainOnce() throws IOException {
    titles = SmallRuns.titles(shared);
    run(config(20), shared.resolve("model"), 1, new TrainingListener() {}, new StopSignal());
  }

  private static Settings config(int epochs) {
    return SmallRuns.rows(new FastTextFamily().settings(), titles).with(FastTextSettings.LEADING_WORDS, 2)
        .with(FastTextSettings.DIM, 16).with(TrainingSettings.EPOCHS, epochs).with(FastTextSettings.MINN, 3)
        .with(FastTextSettings.MAXN, 4).with(FastTextSettings.BUCKETS, 2000);
  }

  private static TrainingResult run(Settings config, Path folder, int threads, TrainingListener listener,
      StopSignal stop) throws IOException {
    Files.createDirectories(folder);
    return Run.stoppable(new FastTextRun(config,
        RunContext.in(new ModelDirectory(folder)).withCompute(ComputeOptions.threads(threads))
            .withListener(listener).withStop(stop)))
        .run();
  }

  /** Asks for the stop at the first step. */
  private static TrainingListener stopping(StopSignal stop) {
    return new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        stop.request();
      }
    };
  }

  private static byte[] bytes(Path folder) throws IOException {
    return Files.readAllBytes(new ModelDirectory(folder).file("model.bin"));
  }

  @Test
  void theModelDirectoryIsWholeAndSaysWhatItHolds() throws IOException {
    var directory = new ModelDirectory(shared.resolve("model"));
    for (Path file : List.of(directory.config(), directory.labels(), directory.provenance(), directory.metrics(),
        directory.report(), directory.log())) {
      assertThat(file).isNotEmptyFile();
    }
    assertThat(directory.checkpoints()).doesNotExist();
    assertThat(directory.cache()).doesNotExist();
    assertThat(ModelFamily.ofRun(directory).key()).isEqualTo("fasttext");
    assertThat(ModelFamily.settingsOf(directory)).isEqualTo(config(20));
    assertThat(ModelInfo.of(directory).facts().get("Kind")).contains("fastText", "softmax", "3 to 4");
  }

  @Test
  void predictionsAreThoseOfTheModelFileForTheTextAsItWasReadInTraining() throws IOException {
    var model = FastText.load(new ModelDirectory(shared.resolve("model")).file("model.bin"));
    try (Classifier classifier = Classifier.load(shared.resolve("model"), ComputeOptions.threads(2))) {
      Prediction best = classifier.predict("Samsung WASHING machine");
      var expected = model.predict("samsung washing machine samsung washing", 1, 0).getFirst();
      assertThat(expected.label()).isEqualTo("__label__" + best.label().replace(" ", "%20"));
      float raw = classifier.rawProbabilities(List.of("Samsung WASHING machine"))[0][classifier.labels()
          .indexOf(best.label())];
      // fastText adds 1e-5 to each of the ten probabilities, which then do not sum to 1.
      assertThat(raw).isCloseTo((float) expected.probability(), within(1.2e-4f));
      assertThat(classifier.labels()).contains(best.label()).hasSize(10);
    }
  }

  @Test
  void textsAreAnsweredInOrderByAnyNumberOfThreads() {
    var texts = new ArrayList<String>(List.of("", " "));
    for (int i = 0; i < 30; i++) {
      texts.add("bosch fridge freezer " + i);
    }
    try (Classifier one = Classifier.load(shared.resolve("model"), ComputeOptions.threads(1));
        Classifier many = Classifier.load(shared.resolve("model"), ComputeOptions.threads(3))) {
      assertThat(many.predict(texts, 3)).isEqualTo(one.predict(texts, 3));
      assertThat(one.predict(texts, 3).getFirst()).isEmpty();
      assertThat(one.predict(texts, 3).getLast()).hasSize(3);
      float[][] probabilities = many.probabilities(texts);
      assertThat(probabilities[1]).containsOnly(0f);
      float sum = 0;
      for (float probability : probabilities[5]) {
        sum += probability;
      }
      assertThat(sum).isCloseTo(1f, within(1e-3f));
      assertThat(many.embed("bosch fridge")).hasSize(16).isEqualTo(one.embed("bosch fridge"));
    }
  }

  @Test
  void anotherNumberOfThreadsGivesTheSameBits() throws IOException {
    run(config(20), folder, 2, new TrainingListener() {}, new StopSignal());
    assertThat(bytes(folder)).isEqualTo(bytes(shared.resolve("model")));
  }

  @Test
  void theLastModelLearnsFromTheValidationRowsToo() throws IOException {
    Settings once = config(20).with(RefitSettings.REFIT, RefitSettings.Rows.NONE);
    SplitRows rows = RunRows.of(RunContext.in(new ModelDirectory(folder.resolve("none"))), once);
    var all = new SplitRows(RowSource.concat(List.of(rows.train(), rows.validation())), rows.validation(), rows.test(),
        rows.labels());
    Files.createDirectories(folder.resolve("all"));
    new FastTextRun(once, RunContext.in(new ModelDirectory(folder.resolve("all"))).withRows(all)).run();
    assertThat(bytes(folder.resolve("all"))).isEqualTo(bytes(shared.resolve("model")));
    TrainingResult plain = run(once, folder.resolve("once"), 1, new TrainingListener() {}, new StopSignal());
    assertThat(bytes(folder.resolve("once"))).isNotEqualTo(bytes(shared.resolve("model")));
    assertThat(plain.report().facts()).doesNotContainKey("Trained");
  }

  @Test
  void aStoppedRunIsResumedToTheSameBits() throws IOException {
    var config = config(400);
    run(config, folder.resolve("straight"), 1, new TrainingListener() {}, new StopSignal());
    Path resumed = folder.resolve("resumed");
    var stop = new StopSignal();
    assertThat(run(config, resumed, 1, stopping(stop), stop).isInterrupted()).isTrue();
    assertThatThrownBy(() -> Classifier.load(resumed)).hasMessageContaining("--resume");
    assertThat(run(config, resumed, 1, new TrainingListener() {}, new StopSignal()).isInterrupted()).isFalse();
    assertThat(bytes(resumed)).isEqualTo(bytes(folder.resolve("straight")));
  }

  @Test
  void theLogOfAKilledAndResumedRunIsThatOfAnUnkilledOne() throws IOException {
    var config = config(400);
    run(config, folder.resolve("straight"), 1, new TrainingListener() {}, new StopSignal());
    Path resumed = folder.resolve("resumed");
    var stop = new StopSignal();
    run(config, resumed, 1, stopping(stop), stop);
    // What was logged between the last checkpoint and the kill.
    Files.writeString(new ModelDirectory(resumed).log(),
        """
            {"type":"step","step":10000000,"epoch":399.9,"loss":0.5,"learning_rate":0.1,"grad_norm":null,"seconds":99.0}
            {"type":"validation","step":10000000,"epoch":400.0,"loss":null,"metrics":{"accuracy":0.5},"seconds":1.0}
            {"type":"st""", StandardOpenOption.APPEND);
    run(config, resumed, 2, new TrainingListener() {}, new StopSignal());
    assertThat(timeless(resumed)).isEqualTo(timeless(folder.resolve("straight"))).hasSizeGreaterThan(50);
  }

  /** What a log says, the times aside. */
  private static List<String> timeless(Path folder) throws IOException {
    return StepLog.read(new ModelDirectory(folder).log()).stream()
        .map(entry -> switch (entry) {
          case StepRecord step -> step.step() + " " + step.epoch() + " " + step.loss() + " " + step.learningRate();
          case ValidationRecord validation -> validation.step() + " " + validation.metrics();
          case ThresholdRecord thresholds -> thresholds.toString();
          case TrialRecord trial -> trial.toString();
        })
        .toList();
  }

  @Test
  void anExplodingLearningRateIsAMistakeWithARateToTry() {
    Settings config = config(50).with(TrainingSettings.LEARNING_RATE, 100).with(FastTextSettings.WORD_NGRAMS, 1)
        .with(FastTextSettings.MAXN, 0).with(FastTextSettings.BUCKETS, 0).with(TrainingSettings.SEED, 1);
    assertThatThrownBy(() -> run(config, folder, 1, new TrainingListener() {}, new StopSignal()))
        .isInstanceOf(UserError.class).hasMessageContaining("try lr");
  }

  @Test
  void dataThatCannotBeUsedLeavesNothingBehind() throws IOException {
    Path one = Files.write(shared.resolve("one.csv"), List.of("title,category", "a,x", "b,x", "c,x", "d,x"));
    Settings config = config(1).with(DataSettings.TRAIN, one.toString())
        .with(DataSettings.VALIDATION_FRACTION, 0.25).with(DataSettings.TEST_FRACTION, 0.25);
    assertThatThrownBy(() -> run(config, folder.resolve("new"), 1, new TrainingListener() {}, new StopSignal()))
        .hasMessageContaining("at least two labels");
    assertThat(folder.resolve("new")).doesNotExist();
  }
}
