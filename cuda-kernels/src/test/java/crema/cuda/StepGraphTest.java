package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.Capability;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Steps that are recorded as graphs and replayed, on an emulated device whose memory comes from a pool. */
class StepGraphTest {
  private final CudaBackend backend = new CudaBackend(new Device("emulated", 0),
      new EmulatedDriver(Capability.SM_80).pooled(), Precision.FP32);

  @AfterEach
  void close() {
    backend.close();
  }

  /** Ten products of a vector that the host writes within the step. */
  private float[] powers(float x, int count, int factors) {
    try (var scope = new Scope(backend)) {
      Tensor y = backend.step("powers", () -> {
        Tensor value = scope.empty(DType.F32, count);
        var elements = new float[count];
        Arrays.fill(elements, x);
        value.set(elements);
        for (int i = 0; i < factors; i++) {
          Tensor next = scope.empty(DType.F32, count);
          backend.ops().pointwise().scale(2, value, next);
          value = next;
        }
        return value;
      });
      return y.toFloats();
    }
  }

  @Test
  void aStepThatComesAgainIsReplayedOnWhatTheHostWrote() {
    for (int run = 1; run <= 8; run++) {
      assertThat(powers(run, 5, 10)).containsOnly(run * 1024f);
    }
    // Two turns, each seen twice before it is a graph.
    assertThat(backend.context().queue().replays()).isEqualTo(4);
  }

  @Test
  void aStepThatDiffersInTheMiddleGivesWhatItShould() {
    for (int run = 1; run <= 6; run++) {
      assertThat(powers(run, 5, 10)).containsOnly(run * 1024f);
    }
    assertThat(powers(3, 5, 9)).as("fewer kernels").containsOnly(3 * 512f);
    assertThat(powers(3, 5, 12)).as("more kernels").containsOnly(3 * 4096f);
    assertThat(powers(3, 700, 10)).as("another shape").containsOnly(3 * 1024f);
    assertThat(powers(7, 5, 10)).containsOnly(7 * 1024f);
  }

  @Test
  void aReadInTheMiddleOfAStepSeesWhatCameBefore() {
    for (int run = 1; run <= 8; run++) {
      float start = run;
      try (var scope = new Scope(backend)) {
        float[] result = backend.step("reads", () -> {
          Tensor x = scope.floats(new float[] {start, 1}, 2);
          for (int i = 0; i < 10; i++) {
            backend.ops().pointwise().scale(2, x, x);
          }
          float seen = x.toFloats()[0];
          x.set(seen + 1, 0);
          for (int i = 0; i < 10; i++) {
            backend.ops().pointwise().scale(2, x, x);
          }
          return x.toFloats();
        });
        assertThat(result).containsExactly((start * 1024 + 1) * 1024, 0);
      }
    }
    assertThat(backend.context().queue().replays()).isEqualTo(8);
  }
}
