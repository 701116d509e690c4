package crema.cuda;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Orientation;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.nio.file.Path;
import java.util.Random;

/**
 * Times matrix products in BF16 on the shapes of the default encoder and on large squares, after checking on small ones that
 * the device computes them right: {@code GemmBenchmark DEVICE FOLDER SECONDS [tiny]}.
 */
final class GemmBenchmark {
  /** Products that are timed at once. */
  private static final int IN_A_ROW = 10;
  /** Outputs are rounded by 2⁻⁹ of themselves, and operands are those that were rounded. */
  private static final double TOLERANCE = 0.01;

  private final CudaBackend backend;
  private final CheckReport report;
  private final DeviceTimer timer;
  private final boolean tiny;

  GemmBenchmark(CudaBackend backend, CheckReport report, boolean tiny) {
    this.backend = backend;
    this.report = report;
    this.tiny = tiny;
    timer = new DeviceTimer(backend);
  }

  /** Checks, then times until the seconds are over. */
  public static void main(String[] args) {
    if (args.length < 3) {
      System.err.println("usage: GemmBenchmark DEVICE FOLDER SECONDS [tiny]");
      System.exit(2);
    }
    long stop = System.nanoTime() + Long.parseLong(args[2]) * 1_000_000_000L;
    try (var backend = (CudaBackend) Backend.open(Device.parse(args[0]), new BackendOptions(1, Precision.BF16))) {
      var benchmark = new GemmBenchmark(backend, new CheckReport(Path.of(args[1])), args.length > 3);
      boolean right = benchmark.check();
      benchmark.time(stop);
      if (!right) {
        System.exit(1);
      }
    }
  }

  private boolean check() {
    return check(tiny ? new int[][] {{33, 40, 50}}
        : new int[][] {{33, 40, 50}, {128, 128, 128}, {257, 384, 300}, {1000, 640, 384}, {64, 1536, 2048}, {7, 9, 11},
            {384, 1536, 4100}, {512, 256, 1024}, {2048, 3072, 384}});
  }

  /** Compares products of some sizes, {@code m, n, k}, with F64 on the host. */
  boolean check(int[]... sizes) {
    boolean right = true;
    for (int[] size : sizes) {
      for (Orientation orientation : Orientation.values()) {
        for (DType type : new DType[] {DType.BF16, DType.F32}) {
          right &= check(orientation, size[0], size[1], size[2], type, Write.SET);
        }
        right &= check(orientation, size[0], size[1], size[2], DType.F32, Write.ADD);
      }
    }
    report.row("gemm", "against F64 on the host", "right", right);
    return right;
  }

  private static float[] random(int seed, int count) {
    var random = new Random(seed);
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      // Few enough bits for BF16.
      values[i] = (random.nextInt(255) - 127) / 128f;
    }
    return values;
  }

  private boolean check(Orientation orientation, int m, int n, int k, DType type, Write write) {
    float[] a = random(1, m * k);
    float[] b = random(2, k * n);
    float[] before = random(3, m * n);
    try (var scope = new Scope(backend)) {
      boolean at = orientation.aIsTransposed();
      boolean bt = orientation.bIsTransposed();
      Tensor left = scope.empty(DType.BF16, at ? k : m, at ? m : k).set(a);
      Tensor right = scope.empty(DType.BF16, bt ? n : k, bt ? k : n).set(b);
      Tensor c = scope.empty(type, m, n).set(before);
      backend.ops().matMul().matmul(orientation, left, right, c, write);
      float[] actual = c.toFloats();
      double worst = 0;
      // All rows would take the host too long.
      for (int i = 0; i < m; i += Math.max(1, m / 37)) {
        for (int j = 0; j < n; j++) {
          double sum = write == Write.ADD ? before[i * n + j] : 0;
          for (int l = 0; l < k; l++) {
            sum += (double) a[at ? l * m + i : i * k + l] * b[bt ? j * k + l : l * n + j];
          }
          double error = Math.abs(sum - actual[i * n + j]) / (Math.abs(sum) + Math.sqrt(k));
          worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
        }
      }
      if (worst > TOLERANCE) {
        report.row("gemm", orientation + " " + m + " x " + n + " x " + k + " to " + type + " " + write, "WRONG BY",
            worst);
        return false;
      }
      return true;
    }
  }

  private void time(long stop) {
    int[] tokens = tiny ? new int[] {64} : new int[] {2048, 4096, 16_384};
    for (int rows : tokens) {
      time("qkv", Orientation.NT, rows, 640, 384, DType.BF16, stop);
      time("o", Orientation.NT, rows, 384, 384, DType.BF16, stop);
      time("gate-up", Orientation.NT, rows, 3072, 384, DType.BF16, stop);
      time("down", Orientation.NT, rows, 384, 1536, DType.BF16, stop);
      time("down dgrad", Orientation.NN, rows, 1536, 384, DType.BF16, stop);
      time("gate-up dgrad", Orientation.NN, rows, 384, 3072, DType.BF16, stop);
      time("o wgrad", Orientation.TN, 384, 384, rows, DType.F32, stop);
      time("gate-up wgrad", Orientation.TN, 3072, 384, rows, DType.F32, stop);
      time("down wgrad", Orientation.TN, 384, 1536, rows, DType.F32, stop);
    }
    if (!tiny) {
      time("square", Orientation.NT, 4096, 4096, 4096, DType.BF16, stop);
      time("square", Orientation.NN, 4096, 4096, 4096, DType.BF16, stop);
      time("square", Orientation.NT, 8192, 8192, 8192, DType.BF16, stop);
    }
  }

  private void time(String name, Orientation orientation, int m, int n, int k, DType type, long stop) {
    if (System.nanoTime() > stop) {
      return;
    }
    try (var scope = new Scope(backend)) {
      boolean at = orientation.aIsTransposed();
      boolean bt = orientation.bIsTransposed();
      Tensor a = scope.empty(DType.BF16, at ? k : m, at ? m : k).set(random(1, m * k));
      Tensor b = scope.empty(DType.BF16, bt ? n : k, bt ? k : n).set(random(2, k * n));
      Tensor c = scope.empty(type, m, n);
      double micros = timer.microseconds(tiny ? 1 : 15, IN_A_ROW,
          () -> backend.ops().matMul().matmul(orientation, a, b, c, Write.SET));
      double flops = 2.0 * m * n * k;
      double bytes = 2.0 * m * k + 2.0 * k * n + (double) type.bytes() * m * n;
      report.row("gemm", name + " " + orientation + " " + m + " x " + n + " x " + k, "us", micros, "TFLOP/s",
          flops / micros * 1e-6, "GB/s", bytes / micros * 1e-3);
    }
  }
}
