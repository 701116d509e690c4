package crema.family.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.Prediction;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.family.encoder.SmallRuns;
import crema.run.DataSettings;
import crema.run.RefitSettings;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of the linear baseline: on real titles, on texts with several labels, on paths. */
class LinearRunTest {
  @TempDir
  Path folder;
  Path topics;

  @BeforeEach
  void writeTopics() throws IOException {
    var lines = new ArrayList<String>(List.of("text,labels,path"));
    String[] words = {"wheat", "corn", "crude", "gold"};
    for (int i = 0; i < 120; i++) {
      int first = i % 4;
      int second = i / 4 % 4;
      lines.add("%s and %s report %d,\"%s\",%s".formatted(words[first], words[second], i,
          first == second ? words[first] : words[first] + "," + words[second],
          (first < 2 ? "farm > " : "mine > ") + words[first]));
    }
    topics = Files.write(folder.resolve("topics.csv"), lines);
  }

  private static Settings config(Path file, String text, TargetKind target, String label) {
    return new LinearFamily().settings()
        .with(DataSettings.TRAIN, file.toString()).with(DataSettings.TEXT, text).with(LabelSettings.TARGET, target)
        .with(LabelSettings.LABEL, label).with(DataSettings.LOWERCASE, true)
        .with(DataSettings.VALIDATION_FRACTION, 0.2).with(DataSettings.TEST_FRACTION, 0.2)
        .with(LinearSettings.SUBLINEAR, true).with(TrainingSettings.SEED, 3);
  }

  private TrainingResult run(Settings config, String output, int threads) throws IOException {
    var directory = new ModelDirectory(folder.resolve(output));
    directory.prepareForRun(false);
    return new LinearRun(config, RunContext.in(directory).withCompute(ComputeOptions.threads(threads))).run();
  }

  private TrainingResult run(Settings config, String output, SplitRows rows) throws IOException {
    var directory = new ModelDirectory(folder.resolve(output));
    directory.prepareForRun(false);
    return new LinearRun(config, RunContext.in(directory).withCompute(ComputeOptions.threads(2)).withRows(rows)).run();
  }

  private Classifier load(String output) {
    return Classifier.load(folder.resolve(output), ComputeOptions.threads(2));
  }

