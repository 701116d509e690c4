package crema.family.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.CheckpointPolicy;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.Prediction;
import crema.classify.RunContext;
import crema.classify.StopSignal;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.family.fasttext.FastTextLabels;
import crema.family.fasttext.FastTextTrainingConfig;
import crema.family.fasttext.FastTextTuning;
import crema.metrics.Metric;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.Link;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.StandardLosses;
import crema.report.StepLog;
import crema.report.StepRecord;
import crema.report.ThresholdRecord;
import crema.run.DataSettings;
import crema.task.DecisionConfig;
import crema.task.LabelConfig;
import crema.task.LossConfig;
import crema.task.MultiLabelTarget;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import crema.tokenizer.BpeTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of the encoder on several labels a text and on paths. */
class TargetTrainingTest {
  private static final LabelConfig MULTI = LabelConfig.multi("labels", ";");
  private static final LabelConfig TAXONOMY = LabelConfig.taxonomy(" > ", "path");
  private static final List<String> THINGS = List.of("washer", "fridge", "camera", "phone", "hammer");
  private static final List<String> PATHS = List.of("Home > Kitchen > Washers", "Home > Kitchen > Fridges",
      "Electronics > Cameras", "Electronics > Phones", "Tools");

  @TempDir static Path shared;
  static Path rows;
  static Path tokenizer;

  @TempDir Path folder;

  /** A text names one or two things, which are its labels; a name names the first, whose path it has. */
  @BeforeAll
  static void writeRows() throws IOException {
    var lines = new ArrayList<String>(List.of("text,labels,name,path"));
    for (int i = 0; i < 200; i++) {
      int first = i % 5;
      int second = (i / 5) % 5;
      boolean both = second != first;
      lines.add("the %s%s,%s,my %s %d,%s".formatted(THINGS.get(first), both ? " and the " + THINGS.get(second) : "",
          THINGS.get(first) + (both ? ";" + THINGS.get(second) : ""), THINGS.get(first), i % 7, PATHS.get(first)));
    }
    rows = Files.write(shared.resolve("rows.csv"), lines);
    tokenizer = shared.resolve("tokenizer.json");
    BpeTrainer.defaults().withVocabularySize(400).train(lines.stream()).save(tokenizer);
  }

  private static TrainingConfig config(LabelConfig labels, String loss, int epochs) {
    return config(labels, LossConfig.of(loss), SamplingConfig.SHUFFLED, DecisionConfig.DEFAULT, epochs);
  }

  private static TrainingConfig config(LabelConfig labels, LossConfig loss, SamplingConfig sampling,
      DecisionConfig decision, int epochs) {
    return new TrainingConfig(
        new DataSettings(List.of(rows.toString()), List.of(), List.of(),
            List.of(labels.kind() == TargetKind.MULTI ? "text" : "name"), labels, null, 0.2, 0.2, true, false),
        new TrainingConfig.Tokens(tokenizer.toString(), 400, false, 16),
        new TrainingConfig.Encoder(16, 1, 2, 1, 32, "mlp", 0, 0, 0, 0, 0, 0),
        loss,
        sampling,
        new TrainingConfig.Optimization(epochs, 0, 128, 0, 1, 1e-2, 0.01, 0.9, 0.99, 1e-8, 5, "cosine", 0.1, 1),
        decision,
        new TrainingConfig.Validation(0, "micro_f1", 0, 1),
        5);
  }

  private static double f1(TrainingResult result) {
    return Metric.MICRO_F1.of(Objects.requireNonNull(result.report()).metrics());
  }

  @Test
  void severalLabelsATextAreLearnt() throws IOException {
    var result = SmallRuns.train(config(MULTI, "distribution-balanced", 25), folder, 1);
    assertThat(f1(result)).isGreaterThan(0.95);
    var report = Objects.requireNonNull(result.report());
    assertThat(report.groups()).containsKey("Labels of a document");
    assertThat(report.temperature()).isNotNull();
    assertThat(report.ranking()).isNotNull();
    try (Classifier classifier = Classifier.load(folder)) {
      List<List<Prediction>> answers = classifier.answer(List.of("the camera and the hammer", "", "the fridge"));
      assertThat(answers.getFirst()).extracting(Prediction::label).containsExactlyInAnyOrder("camera", "hammer");
      assertThat(answers.get(1)).isEmpty();
      assertThat(answers.get(2)).extracting(Prediction::label).containsExactly("fridge");
      assertThat(classifier.predict(List.of("the fridge"), 3).getFirst()).hasSize(3);
    }
  }

