package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packed flash attention, against plain Java. */
class AttentionTest {
  private static final int HEADS = 6;
  private static final int KV_HEADS = 2;
  private static final int DIM = 64;

  private final PtxDevice device = new PtxDevice(Capability.SM_80);

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void sequencesOfDifferentLengths() {
    int[] lengths = {5, 1, 130, 64};
    int[] starts = new int[lengths.length + 1];
    var tiles = new ArrayList<Integer>();
    for (int s = 0; s < lengths.length; s++) {
      starts[s + 1] = starts[s] + lengths[s];
      for (int t = 0; t * 64 < lengths[s]; t++) {
        tiles.add(s << 16 | t);
      }
    }
    int tokens = starts[lengths.length];
    float[] q = TestKernels.random(tokens * HEADS * DIM, 7);
    float[] k = TestKernels.random(tokens * KV_HEADS * DIM, 8);
    float[] v = TestKernels.random(tokens * KV_HEADS * DIM, 9);
    float scale = 1 / 8f;
    PtxKernel kernel = TestKernels.load(device, "attention").kernel("attentionForward");
    long y = device.allocate((long) tokens * HEADS * DIM * 2, "y");
    long logSumExp = device.allocate((long) tokens * HEADS * 4, "logSumExp");
    LaunchConfig config =
        LaunchConfig.of(Dim3.of(tiles.size(), HEADS), Dim3.of(128)).withDynamicShared(5 * 64 * 128);
    byte[] parameters = Parameters.of(kernel)
        .add(TestKernels.uploadBf16(device, "q", q)).add(TestKernels.uploadBf16(device, "k", k))
        .add(TestKernels.uploadBf16(device, "v", v)).add(TestKernels.upload(device, "starts", starts))
        .add(TestKernels.upload(device, "tiles", tiles.stream().mapToInt(Integer::intValue).toArray()))
        .add(y).add(logSumExp).add(HEADS).add(KV_HEADS).add(HEADS * DIM).add(KV_HEADS * DIM)
        .add((float) (scale / Math.log(2))).pack();
    Counters counters = device.launch(kernel, config, parameters);
    float[] out = TestKernels.readBf16(device, y, tokens * HEADS * DIM);
    float[] lse = device.readFloats(logSumExp, tokens * HEADS);
    check(TestKernels.roundedToBf16(q), TestKernels.roundedToBf16(k), TestKernels.roundedToBf16(v), starts, scale, out,
        lse);
    for (int seed = 1; seed <= 2; seed++) {
      device.poison(y, (long) tokens * HEADS * DIM * 2);
      assertThat(device.launch(kernel, config.withSchedule(new Schedule(seed)), parameters)).isEqualTo(counters);
      assertThat(TestKernels.readBf16(device, y, tokens * HEADS * DIM)).as("seed %d", seed).isEqualTo(out);
    }
    assertThat(counters.bankConflicts()).isZero();
    // One tile of keys for each tile of 5, 1 and 64 queries, three for each of the three tiles of 130; q·k and p·v.
    assertThat(counters.matrixFlops()).isEqualTo(2L * 2 * HEADS * (3 + 3 * 3) * 64 * 64 * 64);
  }

  private static void check(float[] q, float[] k, float[] v, int[] starts, float scale, float[] out, float[] lse) {
    for (int s = 0; s + 1 < starts.length; s++) {
      int length = starts[s + 1] - starts[s];
      for (int i = starts[s]; i < starts[s + 1]; i++) {
        for (int h = 0; h < HEADS; h++) {
          int g = h / (HEADS / KV_HEADS);
          double[] p = new double[length];
          double top = Double.NEGATIVE_INFINITY;
          for (int j = 0; j < length; j++) {
            for (int e = 0; e < DIM; e++) {
              p[j] += scale * q[(i * HEADS + h) * DIM + e] * k[((starts[s] + j) * KV_HEADS + g) * DIM + e];
            }
            top = Math.max(top, p[j]);
          }
          double sum = 0;
          for (int j = 0; j < length; j++) {
            p[j] = Math.exp(p[j] - top);
            sum += p[j];
          }
          assertThat(Math.abs(lse[i * HEADS + h] - (top + Math.log(sum)))).isLessThan(1e-5);
          for (int e = 0; e < DIM; e++) {
            double want = 0;
            for (int j = 0; j < length; j++) {
              want += p[j] / sum * v[((starts[s] + j) * KV_HEADS + g) * DIM + e];
            }
            assertThat(Math.abs(out[(i * HEADS + h) * DIM + e] - want)).as("y[%d, %d, %d]", i, h, e).isLessThan(0.012);
          }
        }
      }
    }
  }
}
