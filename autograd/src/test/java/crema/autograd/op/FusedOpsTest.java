package crema.autograd.op;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.GradCheck;
import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.AttentionSpec;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.QkvWeights;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On the CPU a coarse op has the bits of the ops that it is made of, so that a model may use the one or the others. */
class FusedOpsTest {
  private static final int[] LENGTHS = {5, 1, 17, 3};
  private static final int TOKENS = 26;
  private static final int FEATURES = 24;

  private final Backend backend = Backend.open(Device.CPU, new BackendOptions(2));

  @AfterEach
  void allMemoryIsReturned() {
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  private static Tensor random(Scope scope, int input, long... extents) {
    Tensor tensor = scope.floats(new float[(int) Shape.of(extents).elements()], extents);
    Rng.Stream random = new Rng(3, 0).stream(input);
    var values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * random.uniform(i) - 1;
    }
    return tensor.set(values);
  }

  /** The value, and the gradients of x and of the parameters. */
  private List<float[]> run(GradCheck.Function function, long[]... parameters) {
    try (var scope = new Scope(backend)) {
      var inputs = new ArrayList<Variable>();
      inputs.add(Variable.parameter(random(scope, 0, TOKENS, FEATURES)));
      for (long[] extents : parameters) {
        inputs.add(Variable.parameter(random(scope, inputs.size(), extents)));
      }
      var tape = Tape.training(scope, new Rng(1, 2));
      Variable y = function.apply(tape, inputs);
      var results = new ArrayList<float[]>();
      results.add(y.value().toFloats());
      Gradients gradients = tape.backward(Sum.apply(tape, Activate.apply(tape, Activation.TANH, y)));
      inputs.forEach(input -> results.add(gradients.of(input).toFloats()));
      return results;
    }
  }

  private static void assertEqual(List<float[]> actual, List<float[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as("output " + i).isEqualTo(expected.get(i));
    }
  }

  @Test
  void residualRmsNorm() {
    long[][] parameters = {{TOKENS, FEATURES}, {FEATURES}, {FEATURES}};
    List<float[]> fused = run((tape, in) -> {
      var sequences = Catalog.cut(tape.scope(), LENGTHS);
      var values = ResidualRmsNorm.apply(tape,
          Residual.of(tape, in.get(0), in.get(1), in.get(2), sequences, 0.4f), in.get(3), 1e-6f);
      return Binary.add(tape, values.sum(), values.normalized());
    }, parameters);
    List<float[]> single = run((tape, in) -> {
      var sequences = Catalog.cut(tape.scope(), LENGTHS);
      Variable sum = Residual.apply(tape, in.get(0), in.get(1), in.get(2), sequences, 0.4f);
      return Binary.add(tape, sum, RmsNorm.apply(tape, sum, in.get(3), 1e-6f));
    }, parameters);
    assertEqual(fused, single);
  }

  @Test
  void gatedLinear() {
    long[][] parameters = {{19, FEATURES}, {19, FEATURES}};
    List<float[]> fused = run((tape, in) -> GatedLinear.apply(tape, in.get(0), in.get(1), in.get(2)),
        parameters);
    List<float[]> single = run((tape, in) -> SwiGlu.apply(tape,
        Linear.apply(tape, in.get(0), in.get(1), null, Activation.IDENTITY),
        Linear.apply(tape, in.get(0), in.get(2), null, Activation.IDENTITY)), parameters);
    assertEqual(fused, single);
  }

  @Test
  void qkvRope() {
    long[][] parameters = {{4 * 6, FEATURES}, {2 * 6, FEATURES}, {2 * 6, FEATURES}};
    AttentionSpec spec = AttentionSpec.of(4, 2, 6, false);
    List<float[]> fused = run((tape, in) -> {
      var sequences = Catalog.cut(tape.scope(), LENGTHS);
      var values = QkvRope.apply(tape, in.get(0), new QkvWeights<>(in.get(1), in.get(2), in.get(3)), sequences, 6,
          1e4);
      return Attention.apply(tape, values.q(), values.k(), values.v(), sequences, spec);
    }, parameters);
    List<float[]> single = run((tape, in) -> {
      var sequences = Catalog.cut(tape.scope(), LENGTHS);
      Variable q = Rope.apply(tape, Linear.apply(tape, in.get(0), in.get(1), null,
          Activation.IDENTITY), sequences, 6, 1e4);
      Variable k = Rope.apply(tape, Linear.apply(tape, in.get(0), in.get(2), null,
          Activation.IDENTITY), sequences, 6, 1e4);
      Variable v = Linear.apply(tape, in.get(0), in.get(3), null, Activation.IDENTITY);
      return Attention.apply(tape, q, k, v, sequences, spec);
    }, parameters);
    assertEqual(fused, single);
  }

  /** Inference keeps nothing for a backward pass. */
  @Test
  void inferenceGivesTheSameValuesAndKeepsNothing() {
    try (var scope = new Scope(backend)) {
      Variable x = Variable.parameter(random(scope, 0, TOKENS, FEATURES));
      Variable gate = Variable.parameter(random(scope, 1, 19, FEATURES));
      Variable up = Variable.parameter(random(scope, 2, 19, FEATURES));
      float[] trained = GatedLinear.apply(Tape.recording(scope), x, gate, up).value().toFloats();
      long before = backend.liveBytes();
      Variable y = GatedLinear.apply(Tape.inference(scope), x, gate, up);
      assertThat(y.value().toFloats()).isEqualTo(trained);
      assertThat(backend.liveBytes() - before).isEqualTo(y.value().bytes());
    }
  }
}
