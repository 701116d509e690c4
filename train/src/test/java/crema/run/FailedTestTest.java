package crema.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.family.encoder.SmallRuns;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearFamily;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A test that fails costs no model: it is on disk before, and the run that is resumed trains nothing. */
class FailedTestTest {
  @TempDir
  Path folder;
  private Path titles;

  @BeforeEach
  void writeTitles() throws IOException {
    titles = SmallRuns.titles(folder);
    Files.writeString(titles, "a thing like no other,Things,0\n", StandardOpenOption.APPEND);
  }

  private Settings rows(Settings settings) {
    return settings.with(DataSettings.TRAIN, titles.toString()).with(DataSettings.TEXT, "title")
        .with(LabelSettings.LABEL, "category").with(DataSettings.TEST_FRACTION, 0.2)
        .with(TrainingSettings.SEED, 3).with(AnswerSettings.MIN_PRECISION, 0.9999);
  }

  /** Runs out of memory at a stage, as a test of many labels may. */
  private static final class Failing implements TrainingListener {
    private final String at;
    private final List<String> stages = new ArrayList<>();

    Failing(String at) {
      this.at = at;
    }

    @Override
    public void stage(String description) {
      stages.add(description);
      if (description.equals(at)) {
        throw new OutOfMemoryError("Java heap space");
      }
    }
  }

  private TrainingResult run(ModelFamily family, Settings settings, String output, TrainingListener listener)
      throws IOException {
    var directory = new ModelDirectory(folder.resolve(output));
    if (!directory.holdsRun()) {
      directory.prepareForRun(false);
    }
    return family.newRun(settings, RunContext.in(directory).withCompute(ComputeOptions.threads(1))
        .withListener(listener)).run();
  }

  private void failsAndGoesOn(ModelFamily family, Settings settings, List<String> learning, List<String> same)
      throws IOException {
    Map<String, String> facts = facts(run(family, settings, "whole", new TrainingListener() {}));
    assertThat(facts).containsKeys("Warning", "Not guaranteed");
    var failing = new Failing("Testing");
    assertThatThrownBy(() -> run(family, settings, "failed", failing)).isInstanceOf(OutOfMemoryError.class);
    assertThat(failing.stages).contains(learning.toArray(String[]::new));
    var directory = new ModelDirectory(folder.resolve("failed"));
    assertThat(directory.isFinished()).isFalse();
    try (Classifier classifier = Classifier.load(directory.path(), ComputeOptions.threads(1))) {
      assertThat(classifier.predict("bosch serie 6 washing machine 9kg").label()).isNotEmpty();
    }
    var resumed = new Failing("nowhere");
    TrainingResult result = run(family, settings, "failed", resumed);
    assertThat(resumed.stages).doesNotContainAnyElementsOf(learning).contains("Testing");
    assertThat(facts(result)).isEqualTo(facts);
    assertThat(directory.isFinished()).isTrue();
    for (String file : same) {
      assertThat(directory.file(file)).as(file).hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    assertThat(Files.readString(directory.metrics()).replace("failed", "whole"))
        .isEqualTo(Files.readString(folder.resolve("whole/metrics.json")));
    assertThat(Files.readAllLines(directory.log()))
        .hasSameSizeAs(Files.readAllLines(folder.resolve("whole/log.jsonl")));
  }

  private static Map<String, String> facts(TrainingResult result) {
    return Objects.requireNonNull(result.report()).facts();
  }

  private Settings fastTextSettings() {
    return rows(new FastTextFamily().settings()).with(FastTextSettings.DIM, 8).with(TrainingSettings.EPOCHS, 3)
        .with(FastTextSettings.BUCKETS, 1000);
  }

  @Test
  void fastText() throws IOException {
    failsAndGoesOn(new FastTextFamily(), fastTextSettings(), List.of("Training"),
        List.of("model.bin", "test.jsonl", "target.json", "labels.json", "config.json"));
  }

  @Test
  void linear() throws IOException {
    failsAndGoesOn(new LinearFamily(), rows(new LinearFamily().settings()), List.of("Training", "Counting terms"),
        List.of("model.safetensors", "terms.json", "test.jsonl", "target.json", "labels.json", "config.json"));
  }
}
