package crema.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.optim.AdamW;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModuleTest {
  private final Backend backend = Backend.open(Device.CPU);

  @AfterEach
  void close() {
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  /** The README's example. */
  private static final class Xor extends Module {
    private final Linear hidden;
    private final Linear output;

    Xor(ParameterSource source) {
      hidden = module("hidden", new Linear(source, 2, 8));
      output = module("output", new Linear(source, 8, 2));
    }

    Variable forward(Tape tape, Variable x) {
      return output.forward(tape, hidden.forward(tape, x, Activation.TANH));
    }
  }

  @Test
  void aModuleDefinedInTenLinesLearnsXor() {
    try (var model = new Xor(ParameterSource.random(backend, 42)); var optimizer = new AdamW(model, 0)) {
      double loss = Double.NaN;
      for (int step = 0; step < 300; step++) {
        try (var scope = new Scope(backend)) {
          var tape = Tape.training(scope, new Rng(42, step));
          var x = Variable.constant(scope.floats(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2));
          var logits = model.forward(tape, x);
          var mean = new SoftmaxCrossEntropy().apply(tape, logits, Targets.Indices.of(0, 1, 1, 0));
          loss = mean.value().item();
          optimizer.step(tape.backward(mean), 0.05);
        }
      }
      assertThat(loss).isLessThan(0.01);
    }
  }

  @Test
  void parametersHaveDottedNamesInTheOrderOfRegistration() {
    try (var model = new Xor(ParameterSource.random(backend, 1))) {
      assertThat(model.parameters().keySet())
          .containsExactly("hidden.weight", "hidden.bias", "output.weight", "output.bias");
      assertThat(model.parameterCount()).isEqualTo(2 * 8 + 8 + 8 * 2 + 2);
    }
  }

  @Test
  void loadingListsEverythingThatDoesNotFitAndChangesNothing() {
    try (var model = new Xor(ParameterSource.random(backend, 1)); var scope = new Scope(backend)) {
      float[] before = model.stateDict().get("hidden.weight").toFloats();
      var weights = new LinkedHashMap<String, Tensor>(model.stateDict());
      weights.remove("output.bias");
      weights.put("hidden.weight", scope.floats(new float[16], 8, 2));
      weights.put("output.weight", scope.floats(new float[6], 2, 3));
      weights.put("extra", scope.floats(new float[1], 1));
      assertThatThrownBy(() -> model.load(Weights.of(weights))).isInstanceOf(InvalidWeightsException.class)
          .hasMessage("the weights do not fit the model: output.weight is [2, 3] but should be [2, 8]; "
              + "missing output.bias; unexpected extra");
      assertThat(model.stateDict().get("hidden.weight").toFloats()).containsExactly(before);
    }
  }

  @Test
  void loadingCopiesFromAPartOfTheWeights() {
    try (var model = new Xor(ParameterSource.random(backend, 1));
        var other = new Xor(ParameterSource.random(backend, 2))) {
      var all = new LinkedHashMap<String, Tensor>();
      other.stateDict().forEach((name, tensor) -> all.put("model." + name, tensor));
      other.stateDict().forEach((name, tensor) -> all.put("average." + name, tensor));
      model.load(Weights.of(all).under("model."));
      model.stateDict().forEach(
          (name, tensor) -> assertThat(tensor.toFloats()).containsExactly(other.stateDict().get(name).toFloats()));
    }
  }

  @Test
  void twoMembersOfOneNameAreRefused() {
    assertThatThrownBy(() -> new Module() {
      {
        module("a", new Dropout(0.5f));
        module("a", new Dropout(0.5f));
      }
    }).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'a'");
  }

  @Test
  void aFrozenModuleGivesTheSameBitsWithAndWithoutItsWeights() {
    try (var model = new Xor(ParameterSource.random(backend, 1)); var scope = new Scope(backend)) {
      Tape tape = Tape.inference(scope);
      var x = Variable.constant(scope.floats(new float[] {0.3f, -1.5f}, 1, 2));
      float[] plain = model.forward(tape, x).value().toFloats();
      model.freeze();
      assertThat(model.forward(tape, x).value().toFloats()).containsExactly(plain);
      model.releaseWeights();
      assertThat(model.forward(tape, x).value().toFloats()).containsExactly(plain);
      assertThatThrownBy(model.stateDict().get("hidden.weight")::toFloats).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void layersKeepTheShapeOfTheirRows() {
    ParameterSource source = ParameterSource.random(backend, 1);
    try (var norm = new LayerNorm(source, 6, 1e-5f); var rms = new RmsNorm(source, 6, 1e-5f);
        var linear = new Linear(source, 6, 4, new Initializer.Constant(0.5), null); var scope = new Scope(backend)) {
      Tape tape = Tape.inference(scope);
      var x = Variable.constant(scope.floats(new float[] {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 1}, 2, 6));
      assertThat(norm.forward(tape, x).shape()).isEqualTo(x.shape());
      assertThat(rms.forward(tape, x).shape()).isEqualTo(x.shape());
      assertThat(linear.forward(tape, x).value().toFloats())
          .containsExactly(10.5f, 10.5f, 10.5f, 10.5f, 0.5f, 0.5f, 0.5f, 0.5f);
    }
  }

  @Test
  void aPartOfAModelIsLoadedFromWeightsThatHaveIt() {
    try (var model = new Xor(ParameterSource.random(backend, 1));
        var other = new Xor(ParameterSource.random(backend, 2));
        var scope = new Scope(backend)) {
      var weights = new LinkedHashMap<>(other.stateDict());
      weights.remove("output.weight");
      weights.remove("output.bias");
      weights.put("pooler.weight", scope.zeros(DType.F32, 3));
      float[] before = model.stateDict().get("output.weight").toFloats();
      Weights.Intersection loaded = model.loadIntersecting(Weights.of(weights));
      assertThat(loaded.missing()).containsExactly("output.weight", "output.bias");
      assertThat(loaded.unexpected()).containsExactly("pooler.weight");
      assertThat(loaded.report())
          .isEqualTo("newly initialized: output.weight, output.bias; not used: pooler.weight");
      assertThat(model.stateDict().get("hidden.weight").toFloats())
          .containsExactly(other.stateDict().get("hidden.weight").toFloats());
      assertThat(model.stateDict().get("output.weight").toFloats()).containsExactly(before);

      weights.put("hidden.bias", scope.zeros(DType.F32, 3));
      float[] hidden = model.stateDict().get("hidden.weight").toFloats();
      assertThatThrownBy(() -> model.loadIntersecting(Weights.of(weights)))
          .isInstanceOf(InvalidWeightsException.class).hasMessageContaining("hidden.bias is");
      assertThat(model.stateDict().get("hidden.weight").toFloats()).containsExactly(hidden);
    }
  }
}
