package crema.family.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.family.linear.FrozenSettings;
import crema.nn.io.SafetensorsReader;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.LossCatalog;
import crema.nn.model.HeadConfig;
import crema.nn.optim.Schedule;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.nn.train.ValidationRecord;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.TargetKind;
import crema.tensor.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads that are trained on the vectors of a frozen encoder: here a BERT of random numbers. */
class FrozenVectorsTest {
  private static final List<String> TITLES =
      List.of("bosch serie 6 washing machine 9kg", "apple iphone 8 64gb", "lg fridge freezer white");

  @TempDir
  static Path shared;
  static Path titles;
  static Path pretrained;

  @TempDir
  Path folder;

  @BeforeAll
  static void writePretrained() throws IOException {
    titles = SmallRuns.titles(shared);
    pretrained = SmallRuns.bert(shared);
  }

  private Settings config() {
    return SmallRuns.rows(new EncoderFamily().settings(), titles).without(DataSettings.LOWERCASE)
        .with(FineTuningSettings.ENCODER, pretrained.toString()).with(FineTuningSettings.FREEZE_ENCODER, true)
        .with(FrozenSettings.VECTOR_CACHE, folder.resolve("vectors").toString())
        .with(TrainingSettings.EPOCHS, 4).with(TrainingSettings.LEARNING_RATE, 1e-2)
        .with(OptimizationSettings.BATCH_SIZE, 16);
  }

  private TrainingResult train(Settings settings, String name) throws IOException {
    return train(settings, name, 1, new TrainingListener() {}, new StopSignal());
  }

  private TrainingResult train(Settings settings, String name, int threads, TrainingListener listener,
      StopSignal stop) throws IOException {
    return SmallRuns.train(new EncoderFamily().resolved(settings), folder.resolve(name), threads,
        CheckpointSettings.DEFAULT, listener, stop);
  }

  private byte[] weights(String name) throws IOException {
    return SmallRuns.weights(folder.resolve(name));
  }

  /** Notes what a run says, and the losses of its steps. */
  private static class Notes implements TrainingListener {
    private final List<String> stages = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();
    private String stage = "";
    private boolean embeds;

    @Override
    public void stage(String name) {
      stages.add(name);
      stage = name;
    }

    @Override
    public void progress(long done, long total) {
      embeds |= stage.equals("Embedding texts");
    }

    @Override
    public void step(StepRecord step, long totalSteps) {
      losses.add(step.loss());
    }
  }

  @ParameterizedTest
  @EnumSource(value = HeadConfig.Kind.class, names = "ORIGINAL", mode = EnumSource.Mode.EXCLUDE)
  void aHeadLearnsTheSameBitsAsWhenTheEncoderRunsForEveryBatch(HeadConfig.Kind head) throws IOException {
    // An encoder with dropout would not be the same each time.
    Path calm = Files.createDirectories(folder.resolve("calm"));
    Files.copy(pretrained.resolve("model.safetensors"), calm.resolve("model.safetensors"));
    Files.copy(pretrained.resolve("tokenizer.json"), calm.resolve("tokenizer.json"));
    Files.writeString(calm.resolve("config.json"), Files.readString(pretrained.resolve("config.json"))
        .replaceAll("(\"(hidden|attention_probs)_dropout_prob\" *: *)[0-9.]+", "$10.0"));
    Settings settings = config().with(FineTuningSettings.ENCODER, calm.toString()).with(EncoderSettings.HEAD, head)
        .with(TrainingSettings.EPOCHS, 2).with(EncoderSettings.BAG_SIZE, 4)
        .with(OptimizationSettings.BATCH_TOKENS, 512);
    train(settings, "vectors");
    train(settings.without(FineTuningSettings.FREEZE_ENCODER).without(FrozenSettings.VECTOR_CACHE)
        .with(FineTuningSettings.FREEZE_LAYERS, SmallRuns.BERT_LAYERS), "encoder");
    assertThat(weights("vectors")).isEqualTo(weights("encoder"));
  }

