package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two GEMMs, against plain Java: by cp.async, ldmatrix and mma.sync, and by TMA, mbarrier and wgmma. */
class GemmTest {
  private final PtxDevice device = new PtxDevice(Capability.SM_90);

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void mmaAddsToF32() {
    int m = 200;
    int n = 136;
    int k = 392;
    float[] a = TestKernels.random(m * k, 3);
    float[] b = TestKernels.random(n * k, 4);
    float[] bias = TestKernels.random(n, 5);
    float[] c = TestKernels.random(m * n, 6);
    PtxKernel kernel = TestKernels.load(device, "gemm_mma").kernel("gemmBf16AddF32").allowDynamicShared(4 * 256 * 64);
    long pa = TestKernels.uploadBf16(device, "a", a);
    long pb = TestKernels.uploadBf16(device, "b", b);
    long pbias = TestKernels.upload(device, "bias", bias);
    long pc = TestKernels.upload(device, "c", c);
    Counters counters = device.launch(
        kernel, LaunchConfig.of(Dim3.of(2, 2), Dim3.of(256)).withDynamicShared(4 * 256 * 64),
        Parameters.of(kernel).add(pa).add(pb).add(pbias).add(pc).add(m).add(n).add(k));
    float[] out = device.readFloats(pc, m * n);
    double[] product = product(a, b, m, n, k);
    for (int i = 0; i < m * n; i++) {
      assertThat(Math.abs(out[i] - (product[i] + bias[i % n] + c[i]))).as("c[%d, %d]", i / n, i % n).isLessThan(1e-4);
    }
    // 13 tiles of k, of which each of 4 blocks multiplies 128 x 128 x 32.
    assertThat(counters.matrixFlops()).isEqualTo(2L * 4 * 13 * 128 * 128 * 32);
    assertThat(counters.bankConflicts()).isZero();
    assertThat(counters.opcodes().get("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"))
        .isEqualTo(4 * 13 * 8 * 32);
  }

  @Test
  void mmaStoresBf16() {
    int m = 64;
    int n = 72;
    int k = 40;
    float[] a = TestKernels.random(m * k, 3);
    float[] b = TestKernels.random(n * k, 4);
    PtxKernel kernel = TestKernels.load(device, "gemm_mma").kernel("gemmBf16").allowDynamicShared(4 * 256 * 64);
    long pc = device.allocate(m * n * 2, "c");
    device.launch(
        kernel, LaunchConfig.of(Dim3.of(1), Dim3.of(256)).withDynamicShared(4 * 256 * 64),
        Parameters.of(kernel).add(TestKernels.uploadBf16(device, "a", a)).add(TestKernels.uploadBf16(device, "b", b))
            .add(0L).add(pc)
            .add(m).add(n).add(k));
    check(TestKernels.readBf16(device, pc, m * n), product(a, b, m, n, k), n, n);
  }

  @Test
  void wgmma() {
    int m = 200;
    int n = 150;
    int k = 392;
    int rowLength = 152;
    float[] a = TestKernels.random(m * k, 3);
    float[] b = TestKernels.random(n * k, 4);
    PtxKernel kernel = TestKernels.load(device, "gemm_wgmma").kernel("gemmWgmma");
    int shared = 3 * (128 + 64) * 128 + 2 * 64 * 128;
    kernel.allowDynamicShared(shared);
    long pa = TestKernels.uploadBf16(device, "a", a);
    long pb = TestKernels.uploadBf16(device, "b", b);
    long pc = device.allocate(m * rowLength * 2, "c");
    var type = TensorMap.ElementType.BF16;
    LaunchConfig config = LaunchConfig.of(Dim3.of(4), Dim3.of(384)).withDynamicShared(shared);
    byte[] parameters = Parameters.of(kernel)
        .add(TensorMap.matrix(type, pa, m, k, k * 2, 128, 64, Swizzle.BYTES_128).encode())
        .add(TensorMap.matrix(type, pb, n, k, k * 2, 64, 64, Swizzle.BYTES_128).encode())
        .add(TensorMap.matrix(type, pc, m, n, rowLength * 2, 64, 64, Swizzle.BYTES_128).encode())
        .add(m).add(n).add(k).pack();
    Counters counters = device.launch(kernel, config, parameters);
    check(TestKernels.readBf16(device, pc, m * rowLength), product(a, b, m, n, k), n, rowLength);
    float[] bits = TestKernels.readBf16(device, pc, m * rowLength);
    for (int seed = 1; seed <= 3; seed++) {
      device.poison(pc, m * rowLength * 2);
      // How often a warp looks at a barrier in vain depends on the order; what it computes and moves does not.
      Counters again = device.launch(kernel, config.withSchedule(new Schedule(seed)), parameters);
      assertThat(again.matrixFlops()).isEqualTo(counters.matrixFlops());
      assertThat(again.globalSectors()).isEqualTo(counters.globalSectors());
      assertThat(again.traffic()).isEqualTo(counters.traffic());
      assertThat(TestKernels.readBf16(device, pc, m * rowLength)).as("seed %d", seed).isEqualTo(bits);
    }
    // 2 x 3 tiles of 128 x 64, 7 steps of 64.
    assertThat(counters.matrixFlops()).isEqualTo(2L * 6 * 7 * 128 * 64 * 64);
    assertThat(counters.bankConflicts()).isZero();
    // Of c, n columns of m rows are stored, and what lies between the rows is not touched.
    assertThat(counters.traffic("c")).isEqualTo(new AllocationTraffic("c", 0, m * n * 2));
    // Each of 3 columns of tiles reads a once, each of 2 rows of tiles reads b once.
    assertThat(counters.traffic("a").readBytes()).isEqualTo(3L * m * k * 2);
    assertThat(counters.traffic("b").readBytes()).isEqualTo(2L * n * k * 2);
  }

  private static void check(float[] out, double[] product, int n, int rowLength) {
    for (int i = 0; i < product.length; i++) {
      double error = Math.abs(out[i / n * rowLength + i % n] - product[i]);
      assertThat(error).as("c[%d, %d]", i / n, i % n).isLessThan(0.004 * Math.max(1, Math.abs(product[i])));
    }
  }

  /** a · bᵀ of the values rounded to bf16. */
  private static double[] product(float[] a, float[] b, int m, int n, int k) {
    float[] x = TestKernels.roundedToBf16(a);
    float[] y = TestKernels.roundedToBf16(b);
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum += (double) x[i * k + l] * y[j * k + l];
        }
        c[i * n + j] = sum;
      }
    }
    return c;
  }
}
