package crema.family.encoder;

import static crema.task.TargetKind.MULTI;
import static crema.task.TargetKind.TAXONOMY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.Prediction;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.fasttext.FastTextSettings.PathLabels;
import crema.metrics.Metric;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.Link;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.StandardLosses;
import crema.nn.model.HeadConfig;
import crema.nn.train.StepLog;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.nn.train.ThresholdRecord;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationMetric;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.LossConfig;
import crema.task.LossRows;
import crema.task.MultiLabelTarget;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import crema.tokenizer.TokenizerTrainer;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of the encoder on several labels a text and on paths. */
class TargetTrainingTest {
  private static final List<String> THINGS = List.of("washer", "fridge", "camera", "phone", "hammer");
  private static final List<String> PATHS = List.of("Home > Kitchen > Washers", "Home > Kitchen > Fridges",
      "Electronics > Cameras", "Electronics > Phones", "Tools");

  @TempDir
  static Path shared;
  static Path rows;
  static Path tokenizer;

  @TempDir
  Path folder;

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
    TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withVocabularySize(400).train(lines.stream()).save(tokenizer);
  }

  /** Settings of a family for the rows of a target. */
  private static Settings rows(Settings settings, TargetKind target) {
    return settings.with(DataSettings.TRAIN, rows.toString())
        .with(DataSettings.TEXT, target == TargetKind.MULTI ? "text" : "name").with(LabelSettings.TARGET, target)
        .with(LabelSettings.LABEL, target == TargetKind.MULTI ? "labels" : "path")
        .with(LabelSettings.LABEL_SEPARATOR, ";")
        .with(DataSettings.VALIDATION_FRACTION, 0.2).with(DataSettings.TEST_FRACTION, 0.2)
        .with(TrainingSettings.SEED, 5);
  }

  private static Settings config(TargetKind target, String loss, int epochs) {
    return rows(new EncoderFamily().settings(), target)
        .with(EncoderSettings.TOKENIZER, tokenizer.toString()).with(EncoderSettings.MAX_LENGTH, 16)
        .with(EncoderSettings.HIDDEN_SIZE, 16).with(EncoderSettings.LAYERS, 1).with(EncoderSettings.HEADS, 2)
        .with(EncoderSettings.KV_HEADS, 1).with(EncoderSettings.FFN_SIZE, 32)
        .with(EncoderSettings.HEAD_DROPOUT, 0).with(EncoderSettings.DROP_PATH, 0)
        .with(LossRows.LOSS, loss)
        .with(EncoderSettings.HEAD, loss.equals("arcface") ? HeadConfig.Kind.COSINE : HeadConfig.Kind.MLP)
        .with(TrainingSettings.EPOCHS, epochs).with(TrainingSettings.LEARNING_RATE, 1e-2)
        .with(OptimizationSettings.BATCH_TOKENS, 128).with(OptimizationSettings.BETA2, 0.99)
        .with(OptimizationSettings.WARMUP, 5)
        .with(ValidationSettings.METRIC, ValidationMetric.MICRO_F1);
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
    assertThat(report.uncalibrated()).isNotNull();
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
    assertThat(target.thresholds().value(0)).isEqualTo(target.trust().confidence()
        .probability((float) (double) best.orElseThrow().metrics().get("best_threshold")));
  }

  @Test
  void aStoppedRunOnSeveralLabelsIsResumedToTheSameBitsAndLog() throws IOException {
    Settings config = config(MULTI, "distribution-balanced", 5)
        .with(SamplingSettings.SAMPLER, SamplingSettings.Kind.CLASS_BALANCED);
    SmallRuns.train(config, folder.resolve("straight"), 2);
    var stop = new StopSignal();
    Path resumed = folder.resolve("resumed");
    SmallRuns.train(config, resumed, 1, SmallRuns.checkpointsEvery(7), new TrainingListener() {
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
    Settings constrained = config(TAXONOMY, "ancestors", 25)
        .with(LossRows.row(StandardLosses.FOCAL_GAMMA), 2)
        .with(LossRows.row(StandardLosses.ANCESTOR_WEIGHT), "more")
        .with(LossRows.row(StandardLosses.HIERARCHICAL_CONSTRAINT), true);
    Map<String, Settings> losses = Map.of("alone", constrained,
        "triplet", constrained.with(LossRows.row(AuxiliaryLoss.TREE_TRIPLET_WEIGHT), 0.5),
        "contrastive", constrained.with(LossRows.row(AuxiliaryLoss.CONTRASTIVE_WEIGHT), 0.1));
    for (Map.Entry<String, Settings> loss : losses.entrySet()) {
      Path run = folder.resolve(loss.getKey());
      assertThat(f1(SmallRuns.train(loss.getValue(), run, 1))).isGreaterThan(0.95);
      assertThat(((TaxonomyTarget) new ModelDirectory(run).readTarget()).link())
          .isEqualTo(Link.CONSTRAINED_SIGMOID);
    }
  }

  static Stream<String> losses() {
    return LossCatalog.of(LossDefinition.Input.LOGITS).stream().map(LossDefinition::name);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void everyLossCanBeChosenForItsTargets(String name) throws IOException {
    for (TargetKind target : TargetKind.values()) {
      Path run = folder.resolve(target.key());
      if (LossCatalog.find(name).orElseThrow().formOf(target.forms()).isPresent()) {
        var result = SmallRuns.train(config(target, name, 1), run, 1);
        assertThat(Metric.MICRO_F1.of(Objects.requireNonNull(result.report()).metrics())).isBetween(0.0, 1.0);
      } else {
        assertThatThrownBy(() -> SmallRuns.train(config(target, name, 1), run, 1)).isInstanceOf(UserError.class)
            .hasMessageContaining("not '" + name + "'")
            .hasMessageContaining(LossConfig.defaultOf(target).name());
      }
    }
  }

  @Test
  void aLossThatDoesNotFitTheTaxonomyIsAMistake() {
    Settings twoWeights = config(TAXONOMY, "level-softmax", 1)
        .with(LossRows.row(StandardLosses.LEVEL_WEIGHTS), List.of(1.0, 2.0));
    assertThatThrownBy(() -> SmallRuns.train(twoWeights, folder, 1))
        .isInstanceOf(UserError.class).hasMessageContaining("2 level weights for a tree of 3 levels");
    Settings contrastive = config(MULTI, "bce", 1).with(LossRows.row(AuxiliaryLoss.CONTRASTIVE_WEIGHT), 1);
    assertThatThrownBy(() -> SmallRuns.train(contrastive, folder.resolve("b"), 1))
        .isInstanceOf(UserError.class).hasMessageContaining("need texts with one label");
    assertThatThrownBy(() -> LossConfig.of("bce").with(StandardLosses.LABEL_SMOOTHING, 2.0))
        .isInstanceOf(UserError.class).hasMessageContaining("label-smoothing must be from 0.0 to");
    assertThatThrownBy(() -> LossConfig.of("bce").with(StandardLosses.FOCAL_GAMMA, 2.0))
        .isInstanceOf(UserError.class).hasMessageContaining("there is no setting focal-gamma here");
    assertThatThrownBy(() -> LossConfig.of("bse")).isInstanceOf(UserError.class).hasMessageContaining("'bce'");
  }

  private static TrainingResult fastText(TargetKind target, String loss, PathLabels paths, Path run, int threads)
      throws IOException {
    var family = new FastTextFamily();
    Settings plain = rows(family.settings(), target).with(DataSettings.LOWERCASE, true)
        .with(FastTextSettings.DIM, 16).with(TrainingSettings.LEARNING_RATE, 1).with(TrainingSettings.EPOCHS, 60)
        .with(FastTextSettings.WORD_NGRAMS, 1).with(FastTextSettings.MINN, 0).with(FastTextSettings.MAXN, 0)
        .with(FastTextSettings.BUCKETS, 0).with(FastTextSettings.PATH_LABELS, paths);
    Settings settings = loss.equals("cross-entropy") ? plain : plain.with(LossRows.LOSS, loss);
    Files.createDirectories(run);
    return family.newRun(settings,
        RunContext.in(new ModelDirectory(run)).withCompute(ComputeOptions.threads(threads))).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bce", "distribution-balanced"})
  void fastTextLearnsSeveralLabelsToTheSameBitsOnAnyNumberOfThreads(String loss) throws IOException {
    var result = fastText(MULTI, loss, PathLabels.LAST, folder.resolve("one"), 1);
    assertThat(f1(result)).isGreaterThan(0.95);
    assertThat(new ModelDirectory(folder.resolve("one")).thresholdLog()).isNotEmptyFile();
    fastText(MULTI, loss, PathLabels.LAST, folder.resolve("two"), 2);
    assertThat(new ModelDirectory(folder.resolve("two")).file("model.bin"))
        .hasSameBinaryContentAs(new ModelDirectory(folder.resolve("one")).file("model.bin"));
    try (Classifier classifier = Classifier.load(folder.resolve("one"))) {
      assertThat(classifier.answer(List.of("the camera and the hammer")).getFirst()).extracting(Prediction::label)
          .containsExactlyInAnyOrder("camera", "hammer");
    }
  }

  @Test
  void fastTextLearnsOtherThingsFromOtherLosses() throws IOException {
    fastText(MULTI, "bce", PathLabels.LAST, folder.resolve("bce"), 1);
    fastText(MULTI, "distribution-balanced", PathLabels.LAST, folder.resolve("db"), 1);
    assertThat(Files.mismatch(new ModelDirectory(folder.resolve("bce")).file("model.bin"),
        new ModelDirectory(folder.resolve("db")).file("model.bin"))).isNotEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource
  void fastTextLearnsPathsAsOneLabelOrByAllAncestors(PathLabels paths) throws IOException {
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