  @Test
  void titlesAreLearnedAndTheModelIsTheSameForAnyNumberOfThreads() throws IOException {
    Path titles = SmallRuns.titles(folder);
    var config = config(titles, "title", TargetKind.SINGLE, "category");
    var result = run(config, "one", 1);
    assertThat(result.report().metrics().accuracy()).isGreaterThan(0.8);
    run(config, "two", 2);
    for (String file : List.of("model.safetensors", "terms.json")) {
      assertThat(folder.resolve("two").resolve(file)).hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
    assertThat(ModelFamily.settingsOf(new ModelDirectory(folder.resolve("one")))).isEqualTo(config);
    try (Classifier classifier = load("one")) {
      assertThat(classifier.predict("bosch serie 6 washing machine 9kg").label()).isEqualTo("Washing Machines");
      assertThat(classifier.predict(List.of(" "), 1)).containsExactly(List.of());
      assertThatThrownBy(() -> classifier.embed("washing machine")).isInstanceOf(UserError.class);
    }
  }

  @Test
  void aTextGetsAllLabelsOnWhosePositiveSideItIs() throws IOException {
    Settings shifted = config(topics, "text", TargetKind.MULTI, "labels")
        .with(LinearSettings.CLASS_WEIGHTS, LinearSettings.Weights.BALANCED).with(LinearSettings.SHIFT, true);
    var result = run(shifted, "multi", 2);
    assertThat(result.report().metrics().averages().macro().f1()).isGreaterThan(0.9);
    try (Classifier classifier = load("multi")) {
      assertThat(classifier.answer(List.of("corn and gold report")).getFirst())
          .extracting(Prediction::label).containsExactlyInAnyOrder("corn", "gold");
    }
  }

  @Test
  void pathsOfATaxonomyAreAnswered() throws IOException {
    run(config(topics, "text", TargetKind.TAXONOMY, "path"), "paths", 2);
    try (Classifier classifier = load("paths")) {
      assertThat(classifier.answer(List.of("gold and gold report")).getFirst().getFirst().label())
          .isEqualTo("mine > gold");
    }
  }

  @Test
  void cIsChosenByCrossValidation() throws IOException {
    Settings candidates = config(topics, "text", TargetKind.MULTI, "labels")
        .with(LinearSettings.LOSS, LinearSettings.Loss.LOGISTIC).with(LinearSettings.C, 1e-6, 1.0)
        .with(LinearSettings.C_FOLDS, 3);
    var result = run(candidates, "chosen", 2);
    assertThat(result.report().facts().get("Model")).contains("logistic", "C 1.0");
  }

  @Test
  void theLastModelLearnsFromTheValidationRowsToo() throws IOException {
    Settings once = config(SmallRuns.titles(folder), "title", TargetKind.SINGLE, "category")
        .with(RefitSettings.REFIT, RefitSettings.Rows.NONE);
    SplitRows rows = RunRows.of(RunContext.in(new ModelDirectory(folder.resolve("none"))), once);
    var all = new SplitRows(RowSource.concat(List.of(rows.train(), rows.validation())), rows.validation(), rows.test(),
        rows.labels());
    run(once, "all", all);
    TrainingResult refitted = run(once.without(RefitSettings.REFIT), "refitted", rows);
    assertThat(folder.resolve("refitted/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("all/model.safetensors"));
    assertThat(folder.resolve("refitted/terms.json")).hasSameBinaryContentAs(folder.resolve("all/terms.json"));
    assertThat(refitted.report().facts().get("Trained")).startsWith("on all ");
    TrainingResult single = run(once, "single", rows);
    assertThat(folder.resolve("single/terms.json")).isNotEmptyFile();
    assertThat(single.report().facts()).doesNotContainKey("Trained");
    assertThat(Files.size(folder.resolve("single/model.safetensors")))
        .isLessThan(Files.size(folder.resolve("all/model.safetensors")));
  }

  @Test
  void whatValidationRowsChoseIsKeptWhenTheLastModelLearnsFromThem() throws IOException {
    // With so small a C all decisions are negative, unless they are shifted.
    Settings shifted = config(topics, "text", TargetKind.MULTI, "labels").with(LinearSettings.SHIFT, true)
        .with(LinearSettings.C, 0.001);
    SplitRows rows = RunRows.of(RunContext.in(new ModelDirectory(folder.resolve("none"))), shifted);
    var all = new SplitRows(RowSource.concat(List.of(rows.train(), rows.validation())), rows.validation(), rows.test(),
        rows.labels());
    Settings once = shifted.with(RefitSettings.REFIT, RefitSettings.Rows.NONE);
    run(shifted, "kept", rows);
    run(once, "first", rows);
    run(once.without(LinearSettings.SHIFT), "firstPlain", rows);
    run(once.without(LinearSettings.SHIFT), "plain", all);
    float[] shifts = difference("first", "firstPlain");
    assertThat(shifts).isNotEqualTo(new float[shifts.length]);
    assertThat(difference("kept", "plain")).usingElementComparator(LinearRunTest::nearly).containsExactly(shifts);
  }

  private static int nearly(Float one, Float other) {
    return Math.abs(one - other) < 1e-6 ? 0 : Float.compare(one, other);
  }

  /** By how much the hyperplanes of two models are apart that differ in their shifts alone: of an empty text. */
  private float[] difference(String one, String other) {
    try (Classifier shifted = load(one); Classifier plain = load(other)) {
      float[] difference = shifted.logits(List.of("wheat")).clone()[0];
      float[] base = plain.logits(List.of("wheat"))[0];
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= base[i];
      }
      return difference;
    }
  }

  @Test
  void aValidationFileStaysOutUnlessItIsAskedFor() throws IOException {
    Settings own = config(topics, "text", TargetKind.TAXONOMY, "path").with(DataSettings.VALIDATION, topics.toString());
    assertThat(run(own, "out", 2).report().facts()).doesNotContainKey("Trained");
    assertThat(run(own.with(RefitSettings.REFIT, RefitSettings.Rows.ALL), "in", 2).report().facts().get("Trained"))
        .contains("120 validation rows");
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedAndNothingIsLeftBehind() {
    Settings shifted = config(topics, "text", TargetKind.SINGLE, "path").with(LinearSettings.SHIFT, true);
    assertThatThrownBy(() -> run(shifted, "refused", 1))
        .isInstanceOf(UserError.class).hasMessageContaining("--target multi");
    assertThat(folder.resolve("refused")).doesNotExist();
    assertThatThrownBy(() -> shifted.with("linear-loss", "smv"))
        .isInstanceOf(UserError.class).hasMessageContaining("linear-loss").hasMessageContaining("'svm'");
    assertThatThrownBy(() -> shifted.with(LinearSettings.C, 0.0))
        .isInstanceOf(UserError.class).hasMessage("C must be above 0 and at most 1e12, not 0");
    assertThatThrownBy(() -> shifted.with(LinearSettings.NGRAMS, 0))
        .isInstanceOf(UserError.class).hasMessageContaining("ngrams");
  }

  @Test
  void filesOfDifferentModelsAreRefused() throws IOException {
    run(config(topics, "text", TargetKind.MULTI, "labels"), "a", 2);
    run(config(SmallRuns.titles(folder), "title", TargetKind.SINGLE, "category"), "b", 2);
    Files.copy(folder.resolve("b/terms.json"), folder.resolve("a/terms.json"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> load("a")).isInstanceOf(UserError.class).hasMessageContaining("different models");
    byte[] bytes = Files.readAllBytes(folder.resolve("b/terms.json"));
    Files.write(folder.resolve("b/terms.json"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> load("b")).hasMessageContaining("terms.json");
  }
}