  @Test
  void theLossOfAnglesTrainsTheHeadOfCosinesAndNoOther() throws IOException {
    Settings angles = config().with(LossRows.LOSS, "arcface");
    assertThatThrownBy(() -> train(angles, "mlp")).isInstanceOf(UserError.class).hasMessageContaining("--head cosine");
    var notes = new Notes();
    train(angles.with(EncoderSettings.HEAD, HeadConfig.Kind.COSINE).with(TrainingSettings.EPOCHS, 8), "cosine", 1,
        notes, new StopSignal());
    assertThat(notes.losses.getLast()).isLessThan(0.7 * notes.losses.getFirst());
    try (Classifier classifier = Classifier.load(folder.resolve("cosine"))) {
      assertThat(Arrays.asList(classifier.logits(TITLES))).allSatisfy(logits -> {
        for (float logit : logits) {
          assertThat(Math.abs(logit)).isLessThanOrEqualTo(30.001f);
        }
      });
    }
  }

  @Test
  void vectorsAreMadeOnceForAllRunsAndAgainWhereAnotherEncoderOrPoolingWantsThem() throws IOException {
    var first = new Notes();
    train(config(), "first", 1, first, new StopSignal());
    var second = new Notes();
    train(config().with(EncoderSettings.HEAD, HeadConfig.Kind.NORMALIZED).with(TrainingSettings.LEARNING_RATE, 0.02),
        "second", 1, second, new StopSignal());
    assertThat(first.stages).contains("Embedding texts", "Training", "Testing");
    assertThat(first.embeds).isTrue();
    assertThat(second.embeds).isFalse();
    assertThat(caches()).hasSize(1);
    train(config().with(FineTuningSettings.POOLING, Pooling.FIRST), "third");
    assertThat(caches()).hasSize(2);
    train(config().with(FineTuningSettings.REINITIALIZE_LAYERS, 1), "fourth");
    train(config().with(FineTuningSettings.REINITIALIZE_LAYERS, 1).with(TrainingSettings.SEED, 4), "fifth");
    assertThat(caches()).hasSize(4);
  }

  private List<Path> caches() throws IOException {
    try (Stream<Path> folders = Files.list(folder.resolve("vectors"))) {
      return folders.toList();
    }
  }

  @Test
  void theModelIsWholeAndTheSameFromOneThreadAndTwoWithVectorsFromDiskOrNot() throws IOException {
    Settings linear = config().with(EncoderSettings.HEAD, HeadConfig.Kind.LINEAR);
    train(linear, "one");
    train(linear, "two", 2, new TrainingListener() {}, new StopSignal());
    train(linear.with(FrozenSettings.VECTOR_CACHE, folder.resolve("others").toString()), "three", 2,
        new TrainingListener() {}, new StopSignal());
    assertThat(weights("two")).isEqualTo(weights("one"));
    assertThat(weights("three")).isEqualTo(weights("one"));
    String metrics = Files.readString(folder.resolve("one/metrics.json"));
    try (Classifier classifier = Classifier.load(folder.resolve("one"))) {
      assertThat(classifier.logits(TITLES)).hasDimensions(3, classifier.labels().size());
      assertThat(metrics).contains("accuracy");
    }
    try (var reader = SafetensorsReader.open(folder.resolve("one/model.safetensors"))) {
      assertThat(reader.shapes()).containsKeys("classifier.weight", "backbone.embeddings.word_embeddings.weight");
    }
  }

