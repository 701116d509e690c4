package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RMSNorm, against plain Java; and the counters that the plan of the kernel predicts. */
class RmsNormTest {
  private static final float EPSILON = 1e-6f;

  private final PtxDevice device = new PtxDevice(Capability.SM_80);

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void aWarpARowMovesEachSectorOnce() {
    Counters counters = check("rmsNormF32", 1000, 384, 125, false, 2e-6);
    // Each row of 48 sectors of x, weight and y, and one of inverseRms.
    assertThat(counters.globalSectors()).isEqualTo(145_000);
    assertThat(counters.globalRequests()).isEqualTo(10_000);
    assertThat(counters.sharedRequests()).isZero();
    assertThat(counters.bankConflicts()).isZero();
    assertThat(counters.opcodes().get("shfl.sync.bfly.b32")).isEqualTo(5_000);
    assertThat(counters.traffic("x")).isEqualTo(new AllocationTraffic("x", 1000 * 384 * 4, 0));
    assertThat(counters.traffic("weight").readBytes()).isEqualTo(1000 * 384 * 4);
    assertThat(counters.traffic("y")).isEqualTo(new AllocationTraffic("y", 0, 1000 * 384 * 4));
    assertThat(counters.traffic("inverseRms").writtenBytes()).isEqualTo(4000);
  }

  @Test
  void aRowThatIsNotAMultipleOfAWarp() {
    check("rmsNormF32", 37, 132, 5, false, 2e-6);
  }

  @Test
  void bf16() {
    Counters counters = check("rmsNormBf16", 200, 384, 25, true, 8e-3);
    // Each of four loads of the weight takes a quarter of every sector, and so touches all 48 of them.
    assertThat(counters.globalSectors()).isEqualTo(200 * (24 + 4 * 48 + 24 + 1));
  }

  @Test
  void aBlockARowOfAnyLength() {
    Counters counters = check("rmsNormAnyF32", 60, 301, 60, false, 2e-6);
    assertThat(counters.opcodes().get("bar.sync")).isEqualTo(60 * 8);
    assertThat(counters.bankConflicts()).isZero();
  }

  private Counters check(String name, int rows, int features, int blocks, boolean half, double tolerance) {
    PtxKernel kernel = TestKernels.load(device, "rms_norm").kernel(name);
    float[] x = TestKernels.random(rows * features, 1);
    float[] weight = TestKernels.random(features, 2);
    long px = half ? TestKernels.uploadBf16(device, "x", x) : TestKernels.upload(device, "x", x);
    long pw = TestKernels.upload(device, "weight", weight);
    long py = device.allocate((long) rows * features * (half ? 2 : 4), "y");
    long pi = device.allocate(rows * 4L, "inverseRms");
    Counters counters = device.launch(
        kernel, LaunchConfig.of(Dim3.of(blocks), Dim3.of(256)),
        Parameters.of(kernel).add(px).add(pw).add(py).add(pi).add(rows).add(features).add(EPSILON));
    float[] in = half ? TestKernels.roundedToBf16(x) : x;
    float[] y = half ? TestKernels.readBf16(device, py, rows * features) : device.readFloats(py, rows * features);
    float[] inverse = device.readFloats(pi, rows);
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < features; c++) {
        sum += (double) in[r * features + c] * in[r * features + c];
      }
      double expected = 1 / Math.sqrt(sum / features + EPSILON);
      assertThat((double) inverse[r]).isCloseTo(expected, org.assertj.core.data.Offset.offset(2e-6 * expected));
      for (int c = 0; c < features; c++) {
        double want = weight[c] * expected * in[r * features + c];
        assertThat(Math.abs(y[r * features + c] - want)).as("y[%d, %d]", r, c)
            .isLessThan(tolerance * Math.max(1, Math.abs(want)));
      }
    }
    return counters;
  }
}
