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
import crema.family.encoder.SmallRuns;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.task.LabelConfig;
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
  private static final LinearTrainingConfig.Terms TERMS = new LinearTrainingConfig.Terms(1, 1, 1, 0, true, true);
  private static final LinearTrainingConfig.Hyperplanes SVM =
      new LinearTrainingConfig.Hyperplanes("svm", List.of(1.0), 5, "none", false);

  @TempDir Path folder;
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

  private static LinearTrainingConfig config(Path file, String text, LabelConfig labels,
      LinearTrainingConfig.Hyperplanes hyperplanes) {
    return new LinearTrainingConfig(new DataSettings(List.of(file.toString()), List.of(), List.of(),
        List.of(text), labels, null, 0.2, 0.2, true, false, Languages.NONE), TERMS, hyperplanes, 3);
  }

  private TrainingResult run(LinearTrainingConfig config, String output, int threads) throws IOException {
    var directory = new ModelDirectory(folder.resolve(output));
    directory.prepareForRun(false);
    return new LinearRun(config, RunContext.in(directory).withCompute(ComputeOptions.threads(threads))).run();
  }

  private Classifier load(String output) {
    return Classifier.load(folder.resolve(output), ComputeOptions.threads(2));
  }

  @Test
  void titlesAreLearnedAndTheModelIsTheSameForAnyNumberOfThreads() throws IOException {
    Path titles = SmallRuns.titles(folder);
    var config = config(titles, "title", LabelConfig.single("category"), SVM);
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
    var shifted = new LinearTrainingConfig.Hyperplanes("svm", List.of(1.0), 5, "balanced", true);
    var result = run(config(topics, "text", LabelConfig.multi("labels", ","), shifted), "multi", 2);
    assertThat(result.report().metrics().averages().macro().f1()).isGreaterThan(0.9);
    try (Classifier classifier = load("multi")) {
      assertThat(classifier.answer(List.of("corn and gold report")).getFirst())
          .extracting(Prediction::label).containsExactlyInAnyOrder("corn", "gold");
    }
  }

  @Test
  void pathsOfATaxonomyAreAnswered() throws IOException {
    run(config(topics, "text", LabelConfig.taxonomy(" > ", "path"), SVM), "paths", 2);
    try (Classifier classifier = load("paths")) {
      assertThat(classifier.answer(List.of("gold and gold report")).getFirst().getFirst().label())
          .isEqualTo("mine > gold");
    }
  }

  @Test
  void cIsChosenByCrossValidation() throws IOException {
    var candidates = new LinearTrainingConfig.Hyperplanes("logistic", List.of(1e-6, 1.0), 3, "none", false);
    var result = run(config(topics, "text", LabelConfig.multi("labels", ","), candidates), "chosen", 2);
    assertThat(result.report().facts().get("Model")).contains("logistic", "C 1.0");
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedAndNothingIsLeftBehind() {
    var shifted = new LinearTrainingConfig.Hyperplanes("svm", List.of(1.0), 5, "none", true);
    assertThatThrownBy(() -> run(config(topics, "text", LabelConfig.single("path"), shifted), "refused", 1))
        .isInstanceOf(UserError.class).hasMessageContaining("--target multi");
    assertThat(folder.resolve("refused")).doesNotExist();
    assertThatThrownBy(() -> new LinearTrainingConfig.Hyperplanes("smv", List.of(1.0), 5, "none", true))
        .isInstanceOf(UserError.class).hasMessageContaining("linear_loss");
    assertThatThrownBy(() -> new LinearTrainingConfig.Hyperplanes("svm", List.of(0.0), 5, "none", true))
        .isInstanceOf(UserError.class).hasMessageContaining("c must");
    assertThatThrownBy(() -> new LinearTrainingConfig.Terms(0, 1, 1, 0, true, true))
        .isInstanceOf(UserError.class).hasMessageContaining("ngrams");
  }

  @Test
  void filesOfDifferentModelsAreRefused() throws IOException {
    run(config(topics, "text", LabelConfig.multi("labels", ","), SVM), "a", 2);
    run(config(SmallRuns.titles(folder), "title", LabelConfig.single("category"), SVM), "b", 2);
    Files.copy(folder.resolve("b/terms.json"), folder.resolve("a/terms.json"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> load("a")).isInstanceOf(UserError.class).hasMessageContaining("different models");
    byte[] bytes = Files.readAllBytes(folder.resolve("b/terms.json"));
    Files.write(folder.resolve("b/terms.json"), Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> load("b")).hasMessageContaining("terms.json");
  }
}
