package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.ptx.Capability;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CudaLossesTest {
  private final EmulatedDriver driver = new EmulatedDriver(Capability.SM_80);
  private final CudaBackend cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32);

  @AfterEach
  void close() {
    cuda.close();
  }

  private record Result(double loss, double[] gradient) {
    static Result of(Backend backend, DType type, double[] logits, int[] labels, double @Nullable [] weights,
        float smoothing) {
      try (var scope = new Scope(backend)) {
        int classes = logits.length / labels.length;
        Tensor z = scope.empty(type, labels.length, classes).set(logits);
        Tensor w = weights == null ? null : scope.empty(type, classes).set(weights);
        Tensor loss = scope.empty(type, 1);
        Tensor alone = scope.empty(type, 1);
        var kernels = backend.ops().losses();
        kernels.crossEntropy(z, scope.ints(labels, labels.length), w, smoothing, alone, null);
        kernels.crossEntropy(z, scope.ints(labels, labels.length), w, smoothing, loss, z);
        assertThat(alone.item()).isEqualTo(loss.item());
        return new Result(loss.item(), z.toDoubles());
      }
    }
  }

  /** Rows of a warp, of blocks that hold them, and of such that read them twice, aligned or not; logits that are far from zero have no worse losses. */
  @Test
  void anyNumberOfClassesGivesWhatTheReferenceDoes() {
    try (Backend reference = Backend.open(Device.REFERENCE)) {
      for (int classes : new int[] {2, 256, 257, 1000, 8192, 9001, 12_000, 16_388, 32_772}) {
        for (double shift : new double[] {0, 1024}) {
          var random = new Random(classes);
          var logits = new double[3 * classes];
          for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (shift + Math.scalb(Math.rint(random.nextGaussian() * 1024), -9));
          }
          double[] weights = random.doubles(classes, 0.5, 2).map(w -> (float) w).toArray();
          int[] labels = {classes - 1, -1, 0};
          for (float smoothing : new float[] {0, 0.1f}) {
            Result expected = Result.of(reference, DType.F64, logits, labels, weights, smoothing);
            Result actual = Result.of(cuda, DType.F32, logits, labels, weights, smoothing);
            assertThat(actual.loss).isCloseTo(expected.loss, within(2e-6 * expected.loss));
            assertThat(actual.gradient).usingComparatorWithPrecision(1e-6).containsExactly(expected.gradient);
          }
        }
      }
    }
    assertThat(driver.launches()).containsKeys("cross_entropy_32_f32", "cross_entropy_256_f32",
        "cross_entropy_1024_f32", "cross_entropy_held_8192_f32", "cross_entropy_held_16384_f32",
        "cross_entropy_held_32768_f32");
  }

  @Test
  void withoutALabelLossAndGradientsAreZero() {
    Result result = Result.of(cuda, DType.F32, new double[] {1, 2, 3, 4}, new int[] {-1, -7}, null, 0.1f);
    assertThat(result.loss).isZero();
    assertThat(result.gradient).containsOnly(0);
  }

  @Test
  void aLabelThatIsNoClassIsNamed() {
    assertThatThrownBy(() -> Result.of(cuda, DType.F32, new double[] {1, 2, 3, 4}, new int[] {1, 2}, null, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("label 2 of row 1 is not one of 2 classes, 0 to 1");
  }

  /** What only the device knows is checked there: the loss is no number, which stops a run. */
  @Test
  void aLabelThatAKernelWroteAndIsNoClassGivesNoNumber() {
    try (var scope = new Scope(cuda)) {
      Tensor labels = scope.empty(DType.I32, 2);
      cuda.ops().pointwise().fill(5, labels);
      Tensor loss = scope.empty(DType.F32, 1);
      cuda.ops().losses().crossEntropy(scope.floats(new float[4], 2, 2), labels, null, 0, loss, null);
      assertThat(loss.item()).isNaN();
    }
  }
}