  @Test
  void theThresholdsOfEveryValidationAreLoggedAndTheBestOneIsKept() throws IOException {
    SmallRuns.train(config(MULTI, "bce", 6), folder, 1);
    var directory = new ModelDirectory(folder);
    var log = StepLog.read(directory.thresholdLog()).stream().map(ThresholdRecord.class::cast).toList();
    assertThat(log).extracting(ThresholdRecord::epoch).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
    assertThat(log).allSatisfy(record -> {
      assertThat(record.metrics()).containsKeys("micro_auc", "macro_auc", "best_threshold", "best_f1");
      assertThat(record.curves().keySet()).containsExactly("threshold", "micro_f1", "micro_precision", "micro_recall",
          "macro_f1", "macro_precision", "macro_recall");
      assertThat(record.curves().values()).allSatisfy(curve -> assertThat(curve).hasSize(21));
    });
    var best = log.stream().max((a, b) -> Double.compare(a.metrics().get("best_f1"), b.metrics().get("best_f1")));
    var target = (MultiLabelTarget) directory.readTarget();
    assertThat((double) target.thresholds().value(0))
        .isEqualTo((float) (double) best.orElseThrow().metrics().get("best_threshold"));
  }

  @Test
  void aStoppedRunOnSeveralLabelsIsResumedToTheSameBitsAndLog() throws IOException {
    var config = config(MULTI, LossConfig.of("distribution-balanced"),
        new SamplingConfig("class-balanced", "class", 0.9), DecisionConfig.DEFAULT, 5);
    SmallRuns.train(config, folder.resolve("straight"), 2);
    var stop = new StopSignal();
    Path resumed = folder.resolve("resumed");
    SmallRuns.train(config, resumed, 1, new CheckpointPolicy(7, 0, 0), new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == 20) {
          stop.request();
        }
      }
    }, stop);
    SmallRuns.train(config, resumed, 1);
    assertThat(SmallRuns.weights(resumed)).isEqualTo(SmallRuns.weights(folder.resolve("straight")));
    assertThat(new ModelDirectory(resumed).thresholdLog())
        .hasSameTextualContentAs(new ModelDirectory(folder.resolve("straight")).thresholdLog());
    assertThat(new ModelDirectory(resumed).target())
        .hasSameTextualContentAs(new ModelDirectory(folder.resolve("straight")).target());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ancestors", "conditional-softmax", "level-softmax", "distribution-balanced"})
  void pathsAreLearntWithEveryKindOfLoss(String loss) throws IOException {
    var result = SmallRuns.train(config(TAXONOMY, loss, 25), folder, 1);
    assertThat(f1(result)).isGreaterThan(0.95);
    var report = Objects.requireNonNull(result.report());
    assertThat(report.groups().get("Taxonomy level")).hasSize(3);
    assertThat(report.hierarchical()).isNotNull();
    try (Classifier classifier = Classifier.load(folder)) {
      assertThat(classifier.predict("my hammer 3").label()).isEqualTo("Tools");
      assertThat(classifier.answer(List.of("my fridge 2")).getFirst()).extracting(Prediction::label)
          .containsExactly("Home > Kitchen > Fridges");
    }
  }

  @Test
  void theHierarchicalConstraintTrainsToASaneF1() throws IOException {
    LossConfig constrained = LossConfig.of("ancestors")
        .with(StandardLosses.FOCAL_GAMMA, 2.0)
        .with(StandardLosses.ANCESTOR_WEIGHT, "more")
        .with(StandardLosses.HIERARCHICAL_CONSTRAINT, true);
    Map<String, LossConfig> losses = Map.of("alone", constrained,
        "triplet", constrained.with(AuxiliaryLoss.TREE_TRIPLET_WEIGHT, 0.5),
        "contrastive", constrained.with(AuxiliaryLoss.CONTRASTIVE_WEIGHT, 0.1));
    for (Map.Entry<String, LossConfig> loss : losses.entrySet()) {
      Path run = folder.resolve(loss.getKey());
      assertThat(f1(SmallRuns.train(
          config(TAXONOMY, loss.getValue(), SamplingConfig.SHUFFLED, DecisionConfig.DEFAULT, 25), run, 1)))
          .isGreaterThan(0.95);
      assertThat(((TaxonomyTarget) new ModelDirectory(run).readTarget()).link())
          .isEqualTo(Link.CONSTRAINED_SIGMOID);
    }
  }

  static Stream<String> losses() {
    return LossCatalog.losses().stream().map(LossDefinition::name);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void everyLossCanBeChosenForItsTargets(String name) throws IOException {
    for (LabelConfig labels : List.of(LabelConfig.single("path"), MULTI, TAXONOMY)) {
      Path run = folder.resolve(labels.target());
      if (LossCatalog.find(name).orElseThrow().formOf(labels.kind().forms()).isPresent()) {
        var result = SmallRuns.train(config(labels, name, 1), run, 1);
        assertThat(Metric.MICRO_F1.of(Objects.requireNonNull(result.report()).metrics())).isBetween(0.0, 1.0);
      } else {
        assertThatThrownBy(() -> config(labels, name, 1)).isInstanceOf(UserError.class)
            .hasMessageContaining("not '" + name + "'")
            .hasMessageContaining(LossConfig.defaultOf(labels.kind()).name());
      }
    }
  }

  @Test
  void aLossThatDoesNotFitTheTaxonomyIsAMistake() {
    LossConfig twoWeights = LossConfig.of("level-softmax").with(StandardLosses.LEVEL_WEIGHTS, List.of(1.0, 2.0));
    assertThatThrownBy(() -> SmallRuns.train(
        config(TAXONOMY, twoWeights, SamplingConfig.SHUFFLED, DecisionConfig.DEFAULT, 1), folder, 1))
        .isInstanceOf(UserError.class).hasMessageContaining("2 level weights for a tree of 3 levels");
    LossConfig contrastive = LossConfig.of("bce").with(AuxiliaryLoss.CONTRASTIVE_WEIGHT, 1.0);
    assertThatThrownBy(() -> SmallRuns.train(
        config(MULTI, contrastive, SamplingConfig.SHUFFLED, DecisionConfig.DEFAULT, 1), folder.resolve("b"), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("need texts with one label");
    assertThatThrownBy(() -> LossConfig.of("bce").with(StandardLosses.LABEL_SMOOTHING, 2.0))
        .isInstanceOf(UserError.class).hasMessageContaining("label-smoothing must be from 0.0 to");
    assertThatThrownBy(() -> LossConfig.of("bce").with(StandardLosses.FOCAL_GAMMA, 2.0))
        .isInstanceOf(UserError.class).hasMessageContaining("there is no setting focal-gamma here");
    assertThatThrownBy(() -> LossConfig.of("bse")).isInstanceOf(UserError.class).hasMessageContaining("'bce'");
  }

  private static TrainingResult fastText(LabelConfig labels, String loss, String paths, Path run, int threads)
      throws IOException {
    boolean separate = !loss.equals("cross-entropy") || paths.equals(FastTextLabels.ALL);
    var network = new FastTextTrainingConfig.Network(16, 1, 60, separate ? "one-vs-all" : "softmax", 1, 0, 0, 0, 1,
        new FastTextTrainingConfig.Text(true, 0, 0));
    var learnt = new FastTextLabels(loss.equals("cross-entropy") ? null : LossConfig.of(loss), paths,
        DecisionConfig.DEFAULT);
    var config = new FastTextTrainingConfig(config(labels, LossConfig.defaultOf(labels.kind()).name(), 1).data(),
        network, learnt,
        FastTextTuning.NONE, 5);
    Files.createDirectories(run);
    return ModelFamily.named("fasttext").newRun(config,
        RunContext.in(new ModelDirectory(run)).withCompute(ComputeOptions.threads(threads))).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bce", "distribution-balanced"})
  void fastTextLearnsSeveralLabelsToTheSameBitsOnAnyNumberOfThreads(String loss) throws IOException {
    var result = fastText(MULTI, loss, FastTextLabels.LAST, folder.resolve("one"), 1);
    assertThat(f1(result)).isGreaterThan(0.95);
    assertThat(new ModelDirectory(folder.resolve("one")).thresholdLog()).isNotEmptyFile();
    fastText(MULTI, loss, FastTextLabels.LAST, folder.resolve("two"), 2);
    assertThat(new ModelDirectory(folder.resolve("two")).file("model.bin"))
        .hasSameBinaryContentAs(new ModelDirectory(folder.resolve("one")).file("model.bin"));
    try (Classifier classifier = Classifier.load(folder.resolve("one"))) {
      assertThat(classifier.answer(List.of("the camera and the hammer")).getFirst()).extracting(Prediction::label)
          .containsExactlyInAnyOrder("camera", "hammer");
    }
  }

  @Test
  void fastTextLearnsOtherThingsFromOtherLosses() throws IOException {
    fastText(MULTI, "bce", FastTextLabels.LAST, folder.resolve("bce"), 1);
    fastText(MULTI, "distribution-balanced", FastTextLabels.LAST, folder.resolve("db"), 1);
    assertThat(Files.mismatch(new ModelDirectory(folder.resolve("bce")).file("model.bin"),
        new ModelDirectory(folder.resolve("db")).file("model.bin"))).isNotEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {FastTextLabels.LAST, FastTextLabels.ALL})
  void fastTextLearnsPathsAsOneLabelOrByAllAncestors(String paths) throws IOException {
    var result = fastText(TAXONOMY, "cross-entropy", paths, folder, 1);
    assertThat(f1(result)).isGreaterThan(0.95);
    assertThat(Objects.requireNonNull(result.report()).groups().get("Taxonomy level")).hasSize(3);
    try (Classifier classifier = Classifier.load(folder)) {
      assertThat(classifier.answer(List.of("my fridge 2")).getFirst()).extracting(Prediction::label)
          .containsExactly("Home > Kitchen > Fridges");
      float[] probabilities = classifier.probabilities(List.of("my washer 1"))[0];
      assertThat(probabilities[classifier.labels().indexOf("Home")]).isGreaterThan(0.8f);
    }
  }
}
