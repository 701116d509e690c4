package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.Capability;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Orientation;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gradients of weights are computed beside the rest of the backward pass. Here that is done as late as it may be: what
 * would overwrite their operands, take their memory or read them too early shows.
 */
class WorkBesideTest {
  private static final Map<String, Integer> MODEL = Map.of("hidden_size", 64, "num_hidden_layers", 1,
      "num_attention_heads", 2, "num_key_value_heads", 1, "ffn_hidden_size", 128);
  private static final int STEPS = 6;

  private static CudaBackend open(Precision precision, boolean late) {
    EmulatedDriver driver = new EmulatedDriver(Capability.SM_90).pooled();
    System.setProperty(CudaContext.BESIDE, "true");
    try {
      return new CudaBackend(new Device("emulated", 90), late ? driver.late() : driver, precision);
    } finally {
      System.clearProperty(CudaContext.BESIDE);
    }
  }

  private static long train(CudaBackend backend, boolean repeats) {
    var size = new StepCheck.Size(3, 9, true);
    try (var trainee = new StepCheck.Trainee(backend, 300, MODEL, size, repeats)) {
      for (int step = 0; step < STEPS; step++) {
        trainee.step().value();
      }
      return trainee.digest();
    }
  }

  @ParameterizedTest
  @EnumSource
  void workThatIsDoneLateGivesTheSameBits(Precision precision) {
    long expected;
    try (CudaBackend inOrder = open(precision, false)) {
      // Outside of steps all is done in order.
      expected = train(inOrder, false);
      assertThat(inOrder.context().queue().besideRun()).isZero();
    }
    try (CudaBackend late = open(precision, true)) {
      assertThat(train(late, true)).isEqualTo(expected);
      assertThat(late.context().queue().besideRun()).isGreaterThan(STEPS * 4L);
      assertThat(late.context().queue().replays()).isPositive();
    }
  }

  @Test
  void whoReadsAGradientWaitsForIt() {
    try (CudaBackend backend = open(Precision.FP32, true); var scope = new Scope(backend)) {
      Tensor a = scope.floats(new float[] {1, 2}, 1, 2);
      Tensor b = scope.floats(new float[] {3, 4}, 1, 2);
      Tensor product = scope.empty(DType.F32, 2, 2);
      Tensor twice = scope.empty(DType.F32, 2, 2);
      backend.step("step", () -> {
        backend.ops().matMul().matmul(Orientation.TN, a, b, product, Write.SET);
        assertThat(backend.context().queue().isForked()).isTrue();
        backend.ops().pointwise().scale(2, product, twice);
        assertThat(backend.context().queue().isForked()).isFalse();
        return Boolean.TRUE;
      });
      assertThat(twice.toFloats()).containsExactly(6, 8, 12, 16);
    }
  }

  @Test
  void whoOverwritesAnOperandWaitsUntilItWasRead() {
    try (CudaBackend backend = open(Precision.FP32, true); var scope = new Scope(backend)) {
      Tensor a = scope.floats(new float[] {1, 2}, 1, 2);
      Tensor b = scope.floats(new float[] {3, 4}, 1, 2);
      Tensor product = scope.empty(DType.F32, 2, 2);
      backend.step("step", () -> {
        backend.ops().matMul().matmul(Orientation.TN, a, b, product, Write.SET);
        backend.ops().pointwise().scale(0, b, a);
        return Boolean.TRUE;
      });
      assertThat(product.toFloats()).containsExactly(3, 4, 6, 8);
      assertThat(a.toFloats()).containsOnly(0);
    }
  }

  @Test
  void memoryThatIsGivenBackMeanwhileIsNotTakenAgain() {
    try (CudaBackend backend = open(Precision.FP32, true); var scope = new Scope(backend)) {
      Tensor b = scope.floats(new float[] {3, 4}, 1, 2);
      Tensor product = scope.empty(DType.F32, 2, 2);
      backend.step("step", () -> {
        try (var inner = new Scope(backend)) {
          Tensor a = inner.floats(new float[] {1, 2}, 1, 2);
          backend.ops().matMul().matmul(Orientation.TN, a, b, product, Write.SET);
        }
        Tensor next = scope.empty(DType.F32, 1, 2);
        backend.ops().pointwise().scale(0, b, next);
        return Boolean.TRUE;
      });
      assertThat(product.toFloats()).containsExactly(3, 4, 6, 8);
    }
  }
}
