package crema.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.autograd.op.Attention;
import crema.autograd.op.CrossEntropy;
import crema.autograd.op.Dropout;
import crema.autograd.op.Embedding;
import crema.autograd.op.Linear;
import crema.autograd.op.Pool;
import crema.autograd.op.Residual;
import crema.autograd.op.RmsNorm;
import crema.autograd.op.Rope;
import crema.autograd.op.SwiGlu;
import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.AttentionSpec;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Deferred;
import crema.tensor.Device;
import crema.tensor.Pooling;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whole training steps of a small encoder through the seam between the engine and its backends: what runs on the CPU
 * runs on another device that shares nothing with it, and ends with the same parameters.
 */
class TrainingStepTest {
  private static final int VOCABULARY = 23;
  private static final int HIDDEN = 12;
  private static final int LAYERS = 2;
  private static final int FEED_FORWARD = 19;
  private static final int CLASSES = 5;
  private static final int STEPS = 6;
  private static final AttentionSpec HEADS = AttentionSpec.of(2, 1, 6, false);

  private static final int[] IDS = {3, 7, 7, 1, 22, 0, 3, 9, 15, 2, 2, 4, 8};
  private static final int[] CUMULATIVE = {0, 4, 5, 11, 13};
  private static final int[] LABELS = {2, 0, 4, -1};

  /** A parameter and its two moments. */
  private record Trained(Variable parameter, Tensor firstMoment, Tensor secondMoment) {
    AdamWSlot slot(Gradients gradients, AdamWStep step) {
      SparseRows sparse = gradients.sparseOrNull(parameter);
      return sparse != null ? new AdamWSlot.Sparse(parameter.value(), sparse, firstMoment, secondMoment, step)
          : new AdamWSlot.Dense(parameter.value(), gradients.of(parameter), firstMoment, secondMoment, step);
    }
  }

  private record Layer(Variable attentionNorm, Variable query, Variable key, Variable value, Variable output,
      Variable gamma, Variable feedForwardNorm, Variable gate, Variable up, Variable down) {}

  /** The encoder's parameters, the same on any backend. */
  private static final class Encoder {
    private final Scope scope;
    private final List<Trained> trained = new ArrayList<>();
    private final Variable table;
    private final List<Layer> layers = new ArrayList<>();
    private final Variable head;
    private final Variable bias;

    Encoder(Scope scope) {
      this.scope = scope;
      table = parameter(VOCABULARY, HIDDEN);
      for (int i = 0; i < LAYERS; i++) {
        layers.add(new Layer(parameter(HIDDEN), parameter(HIDDEN, HIDDEN), parameter(6, HIDDEN), parameter(6, HIDDEN),
            parameter(HIDDEN, HIDDEN), parameter(HIDDEN), parameter(HIDDEN), parameter(FEED_FORWARD, HIDDEN),
            parameter(FEED_FORWARD, HIDDEN), parameter(HIDDEN, FEED_FORWARD)));
      }
      head = parameter(CLASSES, HIDDEN);
      bias = parameter(CLASSES);
    }

    private Variable parameter(long... extents) {
      Tensor value = scope.empty(DType.F32, extents);
      var random = new Rng(11, 0).stream(trained.size());
      var elements = new float[(int) value.elements()];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = random.uniform(i) - 0.5f;
      }
      var parameter = Variable.parameter(value.set(elements));
      trained.add(new Trained(parameter, scope.zeros(DType.F32, value.shape()), scope.zeros(DType.F32, value.shape())));
      return parameter;
    }

