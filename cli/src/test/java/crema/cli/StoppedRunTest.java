package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.nn.train.StepLog;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that are stopped at any place, or killed before they began, go on as if nothing had happened. */
class StoppedRunTest {
  private static final Duration SOON = Duration.ofSeconds(2);

  @TempDir
  Path folder;
  private Path rows;

  @BeforeEach
  void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title,category"));
    for (int i = 0; i < 90; i++) {
      lines
          .add((i % 3 == 0 ? "washing machine " : i % 3 == 1 ? "digital camera " : "pocket watch ") + i + ",c" + i % 3);
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
  }

  private Settings settings(String family) {
    String[] words = family.split(" ");
    Settings settings = ModelFamily.named(words[0]).settings().with("train", rows.toString()).with("text", "title")
        .with("label", "category");
    for (int i = 1; i < words.length; i += 2) {
      settings = settings.with(words[i], words[i + 1]);
    }
    return settings;
  }

  /** Runs until the n-th stage begins. */
  private TrainingResult run(String family, Path output, int stages) throws IOException {
    var stop = new StopSignal();
    var listener = new TrainingListener() {
      private int left = stages;
      private long asked;

      @Override
      public void stage(String description) {
        if (left-- == 0) {
          stop.request();
          asked = System.nanoTime();
        }
      }
    };
    Files.createDirectories(output);
    TrainingResult result = ModelFamily.named(family.split(" ")[0]).newRun(settings(family),
        RunContext.in(new ModelDirectory(output)).withListener(listener).withStop(stop)
            .withCompute(ComputeOptions.DEFAULT.withThreads(1)))
        .run();
    if (result.isInterrupted()) {
      assertThat(System.nanoTime() - listener.asked).isLessThan(SOON.toNanos());
    }
    return result;
  }

  private static Path weights(Path model) {
    Path fastText = model.resolve("model.bin");
    return Files.exists(fastText) ? fastText : model.resolve("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "fasttext dim 8", "encoder epochs 2 hidden-size 8 heads 2 kv-heads 1 ffn-size 8 "
      + "layers 1 vocabulary-size 300", "linear folds 2"})
  void aRunThatIsStoppedInEachOfItsStagesEndsWithTheSameBits(String family) throws IOException {
    Path whole = folder.resolve("whole");
    assertThat(run(family, whole, Integer.MAX_VALUE).isInterrupted()).isFalse();
    Path stopped = folder.resolve("stopped");
    int stops = 0;
    for (int stage = 0; run(family, stopped, stage).isInterrupted(); stage++) {
      assertThat(stops++).isLessThan(40);
      assertThat(new ModelDirectory(stopped).holdsRun()).isTrue();
    }
    assertThat(stops).isGreaterThanOrEqualTo(2);
    assertThat(weights(stopped)).hasSameBinaryContentAs(weights(whole));
  }

