package crema.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Sum;
import crema.nn.Embedding;
import crema.nn.InvalidWeightsException;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {
  private final Backend backend = Backend.open(Device.CPU);
  private final Scope scope = new Scope(backend);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  /** The gradients of Σ factors · parameter: the factors. */
  private Gradients gradients(Variable parameter, float... factors) {
    Tape tape = Tape.recording(scope);
    Variable weights = Variable.constant(scope.floats(factors, parameter.shape().toArray()));
    return tape.backward(Sum.apply(tape, Binary.multiply(tape, parameter, weights)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, Double.POSITIVE_INFINITY})
  void updatesFollowThePaper(double maxNorm) {
    Variable parameter = Variable.parameter(scope.floats(new float[] {1, -2}, 2));
    var group = new ParameterGroup(Map.of("p", parameter), 0.1, 0.5);
    double[] p = {1, -2};
    var m = new double[2];
    var v = new double[2];
    try (var optimizer = new AdamW(List.of(group), new AdamW.Options(0.8, 0.9, 1e-6))) {
      for (int t = 1; t <= 5; t++) {
        float[] g = {3f * t, -4f * t};
        double norm = optimizer.step(gradients(parameter, g), 0.02, maxNorm).value();
        assertThat(norm).isCloseTo(5 * t, offset(1e-5));
        for (int i = 0; i < 2; i++) {
          double gradient = g[i] * Math.min(1, maxNorm / (norm + 1e-6));
          p[i] *= 1 - 0.01 * 0.1;
          m[i] = 0.8 * m[i] + 0.2 * gradient;
          v[i] = 0.9 * v[i] + 0.1 * gradient * gradient;
          p[i] -= 0.01 * m[i] / (1 - Math.pow(0.8, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.9, t))) + 1e-6);
        }
        assertThat(parameter.value().toDoubles()).containsExactly(p, offset(1e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void aGradientThatIsNoNumberChangesNothing(float bad) {
    Variable parameter = Variable.parameter(scope.floats(new float[] {1, -2}, 2));
    var group = new ParameterGroup(Map.of("p", parameter), 0.1, 1);
    try (var optimizer = new AdamW(List.of(group), AdamW.Options.DEFAULT)) {
      double norm = optimizer.step(gradients(parameter, 1, bad), 0.1, 1).value();
      assertThat(Double.isFinite(norm)).isFalse();
      assertThat(optimizer.steps()).isZero();
      assertThat(parameter.value().toFloats()).containsExactly(1, -2);
      assertThat(optimizer.stateDict().get("first_moment.p").toFloats()).containsExactly(0, 0);
    }
  }

  private static final class Model extends Module {
    private final Embedding embedding;
    private final Linear linear;

    Model(Backend backend) {
      ParameterSource source = ParameterSource.random(backend, 5);
      embedding = module("embedding", new Embedding(source, 11, 3, 1));
      linear = module("linear", new Linear(source, 3, 2));
    }

    Variable loss(Tape tape, int... ids) {
      Variable x = embedding.forward(tape, tape.scope().ints(ids, ids.length), 1);
      return Sum.apply(tape, linear.forward(tape, x));
    }
  }

  private static void train(Model model, AdamW optimizer, int from, int to) {
    for (int step = from; step < to; step++) {
      try (var scope = new Scope(model.linear.parameters().get("weight").value().backend())) {
        Tape tape = Tape.recording(scope);
        optimizer.step(tape.backward(model.loss(tape, step % 11, 3, (step * 5) % 11)), 0.01, 1);
      }
    }
  }

  private static Map<String, float[]> values(Map<String, Tensor> tensors) {
    var values = new LinkedHashMap<String, float[]>();
    tensors.forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  @Test
  void aSavedOptimizerContinuesBitForBit() {
    try (var through = new Model(backend); var optimizer = new AdamW(through, 0.1);
        var resumed = new Model(backend); var second = new AdamW(resumed, 0.1)) {
      train(through, optimizer, 0, 7);
      resumed.load(Weights.of(through.stateDict()));
      second.load(Weights.of(optimizer.stateDict()), optimizer.steps());
      train(through, optimizer, 7, 12);
      train(resumed, second, 7, 12);
      assertThat(second.steps()).isEqualTo(12);
      assertThat(values(resumed.stateDict())).usingRecursiveComparison().isEqualTo(values(through.stateDict()));
      assertThat(values(second.stateDict())).usingRecursiveComparison().isEqualTo(values(optimizer.stateDict()));
    }
  }

  @Test
  void momentsOfAnotherModelAreRefused() {
    try (var model = new Model(backend); var optimizer = new AdamW(model, 0.1)) {
      var state = new LinkedHashMap<>(optimizer.stateDict());
      state.remove("second_moment.linear.bias");
      assertThatThrownBy(() -> optimizer.load(Weights.of(state), 3)).isInstanceOf(InvalidWeightsException.class)
          .hasMessageContaining("missing second_moment.linear.bias");
      assertThat(optimizer.steps()).isZero();
    }
  }

  @Test
  void matricesDecayAndVectorsDoNot() {
    try (var model = new Model(backend)) {
      var groups = ParameterGroup.decayingMatrices(model, 0.1);
      assertThat(groups).hasSize(2);
      assertThat(groups.get(0).weightDecay()).isEqualTo(0.1);
      assertThat(groups.get(0).parameters()).containsOnlyKeys("embedding.weight", "linear.weight");
      assertThat(groups.get(1).weightDecay()).isZero();
      assertThat(groups.get(1).parameters()).containsOnlyKeys("linear.bias");
    }
  }
}