    Variable loss(Tape tape) {
      Scope step = tape.scope();
      var sequences = Sequences.of(step, CUMULATIVE);
      Variable x = Embedding.apply(tape, table, step.ints(IDS, IDS.length), 2);
      for (Layer layer : layers) {
        Variable y = RmsNorm.apply(tape, x, layer.attentionNorm, 1e-6f);
        Variable q = Linear.apply(tape, y, layer.query, null, Activation.IDENTITY);
        Variable k = Linear.apply(tape, y, layer.key, null, Activation.IDENTITY);
        Variable v = Linear.apply(tape, y, layer.value, null, Activation.IDENTITY);
        Variable mixed = Attention.apply(tape, Rope.apply(tape, q, sequences, 6, 1e6),
            Rope.apply(tape, k, sequences, 6, 1e6), v, sequences, HEADS);
        x = Residual.apply(tape, x, Linear.apply(tape, mixed, layer.output, null, Activation.IDENTITY), layer.gamma,
            sequences, 0.2f);
        y = RmsNorm.apply(tape, x, layer.feedForwardNorm, 1e-6f);
        Variable gated = SwiGlu.apply(tape, Linear.apply(tape, y, layer.gate, null, Activation.IDENTITY),
            Linear.apply(tape, y, layer.up, null, Activation.IDENTITY));
        x = Residual.apply(tape, x, Linear.apply(tape, gated, layer.down, null, Activation.IDENTITY), layer.gamma,
            sequences, 0.2f);
      }
      Variable pooled = Dropout.apply(tape, Pool.apply(tape, Pooling.MEAN, x, sequences), 0.1f);
      Variable logits = Linear.apply(tape, pooled, head, bias, Activation.IDENTITY);
      return CrossEntropy.apply(tape, logits, step.ints(LABELS, LABELS.length), null, 0.05f);
    }

    /** A training step; the loss before it. */
    double step(long number) {
      try (var step = new Scope(scope.backend())) {
        var tape = Tape.training(step, new Rng(5, number));
        Variable loss = loss(tape);
        Gradients gradients = tape.backward(loss);
        assertThat(gradients.sparseOrNull(table)).isNotNull();
        var update = new AdamWStep(0.01, 0.9, 0.999, 1e-8, 0.01, number, 1);
        List<AdamWSlot> slots = trained.stream().map(each -> each.slot(gradients, update)).toList();
        Deferred value = loss.value().deferredItem();
        Deferred norm = scope.backend().ops().optimizers().adamWAll(slots, 1);
        assertThat(norm.value()).isFinite().isPositive();
        return value.value();
      }
    }
  }

  private record Result(List<Double> losses, List<float[]> parameters) {}

  private static Result train(Device device, int threads) {
    try (Backend backend = Backend.open(device, new BackendOptions(threads))) {
      var result = new Result(new ArrayList<>(), new ArrayList<>());
      try (var model = new Scope(backend)) {
        var encoder = new Encoder(model);
        long bytes = backend.liveBytes();
        for (int step = 1; step <= STEPS; step++) {
          result.losses.add(encoder.step(step));
          assertThat(backend.liveBytes()).as("live bytes after step " + step).isEqualTo(bytes);
        }
        encoder.trained.forEach(each -> result.parameters.add(each.parameter.value().toFloats()));
      }
      assertThat(backend.liveBytes()).isZero();
      return result;
    }
  }

  @Test
  void theReferenceDeviceTrainsTheSameModelAsTheCpu() {
    Result reference = train(Device.REFERENCE, 1);
    Result cpu = train(Device.CPU, 2);
    assertThat(cpu.losses.getLast()).as("it learns").isLessThan(cpu.losses.getFirst());
    for (int step = 0; step < STEPS; step++) {
      assertThat(cpu.losses.get(step)).as("loss of step " + step).isCloseTo(reference.losses.get(step), within(1e-4));
    }
    // Adam moves a parameter by about the learning rate whatever its gradient's size, and so by rounding alone where a
    // gradient is nearly zero: hence not closer.
    for (int i = 0; i < cpu.parameters.size(); i++) {
      float[] actual = cpu.parameters.get(i);
      float[] expected = reference.parameters.get(i);
      for (int j = 0; j < actual.length; j++) {
        assertThat(actual[j]).as("parameter %d, element %d", i, j).isCloseTo(expected[j], within(2e-4f));
      }
    }
  }

  @Test
  void theCpuTrainsTheSameBitsOnAnyNumberOfThreads() {
    Result one = train(Device.CPU, 1);
    Result three = train(Device.CPU, 3);
    assertThat(three.losses).isEqualTo(one.losses);
    assertThat(three.parameters).usingRecursiveComparison().isEqualTo(one.parameters);
  }
}
