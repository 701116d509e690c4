package crema.family.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.GradCheck;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Embedding;
import crema.base.Rng;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.LearningPart;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.LabelSet;
import crema.data.PackedBatch;
import crema.data.Row;
import crema.data.RowMeta;
import crema.data.RowSource;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.fusion.FusionConfig;
import crema.nn.model.fusion.FusionKind;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.model.fusion.Presence;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.nn.train.TrainingLoop;
import crema.nn.train.ValidationRecord;
import crema.run.ValidationMetric;
import crema.run.Validator;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Six labels, of which texts cannot tell the first two apart and pictures not the last two. The parts start at random. */
class JointTrainingTest {
  private static final int LABELS = 6;
  private static final int FEATURES = 5;
  private static final Target TARGET = new SingleLabelTarget(
      LabelSet.of(List.of("a", "b", "c", "d", "e", "f"), new long[] {40, 40, 40, 40, 40, 40}));

  @TempDir
  private Path folder;

  /** A vector for each token, or for the number in the location of a picture; and a layer of logits. */
  private static final class Table extends Module implements LearningPart {
    private final FusionParts.Part part;
    private final Variable table;
    private final Linear head;

    Table(FusionParts.Part part, ParameterSource source, Variable table) {
      this.part = part;
      this.table = table;
      head = module("head", new Linear(source, FEATURES, LABELS));
    }

    static Table of(FusionParts.Part part, Backend backend) {
      var source = ParameterSource.random(backend, part.ordinal() + 3);
      var random = new Table(part, source, source.create(new Initializer.Normal(1), LABELS, FEATURES));
      random.parameter("table", random.table);
      return random;
    }

    @Override
    public Module network() {
      return this;
    }

    @Override
    public Said say(Tape tape, PackedBatch batch, long epoch) {
      var numbers = new int[batch.sequences()];
      Arrays.setAll(numbers, row -> part == FusionParts.Part.TEXT ? batch.ids()[batch.cuSeqlens()[row]]
          : Integer.parseInt(String.valueOf(batch.meta(row).picture()).substring(1)));
      Variable vectors = Embedding.apply(tape, table, tape.scope().ints(numbers, numbers.length), 1);
      return new Said(vectors, head.forward(tape, vectors));
    }

    @Override
    public boolean isPretrained() {
      return false;
    }

    @Override
    public void write(ModelDirectory directory) {
      throw new IllegalStateException("nothing to write");
    }
  }

