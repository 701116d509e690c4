package crema.family.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.metrics.Metric;
import crema.nn.train.StepLog;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.run.ValidationMetric;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncoderRunTest {
  /** A checkpoint after every third step, and none otherwise. */
  private static final CheckpointSettings EVERY_THIRD_STEP = SmallRuns.checkpointsEvery(3);

  @TempDir
  static Path shared;
  static Path titles;
  static byte[] expected;

  @TempDir
  Path folder;

  @BeforeAll
  static void trainOnce() throws IOException {
    titles = SmallRuns.titles(shared);
    SmallRuns.train(SmallRuns.config(titles), shared.resolve("straight"), 1);
    expected = SmallRuns.weights(shared.resolve("straight"));
  }

  /** Asks the run to stop once it has made so many steps. */
  private static TrainingListener stopAfter(long steps, StopSignal stop) {
    return new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == steps) {
          stop.request();
        }
      }
    };
  }

  @Test
  void aSecondRunOnTwoThreadsGivesTheSameBits() throws IOException {
    SmallRuns.train(SmallRuns.config(titles), folder, 2);
    assertThat(SmallRuns.weights(folder)).isEqualTo(expected);
  }

  @Test
  void aRunThatIsStoppedTwiceAndResumedGivesTheSameBitsAndLog() throws IOException {
    var config = SmallRuns.config(titles);
    for (long step : List.of(4L, 9L)) {
      var stop = new StopSignal();
      var result = SmallRuns.train(config, folder, 1, CheckpointSettings.DEFAULT, stopAfter(step, stop), stop);
      assertThat(result.isInterrupted()).isTrue();
      assertThat(result.steps()).isEqualTo(step);
    }
    SmallRuns.train(config, folder, 1);
    assertThat(SmallRuns.weights(folder)).isEqualTo(expected);
    assertThat(losses(folder)).isEqualTo(losses(shared.resolve("straight")));
  }

  @Test
  void tokensAreLeftOutWhileTheModelIsTrained() throws IOException {
    Settings config = SmallRuns.config(titles);
    var firstLosses = new ArrayList<Double>();
    for (double dropout : List.of(0.0, 0.6)) {
      Path run = folder.resolve("dropout-" + dropout);
      SmallRuns.train(config.with(EncoderSettings.TOKEN_DROPOUT, dropout).with(OptimizationSettings.MAX_STEPS, 1), run,
          1);
      firstLosses.add(losses(run).getFirst());
    }
    assertThat(firstLosses.get(1)).isNotEqualTo(firstLosses.get(0));
  }

  @Test
  void aBagOfTokensIsPartOfTheModel() throws IOException {
    var run = new ModelDirectory(shared.resolve("straight"));
    assertThat(Files.readString(run.config())).contains("\"bag_size\" : 16");
    assertThat(Files.readString(run.file("model.safetensors"), StandardCharsets.ISO_8859_1))
        .contains("bag.embed_tokens.weight");
  }

  private static List<Double> losses(Path directory) throws IOException {
    return StepLog.read(new ModelDirectory(directory).log()).stream()
        .filter(StepRecord.class::isInstance).map(record -> ((StepRecord) record).loss()).toList();
  }

  @Test
  void aDamagedCheckpointIsToldAndTheOneBeforeItUsed() throws IOException {
    var config = SmallRuns.config(titles);
    var stop = new StopSignal();
    SmallRuns.train(config, folder, 1, EVERY_THIRD_STEP, stopAfter(7, stop), stop);
    List<Path> checkpoints = checkpoints();
    assertThat(checkpoints).hasSize(2);
    flipByte(checkpoints.getLast());
    var warnings = new ArrayList<String>();
    var listener = new TrainingListener() {
      @Override
      public void warning(String message) {
        warnings.add(message);
      }
    };
    SmallRuns.train(config, folder, 1, CheckpointSettings.DEFAULT, listener, new StopSignal());
    assertThat(warnings).anySatisfy(warning -> assertThat(warning).contains(checkpoints.getLast().toString())
        .contains("damaged").contains("checksum"));
    assertThat(SmallRuns.weights(folder)).isEqualTo(expected);
  }

  @Test
  void whenEveryCheckpointIsDamagedTheRunStopsAndSaysSo() throws IOException {
    var config = SmallRuns.config(titles);
    var stop = new StopSignal();
    SmallRuns.train(config, folder, 1, EVERY_THIRD_STEP, stopAfter(7, stop), stop);
    for (Path checkpoint : checkpoints()) {
      flipByte(checkpoint);
    }
    assertThatThrownBy(() -> SmallRuns.train(config, folder, 1))
        .isInstanceOf(UserError.class).hasMessageContaining("damaged").hasMessageContaining("--overwrite");
  }

  private List<Path> checkpoints() throws IOException {
    try (var files = Files.list(new ModelDirectory(folder).checkpoints())) {
      return files.sorted().toList();
    }
  }

  private static void flipByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length * 2 / 3] ^= 0x10;
    Files.write(file, bytes);
  }

  @Test
  void aCheckpointThatCannotBeWrittenDoesNotLoseTheOneBefore() throws IOException {
    var config = SmallRuns.config(titles);
    var directory = new ModelDirectory(folder);
    var warnings = new ArrayList<String>();
    var listener = new TrainingListener() {
      @Override
      public void checkpointed(long step, Path file) {
        // A folder in the way of the next checkpoint stands for a disk that is full.
        try {
          Files.createDirectories(directory.checkpoints().resolve("step-%09d.safetensors".formatted(step + 3))
              .resolve("in"));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }

      @Override
      public void warning(String message) {
        warnings.add(message);
      }
    };
    SmallRuns.train(config, folder, 1, EVERY_THIRD_STEP, listener, new StopSignal());
    assertThat(warnings).anySatisfy(warning -> assertThat(warning).contains("cannot be written").contains("last good"));
    assertThat(SmallRuns.weights(folder)).isEqualTo(expected);
  }

  @Test
  void aRunWithOtherSettingsOrOtherDataIsNotResumed() throws IOException {
    var config = SmallRuns.config(titles);
    var stop = new StopSignal();
    SmallRuns.train(config, folder, 1, EVERY_THIRD_STEP, stopAfter(4, stop), stop);
    assertThatThrownBy(() -> SmallRuns.train(SmallRuns.config(titles, 3, 2e-3), folder, 1))
        .isInstanceOf(UserError.class).hasMessageContaining("other settings");
    Path copy = Files.copy(titles, folder.resolve("titles.csv"));
    var other = SmallRuns.config(copy);
    Path run = folder.resolve("other");
    var again = new StopSignal();
    SmallRuns.train(other, run, 1, EVERY_THIRD_STEP, stopAfter(4, again), again);
    Files.writeString(copy, Files.readString(copy).replace("samsung", "samsunq"));
    assertThatThrownBy(() -> SmallRuns.train(other, run, 1))
        .isInstanceOf(UserError.class).hasMessageContaining("data files have changed");
  }

  @Test
  void aLearningRateThatExplodesStopsWithTheStepAndTheLastGoodCheckpoint() {
    assertThatThrownBy(() -> SmallRuns.train(SmallRuns.config(titles, 6, 90), folder, 1, EVERY_THIRD_STEP,
        new TrainingListener() {}, new StopSignal()))
        .isInstanceOf(UserError.class)
        .hasMessageMatching(
            "training diverged at step \\d+: .*(layers|embed|classifier).*checkpoint.*lower learning rate.*");
  }

  @Test
  void theModelDirectoryHoldsEverythingAndNoLeftovers() throws IOException {
    try (var files = Files.list(shared.resolve("straight"))) {
      assertThat(files.map(file -> Objects.toString(file.getFileName()))).containsExactlyInAnyOrder("config.json",
          "model.safetensors", "tokenizer.json", "labels.json", "target.json", "provenance.json", "training.json",
          "metrics.json", "test.jsonl", "report.html", "log.jsonl", "state");
    }
  }

  @Test
  void aSmallEncoderLearnsTheCategories() throws IOException {
    var result = SmallRuns.train(SmallRuns.config(titles, 10, 4e-3), folder, 2);
    assertThat(Metric.ACCURACY.of(Objects.requireNonNull(result.report()).metrics())).isGreaterThan(0.75);
  }

  @Test
  void allMemoryIsGivenBackAfterTraining() throws IOException {
    var directory = new ModelDirectory(folder);
    directory.prepareForRun(false);
    try (var backend = SmallRuns.backend(2)) {
      try (var trainer = new EncoderRun(SmallRuns.config(titles), backend, RunContext.in(directory))) {
        trainer.run(List.of("test"));
        assertThat(backend.liveBytes()).isPositive();
      }
      assertThat(backend.liveBytes()).isZero();
    }
  }

  @Test
  void earlyStoppingEndsTheRunAndKeepsTheBest() throws IOException {
    Settings config = SmallRuns.config(titles, 40, 2e-2).with(ValidationSettings.VALIDATE_EVERY, 4)
        .with(ValidationSettings.METRIC, ValidationMetric.LOSS).with(ValidationSettings.PATIENCE, 2);
    var result = SmallRuns.train(config, folder, 1);
    assertThat(result.steps()).isEqualTo(result.bestStep() + 2 * 4);
  }
}