  @Test
  void aRunThatWasKilledBeforeItBeganIsStarted() throws IOException {
    Path output = Files.createDirectories(folder.resolve("model"));
    Files.writeString(output.resolve("train.yaml"),
        "model: linear\ntrain:\n- " + rows + "\ntext:\n- title\nlabel:\n- category\nC:\n- 2.0\n");
    CommandRun run = CommandRun.of("train", "--resume", "--output", output.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("C 2.0");
    assertThat(run.err()).contains("Chosen: lowercase");
    Path plain = folder.resolve("plain");
    assertThat(CommandRun.of("train", "--model", "linear", "--train", rows.toString(), "--text", "title", "--label",
        "category", "--C", "2", "--output", plain.toString()).code()).isZero();
    assertThat(weights(output)).hasSameBinaryContentAs(weights(plain));
  }

  @Test
  void whereNothingWasStartedThatIsSaid() {
    CommandRun run = CommandRun.of("train", "--resume", "--output", folder.resolve("none").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.lastError()).contains("there is no run in " + folder.resolve("none") + " to continue");
  }

  @Test
  void aResumedRunKeepsItsCheckpoints() throws IOException {
    String family = "encoder epochs 3 hidden-size 8 heads 2 kv-heads 1 ffn-size 8 layers 1 vocabulary-size 300 "
        + "batch-size 8 checkpoint-steps 2 checkpoint-epochs 0";
    Path output = folder.resolve("model");
    Files.createDirectories(output);
    var saved = new ArrayList<Long>();
    for (int leg = 0; leg < 3; leg++) {
      var stop = new StopSignal();
      long until = 5L * (leg + 1);
      Settings settings = leg == 0 ? settings(family) : ModelFamily.settingsOf(new ModelDirectory(output));
      ModelFamily.named("encoder").newRun(settings, RunContext.in(new ModelDirectory(output)).withStop(stop)
          .withCheckpoints(new CheckpointSettings(settings)).withListener(new TrainingListener() {
            @Override
            public void step(StepRecord step, long totalSteps) {
              if (step.step() == until) {
                stop.request();
              }
            }

            @Override
            public void checkpointed(long step, Path file) {
              saved.add(step);
            }
          })).run();
    }
    assertThat(saved).contains(2L, 4L, 6L, 8L, 10L, 12L, 14L);
  }

  private CommandRun train(Path output, String... more) {
    var arguments = new ArrayList<>(List.of("train", "--output", output.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private String[] fresh(String family, String epochs) {
    var words =
        new ArrayList<>(List.of("--train", rows.toString(), "--text", "title", "--label", "category", "--model"));
    words.addAll(List.of(family.split(" ")));
    words.addAll(List.of("--epochs", epochs));
    return words.toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fasttext --dim 8", "encoder --hidden-size 8 --heads 2 --kv-heads 1 --ffn-size 8 --layers 1 "
      + "--vocabulary-size 300 --batch-size 16 --validation-fraction 0"})
  void aFinishedRunGoesOnForMoreEpochs(String family) throws IOException {
    Path output = folder.resolve("model");
    CommandRun first = train(output, fresh(family, "2"));
    assertThat(first.code()).as(first.err()).isZero();
    byte[] before = Files.readAllBytes(weights(output));
    assertThat(train(output, "--resume").lastError())
        .contains("is finished; start over with --overwrite, or give more");
    for (String epochs : List.of("1", "2")) {
      CommandRun no = train(output, "--resume", "--epochs", epochs);
      assertThat(no.code()).isEqualTo(2);
      assertThat(no.lastError()).contains("must be more than the 2: the run in " + output + " is finished");
    }
    assertThat(train(output, "--resume", "--epochs", "4", "--seed", "9").lastError())
        .contains("seed", "cannot be given with --resume");
    assertThat(Files.readAllBytes(weights(output))).isEqualTo(before);
    // From where the run ended the learning rate is that of a run of four epochs.
    List<StepRecord> shorter = steps(output);
    CommandRun more = train(output, "--resume", "--epochs", "4");
    assertThat(more.code()).as(more.err()).isZero();
    List<StepRecord> all = steps(output);
    assertThat(all.subList(0, shorter.size())).isEqualTo(shorter);
    assertThat(all.getLast().epoch()).isEqualTo(4);
    Path whole = folder.resolve("whole");
    assertThat(train(whole, fresh(family, "4")).code()).isZero();
    List<StepRecord> unbroken = steps(whole);
    assertThat(all.getLast().step()).isEqualTo(unbroken.getLast().step());
    StepRecord next = all.get(shorter.size());
    assertThat(next.learningRate()).isGreaterThan(shorter.getLast().learningRate())
        .isEqualTo(unbroken.stream().filter(step -> step.step() == next.step()).findFirst().orElseThrow()
            .learningRate());
    assertThat(Arrays.equals(Files.readAllBytes(weights(output)), before)).isFalse();
    assertThat(ModelFamily.settingsOf(new ModelDirectory(output)).get(TrainingSettings.EPOCHS)).isEqualTo(4);
    assertThat(Files.readString(output.resolve("train.yaml"))).contains("epochs: 4");
    // Once more.
    CommandRun last = train(output, "--resume", "--epochs", "5");
    assertThat(last.code()).as(last.err()).isZero();
    assertThat(steps(output).getLast().epoch()).isEqualTo(5);
  }

  private static List<StepRecord> steps(Path model) throws IOException {
    return StepLog.read(model.resolve("log.jsonl")).stream().filter(StepRecord.class::isInstance)
        .map(StepRecord.class::cast).toList();
  }

  @Test
  void whereThereIsNothingToGoOnFromThatIsSaid() {
    Path output = folder.resolve("model");
    String[] fresh = fresh("fasttext --dim 8", "2");
    String[] withoutState = Arrays.copyOf(fresh, fresh.length + 1);
    withoutState[fresh.length] = "--no-state";
    assertThat(train(output, withoutState).code()).isZero();
    assertThat(output.resolve("state")).doesNotExist();
    CommandRun more = train(output, "--resume", "--epochs", "5");
    assertThat(more.code()).isEqualTo(2);
    assertThat(more.lastError()).contains("is finished and has kept nothing to go on from", "--from " + output);
    Path linear = folder.resolve("linear");
    assertThat(CommandRun.of("train", "--model", "linear", "--train", rows.toString(), "--text", "title", "--label",
        "category", "--output", linear.toString()).code()).isZero();
    assertThat(train(linear, "--resume", "--epochs", "5").lastError())
        .contains("is of the kind linear, which has no epochs");
  }
}