  private static RowSource rows(int count, long seed) {
    var random = new Random(seed);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(LABELS);
      String text = i % 9 == 0 ? "" : "t" + (label < 2 ? random.nextInt(2) : label);
      String picture = i % 9 == 1 ? null : "p" + (label >= 4 ? 4 + random.nextInt(2) : label);
      rows.add(new Row(text, List.of(text), List.of(TARGET.labels().name(label)),
          new RowMeta(null, null, "memory", i, List.of(), 1, picture)));
    }
    return RowSource.of(rows);
  }

  private FusionRows asked(String name, RowSource rows) {
    var parts = new FusionParts(new NumberPart(false, TARGET, FEATURES), new NumberPart(true, TARGET, FEATURES));
    return new FusionRows.Asking(TARGET, parts, text -> new int[] {Integer.parseInt(text.substring(1))}, name, folder,
        new TrainingListener() {}, new StopSignal()).about(name, rows, 0);
  }

  private record Trained(Map<String, float[]> before, Map<String, float[]> after, TrainingLoop.Outcome outcome,
      List<Double> accuracies) {}

  private Trained train(List<FusionParts.Part> learning, int threads, String name, long stopAfter) throws IOException {
    var directory = new ModelDirectory(Files.createDirectories(folder.resolve(name)));
    JsonFile.write(directory.trainingConfig(), Map.of("fusion", "gate"));
    Settings settings = new FusionFamily().settings().with(FusionSettings.JOINT_EPOCHS, 10)
        .with(FusionSettings.JOINT_LEARNING_RATE, 0.02).with(FusionSettings.FUSION_BATCH, 32);
    var accuracies = new ArrayList<Double>();
    var stop = new StopSignal();
    RunContext context = RunContext.in(directory).withCompute(ComputeOptions.threads(threads)).withStop(stop)
        .withCheckpoints(CheckpointSettings.OFTEN).withListener(new TrainingListener() {
          private long steps;

          @Override
          public void step(StepRecord step, long total) {
            if (++steps == stopAfter) {
              stop.request();
            }
          }

          @Override
          public void validated(ValidationRecord validation, boolean isBest) {
            accuracies.add(Objects.requireNonNull(validation.metrics().get("accuracy")));
          }
        });
    var validator = new Validator(TARGET, new AnswerSettings(settings), ValidationMetric.ACCURACY);
    try (FusionRows train = asked("train", rows(300, 1));
        FusionRows validation = asked("validation", rows(120, 2));
        var backend = Backend.open(Device.CPU, new BackendOptions(threads));
        var network = new FusionNetwork(ParameterSource.random(backend, 1),
            new FusionConfig(FusionKind.GATE, FEATURES, FEATURES, 16, 0.1, 0.1, LABELS));
        var text = Table.of(FusionParts.Part.TEXT, backend);
        var picture = Table.of(FusionParts.Part.PICTURE, backend)) {
      var learners = new EnumMap<FusionParts.Part, JointNetwork.Learner>(FusionParts.Part.class);
      var places = new int[] {0, 1, 2, 3, 4, 5};
      learning.forEach(part -> learners.put(part,
          new JointNetwork.Learner(part == FusionParts.Part.TEXT ? text : picture, places)));
      Map<String, float[]> before = weights(network, text, picture);
      TrainingLoop.Outcome outcome =
          new JointTraining(new FusionLoop(settings, context, TARGET, "data"), backend, network, learners)
              .run(train, validation, validator, new FusionMix(0, 0, 1));
      return new Trained(before, weights(network, text, picture), outcome, accuracies);
    }
  }

  private static Map<String, float[]> weights(FusionNetwork network, Table text, Table picture) {
    var weights = new LinkedHashMap<String, float[]>();
    network.stateDict().forEach((key, tensor) -> weights.put("fusion." + key, tensor.toFloats()));
    text.stateDict().forEach((key, tensor) -> weights.put("text." + key, tensor.toFloats()));
    picture.stateDict().forEach((key, tensor) -> weights.put("picture." + key, tensor.toFloats()));
    return weights;
  }

  private static final List<FusionParts.Part> BOTH = List.of(FusionParts.Part.values());

  @Test
  void allThreeLearnEndToEndUntilTheyTellWhatNeitherTextNorPictureTellsAlone() throws IOException {
    Trained trained = train(BOTH, 1, "both", 0);
    for (String name : List.of("text.table", "text.head.weight", "picture.table", "picture.head.weight",
        "fusion.text.projection.weight", "fusion.classifier.weight", "fusion.shares.logit")) {
      assertThat(trained.after.get(name)).as(name).isNotEqualTo(trained.before.get(name));
    }
    assertThat(trained.accuracies.getLast()).isGreaterThan(0.9);
  }

  @Test
  void aPartThatDoesNotLearnStaysAsItIsAndSaysWhatItSaidBefore() throws IOException {
    Trained trained = train(List.of(FusionParts.Part.PICTURE), 1, "picture", 0);
    assertThat(trained.after.get("text.table")).isEqualTo(trained.before.get("text.table"));
    assertThat(trained.after.get("picture.table")).isNotEqualTo(trained.before.get("picture.table"));
    assertThat(trained.accuracies.getLast()).isGreaterThan(0.9);
  }

  @Test
  void trainingGivesTheSameBitsOnTwoThreadsAndAfterAStop() throws IOException {
    Map<String, float[]> one = train(BOTH, 1, "one", 0).after;
    assertThat(train(BOTH, 2, "two", 0).after).usingRecursiveComparison().isEqualTo(one);
    assertThat(train(BOTH, 1, "stopped", 23).outcome.isFinished()).isFalse();
    assertThat(train(BOTH, 2, "stopped", 0).after).usingRecursiveComparison().isEqualTo(one);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsReachBothPartsAndAreThoseOfDifferenceQuotients(FusionKind kind) {
    try (var backend = Backend.open(Device.REFERENCE);
        var scope = new Scope(backend);
        var network = new FusionNetwork(ParameterSource.random(backend, DType.F64, 3),
            new FusionConfig(kind, FEATURES, FEATURES, 4, 0.1, 0, LABELS))) {
      // The classifier starts at zero, behind which no gradient would show.
      network.stateDict().forEach((name, tensor) -> {
        if (name.startsWith("classifier")) {
          new Initializer.Normal(0.5).fill(tensor, new Rng(5, 0).stream(name.length()));
        }
      });
      var tables = new ArrayList<Tensor>();
      for (int stream : new int[] {11, 12}) {
        Tensor table = scope.empty(DType.F64, LABELS, FEATURES);
        new Initializer.Normal(1).fill(table, new Rng(7, 0).stream(stream));
        tables.add(table);
      }
      String[] pictures = {"p1", "p4", "p0", "p1"};
      // The second row has no text, and the third no picture.
      var batch = new PackedBatch(new int[] {2, 0, 5, 2}, new int[] {0, 1, 2, 3, 4}, new int[] {0, 1, 2, 3},
          new int[] {0, 1, 2, 3, 4}, new int[] {0, 1, 2, 3},
          row -> new RowMeta(null, null, "memory", row, List.of(), 1, pictures[row]));
      var presence = new Presence(new boolean[] {true, false, true, true}, new boolean[] {true, true, false, true});
      GradCheck.Deviation worst = GradCheck.check(kind.key(), (tape, variables) -> {
        var learners = new EnumMap<FusionParts.Part, JointNetwork.Learner>(FusionParts.Part.class);
        for (FusionParts.Part part : FusionParts.Part.values()) {
          learners.put(part, new JointNetwork.Learner(new Table(part, ParameterSource.random(backend, DType.F64, 9),
              variables.get(part.ordinal())), new int[] {0, 1, 2, 3, 4, 5}));
        }
        return new JointNetwork(network, learners).forward(tape, batch, presence, presence, row -> {
          throw new AssertionError("both parts learn: nothing stored is read of row " + row);
        }, 0).joined();
      }, tables);
      assertThat(worst.error()).as(worst.toString()).isLessThan(1e-6);
    }
  }

  @Test
  void logitsOfAPartWithLabelsInAnotherOrderAreThoseOfTheTarget() {
    try (var backend = Backend.open(Device.CPU);
        var scope = new Scope(backend);
        var network = new FusionNetwork(ParameterSource.random(backend, 1),
            new FusionConfig(FusionKind.CONCAT, FEATURES, FEATURES, 4, 0.1, 0, 2));
        var text = Table.of(FusionParts.Part.TEXT, backend)) {
      var batch = new PackedBatch(new int[] {2}, new int[] {0, 1}, new int[] {0}, new int[] {0, 1}, new int[] {0},
          _ -> RowMeta.MEMORY);
      var learner = new JointNetwork.Learner(text, new int[] {4, 1});
      var presence = new Presence(new boolean[] {true}, new boolean[] {false});
      Tape tape = Tape.inference(scope);
      float[] own = text.say(tape, batch, 0).logits().value().toFloats();
      JointNetwork.Answer answer = new JointNetwork(network, Map.of(FusionParts.Part.TEXT, learner)).forward(tape,
          batch, presence, presence, _ -> new FusionParts.SaidOfItem(null, null), 0);
      JointNetwork.OfPart said = Objects.requireNonNull(answer.ofParts().get(FusionParts.Part.TEXT));
      assertThat(said.logits().value().toFloats()).containsExactly(own[4], own[1]);
    }
  }
}
