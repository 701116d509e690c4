package crema.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.base.UserError;
import crema.nn.Dropout;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsReader;
import crema.nn.io.SafetensorsWriter;
import crema.nn.loss.Loss;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.optim.Schedule;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module that has nothing to do with texts has all that the trainer has: checkpoints, resume, early stopping. */
class TrainingLoopTest {
  private static final int EXAMPLES = 60;
  private static final Loss LOSS = new SoftmaxCrossEntropy();

  @TempDir
  Path folder;

  private final Backend backend = Backend.open(Device.CPU, new BackendOptions(2));
  private final Net net = new Net(ParameterSource.random(backend, 7));

  @AfterEach
  void close() {
    net.close();
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  private static final class Net extends Module {
    private final Linear hidden;
    private final Linear output;
    private final Dropout dropout;

    Net(ParameterSource source) {
      this(source, 0.2f);
    }

    Net(ParameterSource source, float rate) {
      dropout = new Dropout(rate);
      hidden = module("hidden", new Linear(source, 3, 16));
      output = module("output", new Linear(source, 16, 3));
    }

    Variable forward(Tape tape, Variable x) {
      return output.forward(tape, dropout.forward(tape, hidden.forward(tape, x, Activation.GELU)));
    }
  }

  /** Points of three labels, told apart by the largest coordinate; noise is added in each step. */
  private record Points(Net net) implements Objective<int[]> {
    @Override
    public Variable apply(Tape tape, int[] examples) {
      var x = new float[examples.length * 3];
      var labels = new int[examples.length];
      for (int i = 0; i < examples.length; i++) {
        labels[i] = examples[i] % 3;
        for (int j = 0; j < 3; j++) {
          x[3 * i + j] = (float) Math.sin(examples[i] * 1.7 + j) + (j == labels[i] ? 1.5f : 0);
        }
      }
      Variable logits = net.forward(tape, Variable.constant(tape.scope().floats(x, examples.length, 3)));
      return LOSS.apply(tape, logits, new Targets.Indices(labels));
    }
  }

  private LoopBuilder<int[]> loop(Net model) {
    return TrainingLoop.of(model, BatchSource.shuffled(EXAMPLES, 8, 5), new Points(model))
        .epochs(6).accumulation(3).learningRate(0.02).schedule(Schedule.Decay.COSINE, 4, 0.1).clipNorm(1).seed(3)
        .validation(BatchSource.sequential(EXAMPLES, 16));
  }

  @Test
  void aWarmupThatNobodyChoseTakesAtMostATenthOfTheRun() throws IOException {
    List<Double> rates = learningRates(loop(net).accumulation(1).schedule(Schedule.Decay.NONE, 100, 0).mostWarmup(0.1));
    assertThat(rates).hasSize(48);
    assertThat(rates.subList(0, 5)).isSorted().allMatch(rate -> rate < 0.02);
    assertThat(rates.subList(5, 48)).containsOnly(0.02);
    assertThat(warnings).isEmpty();
  }

  @Test
  void aRunWithinItsWarmupSaysSo() throws IOException {
    assertThat(learningRates(loop(net).schedule(Schedule.Decay.NONE, 100, 0))).allMatch(rate -> rate < 0.0035);
    assertThat(warnings)
        .containsExactly("the run has 18 steps, all within the warm-up of 100, so the learning rate stays "
            + "below 0.02: train for more epochs, make batches smaller or the warm-up shorter");
  }

  private final List<String> warnings = new ArrayList<>();

  private List<Double> learningRates(LoopBuilder<int[]> loop) throws IOException {
    var rates = new ArrayList<Double>();
    loop.listener(new LoopListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        rates.add(step.learningRate());
      }

      @Override
      public void warning(String message) {
        warnings.add(message);
      }
    }).run();
    return rates;
  }

  private static Map<String, float[]> weights(Net model) {
    var weights = new LinkedHashMap<String, float[]>();
    model.stateDict().forEach((name, tensor) -> weights.put(name, tensor.toFloats()));
    return weights;
  }

  private Map<String, float[]> trained(UnaryOperator<LoopBuilder<int[]>> more) throws IOException {
    try (var model = new Net(ParameterSource.random(backend, 7))) {
      more.apply(loop(model)).run();
      return weights(model);
    }
  }

  private static void assertEqual(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).containsExactly(values));
  }

  private static LoopListener stopAfter(long steps, StopSignal stop) {
    return new LoopListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == steps) {
          stop.request();
        }
      }
    };
  }

  private List<Double> losses(Path log) throws IOException {
    return StepLog.read(log).stream().map(entry -> entry instanceof StepRecord step ? step.loss()
        : ((ValidationRecord) entry).loss()).toList();
  }

  @Test
  void aRunThatIsStoppedAndResumedEndsWithTheSameBitsAndLog() throws IOException {
    Path straight = folder.resolve("straight");
    Path stopped = folder.resolve("stopped");
    Map<String, float[]> expected = trained(loop -> loop.folder(straight));
    for (long steps : new long[] {4, 9}) {
      var stop = new StopSignal();
      try (var model = new Net(ParameterSource.random(backend, 7))) {
        var outcome = loop(model).folder(stopped).stop(stop).listener(stopAfter(steps, stop)).run();
        assertThat(outcome.isFinished()).isFalse();
        assertThat(outcome.steps()).isEqualTo(steps);
        assertThat(outcome.checkpoint()).hasValueSatisfying(file -> assertThat(file).exists());
      }
    }
    assertEqual(trained(loop -> loop.folder(stopped)), expected);
    assertThat(losses(stopped.resolve("log.jsonl"))).isEqualTo(losses(straight.resolve("log.jsonl")));
  }

  /** What a process leaves that dies in the midst of a step: a checkpoint from before, and a log that is ahead. */
  @Test
  void aRunThatDiesIsResumedFromItsLastCheckpoint() throws IOException {
    Map<String, float[]> expected = trained(UnaryOperator.identity());
    var died = new IllegalStateException("killed");
    assertThatThrownBy(() -> trained(loop -> loop.folder(folder).checkpoints(folder.resolve("checkpoints"),
        new CheckpointPolicy(5, 0, 0)).listener(new LoopListener() {
          @Override
          public void step(StepRecord step, long totalSteps) {
            if (step.step() == 13) {
              throw died;
            }
          }
        }))).isSameAs(died);
    assertThat(StepLog.read(folder.resolve("log.jsonl")).getLast().step()).isEqualTo(13);
    assertEqual(trained(loop -> loop.folder(folder)), expected);
  }

  @Test
  void batchesThatMakeAStepTogetherCountAsOne() throws IOException {
    // Three batches of 8, 8 and 4 examples of the last step of an epoch weigh by their examples.
    try (var parts = new Net(ParameterSource.random(backend, 7), 0);
        var whole = new Net(ParameterSource.random(backend, 7), 0)) {
      TrainingLoop.of(parts, BatchSource.shuffled(20, 8, 5), new Points(parts)).accumulation(3).learningRate(0.1).run();
      TrainingLoop.of(whole, BatchSource.shuffled(20, 20, 5), new Points(whole)).learningRate(0.1).run();
      weights(whole).forEach(
          (name, values) -> assertThat(weights(parts).get(name)).as(name).containsExactly(values, offset(1e-4f)));
      try (var initial = new Net(ParameterSource.random(backend, 7), 0)) {
        assertThat(weights(whole).get("output.weight")).isNotEqualTo(weights(initial).get("output.weight"));
      }
    }
  }

  @Test
  void earlyStoppingEndsTheRunAndKeepsTheBestParameters() throws IOException {
    double[] values = {0.5, 0.7, 0.6, 0.65, 0.1, 0.1};
    var seen = new ArrayList<Map<String, float[]>>();
    var outcome = loop(net).patience(2).validation(Validation.Better.HIGHER, (_, _) -> {
      seen.add(weights(net));
      return new Validation.Measured(values[seen.size() - 1], Double.NaN, Map.of("accuracy", values[seen.size() - 1]));
    }).run();
    assertThat(outcome.isFinished()).isTrue();
    assertThat(seen).hasSize(4);
    assertThat(outcome.bestStep()).isEqualTo(2 * outcome.steps() / 4);
    assertEqual(weights(net), seen.get(1));
  }

  @Test
  void theBestParametersSurviveAResume() throws IOException {
    var stop = new StopSignal();
    Validation onceGood = (step, _) -> Validation.Measured.ofLoss(step == 3 ? 1 : 2);
    loop(net).validateEvery(3).validation(Validation.Better.LOWER, onceGood).folder(folder).stop(stop)
        .listener(stopAfter(7, stop)).run();
    var third = new LinkedHashMap<String, float[]>();
    try (var straight = new Net(ParameterSource.random(backend, 7))) {
      loop(straight).listener(new LoopListener() {
        @Override
        public void step(StepRecord step, long totalSteps) {
          if (step.step() == 3) {
            third.putAll(weights(straight));
          }
        }
      }).run();
    }
    try (var model = new Net(ParameterSource.random(backend, 1))) {
      var outcome = loop(model).validateEvery(3).validation(Validation.Better.LOWER, onceGood).folder(folder).run();
      assertThat(outcome.bestStep()).isEqualTo(3);
      assertEqual(weights(model), third);
    }
  }

  @Test
  void aRunThatHasEndedIsNotTrainedAgain() throws IOException {
    Map<String, float[]> expected = trained(loop -> loop.folder(folder));
    var steps = new ArrayList<Long>();
    assertEqual(trained(loop -> loop.folder(folder).listener(new LoopListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        steps.add(step.step());
      }
    })), expected);
    assertThat(steps).isEmpty();
  }

  @Test
  void theModuleLearns() throws IOException {
    var first = new ArrayList<Double>();
    loop(net).epochs(40).listener(new LoopListener() {
      @Override
      public void validated(ValidationRecord validation, boolean best) {
        first.add(validation.loss());
      }
    }).run();
    assertThat(first.getLast()).isLessThan(0.3 * first.getFirst());
  }

  @Test
  void aBatchIsChangedAtRandomButTheSameInEachRun() throws IOException {
    var seen = new ArrayList<Float>();
    var objective = new Objective<int[]>() {
      @Override
      public int[] augment(int[] batch, Rng random) {
        seen.add(random.stream(-1).uniform(0));
        return batch;
      }

      @Override
      public Variable apply(Tape tape, int[] batch) {
        return new Points(net).apply(tape, batch);
      }
    };
    for (int run = 0; run < 2; run++) {
      TrainingLoop.of(net, BatchSource.shuffled(EXAMPLES, 16, 1), objective).accumulation(2).seed(9).run();
    }
    assertThat(seen).hasSize(8);
    assertThat(seen.subList(0, 4)).doesNotHaveDuplicates().isEqualTo(seen.subList(4, 8));
  }

  @Test
  void aCheckpointOfAnotherRunIsRefused() throws IOException {
    var stop = new StopSignal();
    loop(net).folder(folder).identity("data", "a", "is of other data").stop(stop).listener(stopAfter(4, stop)).run();
    assertThatThrownBy(() -> trained(loop -> loop.folder(folder).identity("data", "b", "is of other data")))
        .isInstanceOf(UserError.class).hasMessageEndingWith("step-000000004.safetensors is of other data");
    assertThatThrownBy(() -> trained(loop -> loop.folder(folder).identity("data", "a", "is of other data")
        .learningRate(0.5))).isInstanceOf(UserError.class)
        .hasMessageContaining("is of a run with another learning rate than 0.5; give it the same, or start over");
  }

  @Test
  void aCheckpointOfAnEarlierVersionSaysSo() throws IOException {
    var stop = new StopSignal();
    var outcome = loop(net).folder(folder).stop(stop).listener(stopAfter(4, stop)).run();
    Path file = outcome.checkpoint().orElseThrow();
    rewriteState(file);
    assertThatThrownBy(() -> trained(loop -> loop.folder(folder))).isInstanceOf(UserError.class)
        .hasMessageContaining("was written by an earlier version of Crema; resume with that one, or start over");
  }

  /** Writes a checkpoint anew with the state that version 2 had, and a checksum that fits. */
  private static void rewriteState(Path file) throws IOException {
    Map<String, String> metadata;
    try (var reader = SafetensorsReader.open(file)) {
      metadata = new LinkedHashMap<>(reader.metadata());
    }
    var checksum = new CRC32C();
    String state = "{\"version\":2,\"step\":4}";
    checksum.update(state.getBytes(StandardCharsets.UTF_8));
    metadata.put("crema.state", state);
    metadata.put("crema.crc32c", Long.toHexString(checksum.getValue()));
    SafetensorsWriter.write(file, Map.of(), metadata);
  }

  @Test
  void aLossThatExplodesNamesTheStepAndTheLayer() {
    assertThatThrownBy(() -> loop(net).learningRate(1e30).folder(folder).run()).isInstanceOf(UserError.class)
        .hasMessageMatching("training diverged at step \\d+: the loss is NaN.*(hidden|output).*lower learning rate.*");
  }

  @Test
  void withoutAFolderNothingIsWrittenAndWithoutAValidationTheLastParametersStay() throws IOException {
    var outcome = TrainingLoop.of(net, BatchSource.shuffled(EXAMPLES, 8, 5), new Points(net)).run();
    assertThat(outcome).isEqualTo(new TrainingLoop.Outcome(8, 0, true, Optional.empty()));
    assertThat(Files.list(folder)).isEmpty();
  }

  @Test
  void progressIsShownOnOneLine() throws IOException {
    var shown = new ByteArrayOutputStream();
    var counted = new ArrayList<Long>();
    LoopListener counter = new LoopListener() {
      @Override
      public void checkpointed(long step, Path file) {
        counted.add(step);
      }
    };
    loop(net).folder(folder).checkpoints(folder, CheckpointPolicy.DEFAULT)
        .listener(new ProgressBar(new PrintStream(shown, true, StandardCharsets.UTF_8)).and(counter)).run();
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("\r[========================] 18/18 loss ")
        .endsWith("0:00 left   " + System.lineSeparator());
    assertThat(counted).containsExactly(3L, 6L, 9L, 12L, 15L, 18L);
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertThatThrownBy(() -> loop(net).epochs(0)).hasMessage("epochs must be at least 1, not 0");
    assertThatThrownBy(() -> loop(net).clipNorm(0)).hasMessage("gradients are clipped to a norm above 0, not 0.0");
    assertThatThrownBy(() -> BatchSource.shuffled(0, 3, 1)).hasMessage("batches of 3 of 0 examples");
  }

  @Test
  void anEpochHasEachExampleOnceInAnotherOrderThanTheNext() {
    BatchSource<int[]> source = BatchSource.shuffled(10, 4, 3);
    var epochs = new ArrayList<List<Integer>>();
    for (int epoch = 0; epoch < 2; epoch++) {
      var order = new ArrayList<Integer>();
      source.epoch(epoch, 0).forEachRemaining(batch -> Arrays.stream(batch).forEach(order::add));
      assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      epochs.add(order);
    }
    assertThat(epochs.get(0)).isNotEqualTo(epochs.get(1));
    assertThat(source.count(0)).isEqualTo(3);
    assertThat(source.epoch(0, 2).next())
        .containsExactly(epochs.get(0).subList(8, 10).stream().mapToInt(i -> i).toArray());
  }
}