  @Test
  void aStoppedRunGoesOnToTheSameBitsAndItsCheckpointsHaveTheHeadAlone() throws IOException {
    train(config(), "straight");
    var stop = new StopSignal();
    TrainingResult stopped = train(config(), "stopped", 1, new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == totalSteps / 2 + 1) {
          stop.request();
        }
      }
    }, stop);
    assertThat(stopped.isInterrupted()).isTrue();
    try (Stream<Path> files = Files.walk(folder.resolve("stopped/checkpoints"))) {
      List<Path> checkpoints = files.filter(file -> file.toString().endsWith(".safetensors")).toList();
      assertThat(checkpoints).isNotEmpty();
      for (Path checkpoint : checkpoints) {
        try (var reader = SafetensorsReader.open(checkpoint)) {
          assertThat(reader.shapes().keySet()).anyMatch(name -> name.contains("classifier."))
              .noneMatch(name -> name.contains("backbone."));
        }
      }
    }
    // Also where the vectors that it began with are gone.
    train(config().with(FrozenSettings.VECTOR_CACHE, folder.resolve("others").toString()), "stopped");
    assertThat(weights("stopped")).isEqualTo(weights("straight"));
  }

  @Test
  void aDeeperHeadIsWrittenAndReadAndLearns() throws IOException {
    var notes = new Notes() {
      private double first = Double.NaN;
      private double last;

      @Override
      public void validated(ValidationRecord record, boolean isBest) {
        first = Double.isNaN(first) ? record.loss() : first;
        last = record.loss();
      }
    };
    train(config().with(EncoderSettings.HEAD, HeadConfig.Kind.MLP).with(EncoderSettings.HEAD_LAYERS, 2)
        .with(EncoderSettings.HEAD_SIZE, 48).with(EncoderSettings.HEAD_DROPOUT, 0.2)
        .with(TrainingSettings.EPOCHS, 20), "deep", 1, notes,
        new StopSignal());
    assertThat(notes.last).isLessThan(0.9 * notes.first);
    assertThat(Files.readString(folder.resolve("deep/config.json"))).contains("\"head_layers\" : 2");
    try (var reader = SafetensorsReader.open(folder.resolve("deep/model.safetensors"));
        Classifier classifier = Classifier.load(folder.resolve("deep"))) {
      assertThat(reader.shapes().keySet()).contains("classifier.1.weight", "classifier.4.weight",
          "classifier.7.weight");
      assertThat(reader.shapes().get("classifier.4.weight").toString()).contains("48");
      assertThat(classifier.predict(TITLES.getFirst()).label()).isIn(classifier.labels());
    }
  }

  static Stream<List<Object>> losses() {
    return Stream.of(TargetKind.values()).flatMap(target -> LossCatalog.fitting(target.forms()).stream()
        .map(loss -> List.<Object>of(target, loss.name())));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void everyLossOfTheCatalogTrainsAHead(List<Object> row) throws IOException {
    TargetKind target = (TargetKind) row.getFirst();
    Path rows = switch (target) {
      case SINGLE -> titles;
      case MULTI -> relabelled(label -> label + "|" + (label.contains("Fridge") ? "cold" : "other"));
      case TAXONOMY -> relabelled(label -> (label.contains("Fridge") ? "cold" : "other") + " / " + label);
    };
    Settings settings = config().with(DataSettings.TRAIN, rows.toString()).with(LabelSettings.TARGET, target)
        .with(LossRows.LOSS, row.getLast().toString()).with(OptimizationSettings.SCHEDULE,
            Schedule.Decay.NONE)
        .with(TrainingSettings.EPOCHS, 6).with(EncoderSettings.HEAD_DROPOUT, 0.0);
    settings = row.getLast().equals("arcface") ? settings.with(EncoderSettings.HEAD, HeadConfig.Kind.COSINE) : settings;
    settings = target == TargetKind.MULTI ? settings.with(LabelSettings.LABEL_SEPARATOR, "|")
        : target == TargetKind.TAXONOMY ? settings.with(LabelSettings.PATH_SEPARATOR, " / ") : settings;
    var notes = new Notes();
    train(settings, "model", 1, notes, new StopSignal());
    int quarter = notes.losses.size() / 4;
    assertThat(mean(notes.losses.subList(notes.losses.size() - quarter, notes.losses.size())))
        .isLessThan(mean(notes.losses.subList(0, quarter)));
  }

  private static double mean(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private Path relabelled(UnaryOperator<String> labels) throws IOException {
    var lines = new ArrayList<String>();
    for (String line : Files.readAllLines(titles)) {
      int group = line.lastIndexOf(',');
      int label = line.lastIndexOf(',', group - 1);
      lines.add(lines.isEmpty() ? line
          : line.substring(0, label + 1) + labels.apply(line.substring(label + 1, group)) + line.substring(group));
    }
    return Files.write(folder.resolve("relabelled.csv"), lines);
  }

  @Test
  void aFrozenEncoderHasDefaultsOfItsOwn() {
    Settings plain = SmallRuns.rows(new EncoderFamily().settings(), titles).without(DataSettings.LOWERCASE)
        .with(FineTuningSettings.ENCODER, pretrained.toString());
    Settings tuned = new EncoderFamily().resolved(plain);
    Settings frozen = new EncoderFamily().resolved(plain.with(FineTuningSettings.FREEZE_ENCODER, true));
    assertThat(tuned.get(EncoderSettings.HEAD)).isEqualTo(HeadConfig.Kind.LINEAR);
    assertThat(tuned.get(TrainingSettings.EPOCHS)).isEqualTo(5);
    assertThat(frozen.get(EncoderSettings.HEAD)).isEqualTo(HeadConfig.Kind.MLP);
    assertThat(frozen.get(TrainingSettings.EPOCHS)).isEqualTo(40);
    assertThat(frozen.get(TrainingSettings.LEARNING_RATE)).isEqualTo(3e-3);
    Settings given = new EncoderFamily().resolved(plain.with(FineTuningSettings.FREEZE_ENCODER, true)
        .with(EncoderSettings.HEAD, HeadConfig.Kind.ORIGINAL).with(TrainingSettings.EPOCHS, 2));
    assertThat(given.get(TrainingSettings.EPOCHS)).isEqualTo(2);
    assertThat(given.get(TrainingSettings.LEARNING_RATE)).isEqualTo(2e-4);
  }

  @Test
  void whatWouldRunTheEncoderForEveryBatchStillDoes() throws IOException {
    var original = new Notes();
    train(config().without(FrozenSettings.VECTOR_CACHE).with(EncoderSettings.HEAD, HeadConfig.Kind.ORIGINAL)
        .with(TrainingSettings.EPOCHS, 1), "original", 1, original, new StopSignal());
    var dropped = new Notes();
    train(config().without(FrozenSettings.VECTOR_CACHE).with(EncoderSettings.TOKEN_DROPOUT, 0.1)
        .with(TrainingSettings.EPOCHS, 1), "dropped", 1, dropped, new StopSignal());
    assertThat(original.stages).doesNotContain("Embedding texts");
    assertThat(dropped.stages).doesNotContain("Embedding texts");
  }

  @Test
  void mistakesAreOneLine() {
    assertMistake(config().with(LossRows.row(AuxiliaryLoss.CONTRASTIVE_WEIGHT), 0.1),
        "contrastive-weight has no effect with --freeze-encoder");
    assertMistake(config().without(FineTuningSettings.FREEZE_ENCODER), "vector-cache has no effect");
    assertMistake(config().with(FineTuningSettings.UNFREEZE_EVERY, 1),
        "unfreeze-every has no effect with --freeze-encoder");
    assertMistake(config().with(EncoderSettings.HEAD, HeadConfig.Kind.LINEAR).with(EncoderSettings.HEAD_LAYERS, 2),
        "head-layers");
  }

  private void assertMistake(Settings settings, String part) {
    assertThatThrownBy(() -> train(settings, "mistake")).isInstanceOf(UserError.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(part).doesNotContain("\n"));
  }
}
