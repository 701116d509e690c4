package crema.family.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.LabelSet;
import crema.data.Row;
import crema.data.RowMeta;
import crema.data.RowSource;
import crema.nn.ParameterSource;
import crema.nn.model.fusion.FusionConfig;
import crema.nn.model.fusion.FusionKind;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.nn.train.TrainingLoop;
import crema.run.ValidationMetric;
import crema.run.Validator;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Of the six labels texts cannot tell the first two apart and pictures not the last two; parts say so by vectors that have
 * a one where the label is.
 */
class FusionTrainingTest {
  private static final int LABELS = 6;
  private static final Target TARGET = new SingleLabelTarget(
      LabelSet.of(List.of("a", "b", "c", "d", "e", "f"), new long[] {40, 40, 40, 40, 40, 40}));

  @TempDir
  private Path folder;

  private static FusionParts parts() {
    return new FusionParts(new NumberPart(false, TARGET, LABELS), new NumberPart(true, TARGET, LABELS));
  }

  private static RowSource rows(int count, long seed) {
    var random = new Random(seed);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(LABELS);
      int written = label < 2 ? random.nextInt(2) : label;
      int drawn = label >= 4 ? 4 + random.nextInt(2) : label;
      String text = i % 9 == 0 ? "" : "t" + written;
      String picture = i % 9 == 1 ? null : "p" + drawn;
      rows.add(new Row(text, List.of(text), List.of(TARGET.labels().name(label)),
          new RowMeta(null, null, "memory", i, List.of(), 1, picture)));
    }
    return RowSource.of(rows);
  }

  private FusionRows asked(String name, RowSource rows) {
    return new FusionRows.Asking(TARGET, parts(), text -> new int[] {Integer.parseInt(text.substring(1))}, name, folder,
        new TrainingListener() {}, new StopSignal()).about(name, rows, 0);
  }

  private static Settings settings(FusionKind kind) {
    return new FusionFamily().settings().with(FusionSettings.FUSION, kind).with(FusionSettings.FUSION_SIZE, 16)
        .with(FusionSettings.FUSION_EPOCHS, 12).with(FusionSettings.PICTURE_EPOCHS, 2)
        .with(FusionSettings.FUSION_BATCH, 32).with(FusionSettings.FUSION_LEARNING_RATE, 0.01);
  }

  private record Trained(Map<String, float[]> weights, TrainingLoop.Outcome outcome, double accuracy,
      double accuracyOfTexts) {}

  private Trained train(FusionKind kind, int threads, String name, StopSignal stop, TrainingListener listener)
      throws IOException {
    var directory = new ModelDirectory(Files.createDirectories(folder.resolve(name)));
    JsonFile.write(directory.trainingConfig(), Map.of("fusion", kind.key()));
    Settings settings = settings(kind);
    RunContext context = RunContext.in(directory).withCompute(ComputeOptions.threads(threads)).withStop(stop)
        .withListener(listener).withCheckpoints(CheckpointSettings.OFTEN);
    var validator = new Validator(TARGET, new AnswerSettings(settings), ValidationMetric.ACCURACY);
    var config = new FusionConfig(kind, LABELS, LABELS, 16, 0.1, 0.1, LABELS);
    try (FusionRows train = asked("train", rows(300, 1));
        FusionRows validation = asked("validation", rows(120, 2));
        var backend = Backend.open(Device.CPU, new BackendOptions(threads));
        var network = new FusionNetwork(ParameterSource.random(backend, 1), config)) {
      var training =
          new FusionTraining(new FusionLoop(settings, context, TARGET, "data"), backend, network);
      TrainingLoop.Outcome outcome = training.run(train, validation, validator);
      var weights = new LinkedHashMap<String, float[]>();
      network.stateDict().forEach((key, tensor) -> weights.put(key, tensor.toFloats()));
      var scores = new FusionScores(validation, backend, network, validator);
      return new Trained(weights, outcome, scores.value(new FusionMix(0, 0, 1), scores.all()),
          scores.value(FusionMix.TEXT, scores.all()));
    }
  }

  private Trained train(FusionKind kind, int threads, String name) throws IOException {
    return train(kind, threads, name, new StopSignal(), new TrainingListener() {});
  }

  @ParameterizedTest
  @EnumSource
  void theJoinedVectorTellsWhatNeitherTextNorPictureTellsAlone(FusionKind kind) throws IOException {
    Trained trained = train(kind, 1, "one");
    assertThat(trained.accuracy).isGreaterThan(trained.accuracyOfTexts + 0.1).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @EnumSource
  void trainingGivesTheSameBitsOnTwoThreadsAndAfterAStop(FusionKind kind) throws IOException {
    Map<String, float[]> one = train(kind, 1, "one").weights;
    assertThat(train(kind, 2, "two").weights).usingRecursiveComparison().isEqualTo(one);
    // Once in the first stage, once in the second.
    for (int stopped : new int[] {5, 60}) {
      String name = "stopped-" + stopped;
      var stop = new StopSignal();
      var steps = new int[1];
      Trained begun = train(kind, 1, name, stop, new TrainingListener() {
        @Override
        public void step(StepRecord step, long total) {
          if (++steps[0] == stopped) {
            stop.request();
          }
        }
      });
      assertThat(begun.outcome.isFinished()).isFalse();
      assertThat(train(kind, 2, name).weights).as("stopped after %d steps", stopped).usingRecursiveComparison()
          .isEqualTo(one);
    }
  }

  @Test
  void rowsWithoutATextOrAPictureStayAndThoseWithoutBothAreLeftOut() {
    var meta = new RowMeta(null, null, "memory", 1, List.of(), 1, null);
    try (FusionRows asked = asked("some", RowSource.concat(List.of(rows(18, 3),
        RowSource.of(List.of(new Row("", List.of(""), List.of("a"), meta))), rows(9, 4))))) {
      assertThat(asked.size()).isEqualTo(27);
      assertThat(asked.nothing()).isEqualTo(1);
      assertThat(asked.said(0).text()).isNull();
      assertThat(asked.said(1).picture()).isNull();
      assertThat(asked.said(2).text()).isNotNull();
      assertThat(asked.withPictures().size()).isEqualTo(24);
      assertThat(asked.presence(new int[] {18, 19, 20}).text()).containsExactly(false, true, true);
    }
  }

  @Test
  void theValidationRowsLeaveAPartOutThatSaysNothing() throws IOException {
    Settings settings = settings(FusionKind.CONCAT);
    var validator = new Validator(TARGET, new AnswerSettings(settings), ValidationMetric.ACCURACY);
    try (FusionRows validation = asked("validation", rows(200, 5));
        var backend = Backend.open(Device.CPU);
        var network = new FusionNetwork(ParameterSource.random(backend, 1),
            new FusionConfig(FusionKind.CONCAT, LABELS, LABELS, 16, 0.1, 0.1, LABELS))) {
      var scores = new FusionScores(validation, backend, network, validator);
      FusionMix best = scores.best();
      assertThat(scores.value(best, scores.all())).isGreaterThanOrEqualTo(scores.value(FusionMix.TEXT, scores.all()))
          .isGreaterThan(scores.value(best, scores.all().withoutPictures()));
    }
  }

  /** Pictures say another label than the right one as often as that: a mix by their own weight would lose. */
  @Test
  void picturesThatAreNoiseDoNotMakeStrongTextsWorse() throws IOException {
    var random = new Random(9);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 400; i++) {
      int label = random.nextInt(LABELS);
      int written = random.nextInt(20) == 0 ? random.nextInt(LABELS) : label;
      rows.add(new Row("t" + written, List.of("t" + written), List.of(TARGET.labels().name(label)),
          new RowMeta(null, null, "memory", i, List.of(), 1, "p" + random.nextInt(LABELS))));
    }
    Settings settings = settings(FusionKind.CONCAT);
    var validator = new Validator(TARGET, new AnswerSettings(settings), ValidationMetric.ACCURACY);
    try (FusionRows chosenBy = asked("chosen-by", RowSource.of(rows.subList(0, 200)));
        FusionRows judgedBy = asked("judged-by", RowSource.of(rows.subList(200, 400)));
        var backend = Backend.open(Device.CPU);
        var network = new FusionNetwork(ParameterSource.random(backend, 1),
            new FusionConfig(FusionKind.CONCAT, LABELS, LABELS, 16, 0.1, 0.1, LABELS))) {
      FusionMix best = new FusionScores(chosenBy, backend, network, validator).best();
      assertThat(best.picture()).isLessThan(0.2 * best.text());
      var judged = new FusionScores(judgedBy, backend, network, validator);
      assertThat(judged.value(best, judged.all())).isGreaterThanOrEqualTo(judged.value(FusionMix.TEXT, judged.all()))
          .isGreaterThan(judged.value(FusionMix.ALL, judged.all()));
    }
  }

  @Test
  void aPartThatLacksALabelIsRefusedByItsName() {
    Target fewer = new SingleLabelTarget(LabelSet.of(List.of("a", "b"), new long[] {1, 1}));
    var parts = new FusionParts(new NumberPart(false, TARGET, LABELS), new NumberPart(true, fewer, LABELS));
    assertThatThrownBy(() -> parts.requireLabels(TARGET, "models/x")).isInstanceOf(UserError.class)
        .hasMessage("models/x: the model of pictures does not know the label 'c'");
  }
}
