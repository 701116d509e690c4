package crema.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import crema.autograd.op.Activate;
import crema.autograd.op.Binary;
import crema.autograd.op.Dropout;
import crema.autograd.op.Embedding;
import crema.autograd.op.MatMul;
import crema.autograd.op.Reshape;
import crema.autograd.op.RmsNorm;
import crema.autograd.op.Scale;
import crema.autograd.op.Sum;
import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Orientation;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TapeTest {
  private final Backend backend = Backend.open(Device.CPU, new BackendOptions(1));
  private final Scope model = new Scope(backend);

  @AfterEach
  void allMemoryIsReturned() {
    model.close();
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  private Variable parameter(List<Float> values) {
    var array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return parameter(array);
  }

  private Variable parameter(float... values) {
    return Variable.parameter(model.floats(values, values.length));
  }

  @Test
  void gradientsOfAllPathsToAParameterAddUp() {
    Variable x = parameter(2, 3);
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      Variable square = Binary.multiply(tape, x, x);
      Variable sum = Binary.add(tape, square, Scale.apply(tape, x, 10));
      Gradients gradients = tape.backward(Sum.apply(tape, sum));
      assertThat(gradients.of(x).toFloats()).containsExactly(14, 16);
    }
  }

  @Test
  void anIntermediateValueUsedTwiceReceivesBothGradientsBeforeItSendsThemOn() {
    Variable x = parameter(3);
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      Variable y = Scale.apply(tape, x, 2);
      Variable z = Binary.multiply(tape, y, Activate.apply(tape, Activation.SQUARE, y));
      assertThat(tape.backward(z).of(x).toFloats()).containsExactly(3 * 8 * 9);
    }
  }

  @Test
  void valuesAreReleasedByTheBackwardPassAndTheLossStays() {
    Variable x = parameter(new float[1000]);
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      Variable y = x;
      for (int i = 0; i < 20; i++) {
        y = Activate.apply(tape, Activation.TANH, y);
      }
      Variable loss = Sum.apply(tape, y);
      assertThat(backend.liveBytes()).isEqualTo(21 * 4000 + 4);
      Gradients gradients = tape.backward(loss);
      assertThat(y.value().isOpen()).isFalse();
      assertThat(loss.value().item()).isZero();
      assertThat(gradients.of(x).toFloats()).containsOnly(1);
      // The parameter, its gradient and the loss.
      assertThat(backend.liveBytes()).isEqualTo(4000 + 4000 + 4);
    }
    assertThat(backend.liveBytes()).isEqualTo(4000);
  }

  @Test
  void branchesThatTheLossDoesNotDependOnAreReleasedToo() {
    Variable x = parameter(1, 2, 3);
    Variable weight = parameter(1, 1, 1);
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      Variable unused = RmsNorm.apply(tape, x, weight, 1e-6f);
      Variable loss = Sum.apply(tape, x);
      Gradients gradients = tape.backward(loss);
      assertThat(unused.value().isOpen()).isFalse();
      assertThat(gradients.denseOrNull(weight)).isNull();
      assertThatIllegalArgumentException().isThrownBy(() -> gradients.of(weight)).withMessageContaining("[3]");
      assertThat(backend.liveBytes()).isEqualTo(4 * (3 + 3 + 3 + 1));
    }
  }

  @Test
  void gradientsAccumulateOverTapesWhoseScopesAreClosed() {
    Variable x = parameter(1, 2);
    try (var update = new Scope(backend)) {
      var gradients = new Gradients(update);
      for (int i = 1; i <= 3; i++) {
        try (var step = new Scope(backend)) {
          var tape = Tape.recording(step);
          tape.backward(Sum.apply(tape, Scale.apply(tape, x, i)), 0.5, gradients);
        }
      }
      assertThat(gradients.of(x).toFloats()).containsExactly(3, 3);
    }
  }

  @Test
  void rowSparseGradientsAccumulateOverTapesWhoseScopesAreClosed() {
    Variable table = Variable.parameter(model.floats(new float[10], 5, 2));
    try (var update = new Scope(backend)) {
      var gradients = new Gradients(update);
      for (int[] ids : new int[][] {{4, 1, 4}, {0, 1}}) {
        try (var step = new Scope(backend)) {
          var tape = Tape.recording(step);
          Variable rows = Embedding.apply(tape, table, step.ints(ids, ids.length), 1);
          tape.backward(Sum.apply(tape, rows), 1, gradients);
        }
      }
      var sparse = gradients.sparseOrNull(table);
      assertThat(sparse).isNotNull();
      assertThat(sparse.rows().toInts()).containsExactly(0, 1, 4);
      assertThat(sparse.values().toFloats()).containsExactly(1, 1, 2, 2, 2, 2);
      assertThat(gradients.denseOrNull(table)).isNull();
    }
  }

  @Test
  void aTableThatIsAlsoUsedDenselyHasADenseGradient() {
    Variable table = Variable.parameter(model.floats(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      Variable rows = Embedding.apply(tape, table, step.ints(new int[] {2, 2}, 2), 1);
      Variable logits = MatMul.apply(tape, Orientation.NT, rows, table);
      Gradients gradients = tape.backward(Sum.apply(tape, logits));
      // Each row of logits sums over the table: 5 + 6 twice for all rows of the table, and the column sums 9 and 12
      // twice for the row that was looked up.
      assertThat(gradients.of(table).toFloats()).containsExactly(10, 12, 10, 12, 10 + 18, 12 + 24);
      assertThat(gradients.sparseOrNull(table)).isNull();
    }
  }

  @Test
  void constantsReceiveNoGradientsAndNothingIsRecordedForThem() {
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      Variable x = Variable.constant(step.floats(new float[] {1, 2}, 2));
      Variable y = Activate.apply(tape, Activation.EXP, x);
      assertThat(y.needsGradient()).isFalse();
      assertThat(tape.records(x, y)).isFalse();
      assertThat(tape.records(x, parameter(1))).isTrue();
    }
  }

  @Test
  void aRegionOfAnInferenceTapeKeepsOnlyItsResult() {
    Variable x = parameter(1, 2, 3, 4);
    try (var step = new Scope(backend)) {
      var tape = Tape.inference(step);
      Variable y = tape.region(() -> {
        Variable inner = x;
        for (int i = 0; i < 10; i++) {
          inner = Scale.apply(tape, inner, 2);
        }
        return inner;
      });
      assertThat(y.value().toFloats()).containsExactly(1024, 2048, 3072, 4096);
      assertThat(backend.liveBytes()).isEqualTo(16 + 16);
      assertThat(tape.scope()).isSameAs(step);
    }
  }

  @Test
  void aRegionMayReturnAViewOrWhatWasThereBefore() {
    Variable x = parameter(1, 2, 3, 4);
    try (var step = new Scope(backend)) {
      var tape = Tape.inference(step);
      Variable view = tape.region(() -> Reshape.apply(tape, Scale.apply(tape, x, 2), 2, 2));
      assertThat(view.value().toFloats()).containsExactly(2, 4, 6, 8);
      Variable dropped = tape.region(() -> Dropout.apply(tape, x, 0.5f));
      assertThat(dropped.value().toFloats()).containsExactly(1, 2, 3, 4);
    }
    assertThat(x.value().isOpen()).as("the parameter lives on").isTrue();
  }

  @Test
  void aRegionThatFailsLeavesTheTapeInItsScope() {
    try (var step = new Scope(backend)) {
      var tape = Tape.inference(step);
      assertThatIllegalStateException().isThrownBy(() -> tape.region(() -> {
        tape.scope().zeros(DType.F32, 5);
        throw new IllegalStateException("no");
      }));
      assertThat(tape.scope()).isSameAs(step);
      assertThat(backend.liveBytes()).isZero();
    }
  }

  /** A network of blocks with parameters of their own, dropout and a residual connection. */
  private Gradients gradientsOfBlocks(Scope step, Tape tape, Variable input, List<Variable> weights) {
    Variable x = input;
    for (Variable weight : weights) {
      x = tape.block(x, (on, v) -> Binary.add(on, v,
          Dropout.apply(on, Activate.apply(on, Activation.TANH, Binary.multiply(on, v, weight)), 0.3f)));
    }
    liveAfterForward = backend.liveBytes();
    return tape.backward(Sum.apply(tape, Binary.multiply(tape, x, x)));
  }

  private long liveAfterForward;

  @Test
  void blocksThatAreRecomputedGiveTheSameBitsInLessMemory() {
    Variable input = parameter(new Random(1).doubles(64).boxed().map(Double::floatValue).toList());
    List<Variable> weights = IntStream.range(0, 10)
        .mapToObj(i -> parameter(new Random(i).doubles(64).boxed().map(Double::floatValue).toList())).toList();
    var gradients = new ArrayList<List<float[]>>();
    var live = new ArrayList<Long>();
    for (boolean recomputing : new boolean[] {false, true}) {
      try (var step = new Scope(backend)) {
        var tape = Tape.training(step, new Rng(3, 5));
        Gradients found = gradientsOfBlocks(step, recomputing ? tape.recomputing() : tape, input, weights);
        gradients
            .add(Stream.concat(Stream.of(input), weights.stream()).map(leaf -> found.of(leaf).toFloats()).toList());
      }
      live.add(liveAfterForward);
    }
    assertThat(gradients.get(1)).usingRecursiveComparison().isEqualTo(gradients.get(0));
    long parameters = 11 * 64 * 4;
    assertThat(live.get(1)).as("one value a block").isEqualTo(parameters + 10 * 64 * 4);
    assertThat(live.get(0)).isGreaterThan(parameters + 3 * 10 * 64 * 4);
  }

  @Test
  void aFrozenParameterReceivesNoGradientAndFrozenBlocksKeepNothing() {
    Variable input = Variable.constant(model.floats(new float[64], 64));
    List<Variable> weights = IntStream.range(0, 10).mapToObj(_ -> parameter(new float[64])).toList();
    weights.subList(0, 8).forEach(weight -> weight.setTrainable(false));
    for (boolean recomputing : new boolean[] {false, true}) {
      try (var step = new Scope(backend)) {
        var tape = Tape.training(step, new Rng(3, 5));
        Variable x = Scale.apply(tape, input, 1);
        Gradients found = gradientsOfBlocks(step, recomputing ? tape.recomputing() : tape, x, weights);
        assertThat(weights.subList(0, 8)).allSatisfy(weight -> assertThat(found.denseOrNull(weight)).isNull());
        assertThat(weights.subList(8, 10)).allSatisfy(weight -> assertThat(found.denseOrNull(weight)).isNotNull());
        // The leaves, and what the two trained blocks keep: nothing of the eight below, each of which made four values.
        assertThat(liveAfterForward).isLessThan((11 + 2 * 4 + 8) * 64 * 4);
      }
    }
    weights.getFirst().setTrainable(true);
    assertThat(weights.getFirst().needsGradient()).isTrue();
    try (var step = new Scope(backend)) {
      Variable result = Scale.apply(Tape.recording(step), weights.getFirst(), 2);
      assertThatIllegalStateException().isThrownBy(() -> result.setTrainable(false)).withMessageContaining("[64]");
    }
  }

  @Test
  void dropoutIsForTrainingOnly() {
    Variable x = parameter(1, 1, 1, 1, 1, 1, 1, 1);
    try (var step = new Scope(backend)) {
      for (Tape tape : new Tape[] {Tape.inference(step), Tape.recording(step)}) {
        assertThat(Dropout.apply(tape, x, 0.5f)).isSameAs(x);
        assertThatIllegalStateException().isThrownBy(tape::nextRandom);
      }
      var tape = Tape.training(step, new Rng(1, 0));
      Variable y = Dropout.apply(tape, x, 0.5f);
      float[] dropped = y.value().toFloats();
      assertThat(dropped).containsOnly(0, 2).contains(0f).contains(2f);
      assertThat(tape.backward(Sum.apply(tape, y)).of(x).toFloats()).isEqualTo(dropped);
    }
  }

  @Test
  void randomOpsOfOneStepDrawDifferentNumbers() {
    try (var step = new Scope(backend)) {
      var tape = Tape.training(step, new Rng(1, 0));
      assertThat(tape.nextRandom()).isEqualTo(new Rng(1, 0).stream(0));
      assertThat(tape.nextRandom()).isEqualTo(new Rng(1, 0).stream(1));
    }
  }

  @Test
  void wrongUseIsAnError() {
    Variable x = parameter(1, 2);
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      assertThatIllegalArgumentException().isThrownBy(() -> tape.backward(Scale.apply(tape, x, 2)))
          .withMessageContaining("[2]");
      Variable loss = Sum.apply(tape, x);
      tape.backward(loss);
      assertThatIllegalStateException().isThrownBy(() -> tape.backward(loss));
    }
  }

  @Test
  void shapesThatDoNotFitAreNamed() {
    try (var step = new Scope(backend)) {
      var tape = Tape.recording(step);
      Variable matrix = Variable.parameter(step.zeros(DType.F32, 3, 4));
      assertThatIllegalArgumentException().isThrownBy(() -> MatMul.apply(tape, matrix, matrix))
          .withMessage("matmul: a [3, 4] does not fit b [3, 4]");
      Tensor weight = step.zeros(DType.F32, 3);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RmsNorm.apply(tape, matrix, Variable.constant(weight), 1e-6f))
          .withMessage("rmsNorm: weight [3] does not fit x [3, 4]");
    }
  }
}
