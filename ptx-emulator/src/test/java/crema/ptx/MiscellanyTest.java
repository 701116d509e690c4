package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.ptx.device.Parameters;
import crema.ptx.device.PtxDevice;
import crema.ptx.device.PtxKernel;
import crema.ptx.device.PtxModule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What other kernels of an engine need, against plain Java. */
class MiscellanyTest {
  private static final int N = 1000;

  private final PtxDevice device = new PtxDevice(Capability.SM_80, 1 << 28, 2);
  private final PtxModule module = TestKernels.load(device, "miscellany");

  @AfterEach
  void close() {
    device.close();
  }

  private Counters launch(PtxKernel kernel, Parameters parameters) {
    return device.launch(kernel, LaunchConfig.of(Dim3.of(4), Dim3.of(256)), parameters);
  }

  /** The first words of Philox4x32-10 for counter 0 and key 0 are those of Random123's known answers. */
  @Test
  void philox() {
    PtxKernel kernel = module.kernel("randomWords");
    long out = device.allocate(N * 16, "out");
    launch(kernel, Parameters.of(kernel).add(out).add(N).add(0L).add(0L));
    assertThat(device.readInts(out, 4)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    int[] words = device.readInts(out, 4 * N);
    launch(kernel, Parameters.of(kernel).add(out).add(N).add(0x1234_5678_9abc_def0L).add(77L));
    int[] others = device.readInts(out, 4 * N);
    for (int i = 0; i < N; i++) {
      assertThat(Arrays.copyOfRange(words, 4 * i, 4 * i + 4)).containsExactly(philox(i, 0, 0, 0));
      assertThat(Arrays.copyOfRange(others, 4 * i, 4 * i + 4))
          .containsExactly(philox(i, 77, 0x9abc_def0, 0x1234_5678));
    }
  }

  private static int[] philox(int counter, int step, int k0, int k1) {
    int[] c = {counter, 0, step, 0};
    for (int r = 0; r < 10; r++) {
      long a = (c[0] & 0xffff_ffffL) * 0xD2511F53L;
      long b = (c[2] & 0xffff_ffffL) * 0xCD9E8D57L;
      c = new int[] {(int) (b >>> 32) ^ c[1] ^ k0, (int) b, (int) (a >>> 32) ^ c[3] ^ k1, (int) a};
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    return c;
  }

  @Test
  void gelu() {
    float[] x = TestKernels.random(N, 1);
    PtxKernel kernel = module.kernel("geluExact");
    long y = device.allocate(N * 4, "y");
    launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "x", x)).add(y).add(N));
    float[] out = device.readFloats(y, N);
    for (int i = 0; i < N; i++) {
      assertThat((double) out[i]).isCloseTo(x[i] * 0.5 * (1 + erf(x[i] / Math.sqrt(2))), within(1e-6));
    }
  }

  /** By its series (Abramowitz and Stegun, 7.1.6). */
  private static double erf(double x) {
    double term = 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * x;
    double sum = term;
    for (int n = 1; n < 200; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return sum;
  }

  @Test
  void transcendentalFunctions() {
    float[] x = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = 0.01f + i * (i % 10 == 0 ? 500f : 0.02f);
    }
    PtxKernel kernel = module.kernel("transcendental");
    long y = device.allocate(N * 4, "y");
    launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "x", x)).add(y).add(N));
    float[] out = device.readFloats(y, N);
    for (int i = 0; i < N; i++) {
      double v = x[i];
      double want = Math.tanh(v) + Math.log(v) + Math.sqrt(v) + Math.exp(-v) + Math.pow(v, 1.5) + Math.sin(v)
          + Math.cos(v);
      assertThat((double) out[i]).as("at %s", v).isCloseTo(want, within(2e-6 * Math.max(1, Math.abs(want))));
    }
  }

  @Test
  void swigluBackward() {
    int rows = 10;
    int inner = 100;
    float[] gu = TestKernels.roundedToBf16(TestKernels.random(2 * rows * inner, 1));
    float[] dy = TestKernels.roundedToBf16(TestKernels.random(rows * inner, 2));
    PtxKernel kernel = module.kernel("swigluBackward");
    long out = device.allocate(2 * rows * inner * 2, "out");
    launch(kernel, Parameters.of(kernel).add(TestKernels.uploadBf16(device, "gu", gu))
        .add(TestKernels.uploadBf16(device, "dy", dy)).add(out)
        .add(rows).add(inner));
    float[] got = TestKernels.readBf16(device, out, 2 * rows * inner);
    for (int i = 0; i < rows * inner; i++) {
      int at = i / inner * 2 * inner + i % inner;
      double g = gu[at];
      double u = gu[at + inner];
      double s = 1 / (1 + Math.exp(-g));
      double dg = dy[i] * u * s * (1 + g * (1 - s));
      assertThat((double) got[at]).isCloseTo(dg, within(0.004 * Math.max(1, Math.abs(dg))));
      assertThat((double) got[at + inner])
          .isCloseTo(dy[i] * g * s, within(0.004 * Math.max(1, Math.abs(dy[i] * g * s))));
    }
  }

  /** To the bit: every operation of the kernel is rounded as in Java. */
  @Test
  void adamW() {
    float[] p = TestKernels.random(N, 1);
    float[] g = TestKernels.random(N, 2);
    float[] m = TestKernels.random(N, 3);
    float[] v = new float[N];
    for (int i = 0; i < N; i++) {
      v[i] = m[i] * m[i];
    }
    long pp = TestKernels.upload(device, "p", p);
    long pm = TestKernels.upload(device, "m", m);
    long pv = TestKernels.upload(device, "v", v);
    ByteBuffer slot = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    slot.putLong(pp).putLong(TestKernels.upload(device, "g", g)).putLong(pm).putLong(pv).putLong(N).putFloat(0.1f)
        .putFloat(0.01f);
    long slots = device.allocate(48, "slots");
    device.write(slots, slot.array());
    long step = TestKernels.upload(device, "step", new float[] {0.5f, 1.25f, 1.5f});
    PtxKernel kernel = module.kernel("adamW");
    device.launch(kernel, LaunchConfig.of(Dim3.of(2, 1), Dim3.of(128)),
        Parameters.of(kernel).add(slots).add(step).add(0.9f).add(0.999f).add(1e-8f));
    float[] np = device.readFloats(pp, N);
    float[] nm = device.readFloats(pm, N);
    float[] nv = device.readFloats(pv, N);
    for (int i = 0; i < N; i++) {
      float gs = g[i] * 0.5f;
      float wantM = Math.fma(0.9f, m[i], (1 - 0.9f) * gs);
      float wantV = Math.fma(0.999f, v[i], (1 - 0.999f) * gs * gs);
      float want = p[i] * (1 - 0.01f * 0.1f) - 0.01f * 1.25f * wantM / ((float) Math.sqrt(wantV * 1.5f) + 1e-8f);
      assertThat(nm[i]).isEqualTo(wantM);
      assertThat(nv[i]).isEqualTo(wantV);
      assertThat(np[i]).isEqualTo(want);
    }
  }

  @Test
  void atomicsInGlobalAndSharedMemory() {
    int[] ids = new Random(5).ints(N, 0, 64).toArray();
    int[] want = new int[64];
    for (int id : ids) {
      want[id]++;
    }
    for (String name : new String[] {"histogram", "sharedHistogram"}) {
      PtxKernel kernel = module.kernel(name);
      long counts = TestKernels.upload(device, "counts", new int[64]);
      launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "ids", ids)).add(counts).add(N));
      assertThat(device.readInts(counts, 64)).as(name).isEqualTo(want);
    }
  }

  @Test
  void sumsInF64() {
    float[] x = TestKernels.random(N, 1);
    PtxKernel kernel = module.kernel("sumSquares");
    long out = device.allocate(4 * 8, "out");
    launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "x", x)).add(out).add((long) N));
    double[] sums = new double[4];
    device.read(out, java.lang.foreign.MemorySegment.ofArray(sums));
    double want = 0;
    for (float v : x) {
      want += (double) v * v;
    }
    assertThat(sums[0] + sums[1] + sums[2] + sums[3]).isCloseTo(want, within(1e-9));
  }

  @Test
  void votes() {
    int[] sorted = new Random(6).ints(N, 0, 90).sorted().toArray();
    PtxKernel kernel = module.kernel("runHeads");
    long heads = device.allocate(N * 4, "heads");
    long counts = device.allocate(32 * 4, "counts");
    launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "sorted", sorted)).add(heads).add(counts)
        .add(N));
    int[] isHead = device.readInts(heads, N);
    int[] ofWarp = device.readInts(counts, 32);
    for (int w = 0; w < 32; w++) {
      int ballot = 0;
      for (int l = 0; l < 32 && w * 32 + l < N; l++) {
        int i = w * 32 + l;
        ballot |= i == 0 || sorted[i] != sorted[i - 1] ? 1 << l : 0;
      }
      assertThat(ofWarp[w]).isEqualTo(Integer.bitCount(ballot));
      for (int l = 0; l < 32 && w * 32 + l < N; l++) {
        int i = w * 32 + l;
        int first = Integer.numberOfTrailingZeros(ballot) + 1;
        assertThat(isHead[i]).isEqualTo((ballot >>> l & 1) != 0 ? first + 100 * Integer.numberOfLeadingZeros(i) : 0);
      }
    }
  }

  @Test
  void constantAndLocalMemory() {
    float[] table = {0.5f, 1.5f, -2f, 4f};
    int[] at = new Random(7).ints(N, 0, 100).toArray();
    PtxKernel kernel = module.kernel("tables");
    long y = device.allocate(N * 4, "y");
    launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "at", at)).add(y).add(N));
    float[] out = device.readFloats(y, N);
    for (int i = 0; i < N; i++) {
      int j = at[i] & 7;
      assertThat(out[i]).isEqualTo(j * table[i + j & 3] + 7);
    }
    assertThat(device.readFloats(module.variable("table"), 4)).containsExactly(table);
  }

  @Test
  void indexedBranches() {
    int[] op = new Random(8).ints(N, 0, 11).toArray();
    int[] x = new Random(9).ints(N).toArray();
    PtxKernel kernel = module.kernel("switches");
    long y = device.allocate(N * 4, "y");
    launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "op", op))
        .add(TestKernels.upload(device, "x", x)).add(y).add(N));
    int[] out = device.readInts(y, N);
    for (int i = 0; i < N; i++) {
      assertThat(out[i]).as("operation %d", op[i]).isEqualTo(apply(op[i], x[i], i));
    }
  }

  private static int apply(int op, int x, int i) {
    return switch (op) {
      case 0 -> x * 3 + 1;
      case 1 -> x / 7;
      case 2 -> x % 11;
      case 3 -> Integer.reverse(x);
      case 4 -> Integer.bitCount(x);
      case 5 -> x >> 3;
      case 6 -> {
        int v = x;
        for (int j = 0; j < (i & 7); j++) {
          v = v * 5 + j;
        }
        yield v;
      }
      case 7 -> x & 0xff | (i & 0xff) << 8 | (x >>> 8 & 0xff) << 16 | (i >>> 8 & 0xff) << 24;
      case 8 -> {
        int sum = 5;
        for (int b = 0; b < 32; b += 8) {
          sum += (byte) (x >> b) * (byte) (i >> b);
        }
        yield sum;
      }
      default -> -1;
    };
  }

  @Test
  void halfPrecision() {
    short[] x = new short[2 * N];
    short[] b = new short[2 * N];
    float[] values = TestKernels.random(2 * N, 10);
    for (int i = 0; i < 2 * N; i++) {
      x[i] = Float.floatToFloat16(values[i]);
      b[i] = TestKernels.toBf16(values[i]);
    }
    long px = device.allocate(N * 4, "x");
    long pb = device.allocate(N * 4, "b");
    device.write(px, java.lang.foreign.MemorySegment.ofArray(x));
    device.write(pb, java.lang.foreign.MemorySegment.ofArray(b));
    long py = device.allocate(N * 4, "y");
    long pc = device.allocate(N * 4, "c");
    PtxKernel kernel = module.kernel("halves");
    launch(kernel, Parameters.of(kernel).add(px).add(pb).add(py).add(pc).add(N));
    short[] y = device.readShorts(py, 2 * N);
    short[] c = device.readShorts(pc, 2 * N);
    float third = Float.float16ToFloat(Float.floatToFloat16(0.3f));
    for (int i = 0; i < 2 * N; i++) {
      float v = Float.float16ToFloat(x[i]);
      float scaled = Float.float16ToFloat(Float.floatToFloat16(v * third));
      assertThat(y[i]).isEqualTo(Float.floatToFloat16((float) ((double) v * v + scaled)));
      float w = TestKernels.fromBf16(b[i]);
      float square = TestKernels.fromBf16(TestKernels.toBf16((float) ((double) w * w + w)));
      assertThat(TestKernels.fromBf16(c[i]))
          .isEqualTo(Math.max(square, TestKernels.fromBf16(TestKernels.toBf16(-0.1f))));
    }
  }

  @Test
  void reductionsOfAWarp() {
    int[] x = new Random(11).ints(N, -20, 20).toArray();
    PtxKernel kernel = module.kernel("warpReductions");
    long y = device.allocate(N * 4, "y");
    launch(kernel, Parameters.of(kernel).add(TestKernels.upload(device, "x", x)).add(y).add(N));
    int[] out = device.readInts(y, N);
    for (int i = 0; i < N; i++) {
      int total = 0;
      int least = Integer.MAX_VALUE;
      int same = 0;
      for (int l = 0; l < 32; l++) {
        int j = (i & -32) + l;
        int v = j < N ? x[j] : 0;
        total += v;
        least = Math.min(least, v);
        same |= v == x[i] ? 1 << l : 0;
      }
      assertThat(out[i]).isEqualTo(total + 1000 * least + same);
    }
  }
}
