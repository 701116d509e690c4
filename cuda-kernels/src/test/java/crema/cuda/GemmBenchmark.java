package crema.cuda;

import crema.tensor.DType;
import crema.tensor.Orientation;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Times matrix products in BF16 on the shapes of the default encoder and on large squares, after checking on small ones that
 * the device computes them right.
 */
final class GemmBenchmark implements DeviceBenchmark {
  /** Products that are timed at once, and on how many operands and outputs in turn, so that few stay in the L2 cache. */
  private static final int IN_A_ROW = 20;
  private static final int SETS = 4;
  /** Outputs of so many elements fill the cache by themselves. */
  private static final long LARGE = 40_000_000;
  /** Outputs are rounded by 2⁻⁹ of themselves, and operands are those that were rounded. */
  private static final double TOLERANCE = 0.01;

  private final CudaBackend backend;
  private final CheckReport report;
  private final DeviceTimer timer;
  private final boolean tiny;
  private final CudaMatMul matMul;
  private final TensorCoreGemm tensorCores;

  GemmBenchmark(CudaBackend backend, CheckReport report, boolean tiny) {
    this.backend = backend;
    this.report = report;
    this.tiny = tiny;
    timer = new DeviceTimer(backend);
    CudaContext context = backend.context();
    matMul = new CudaMatMul(context, new CudaPointwise(context, new CudaResidual(context)));
    tensorCores = new TensorCoreGemm(context);
  }

  /** Arguments are {@code DEVICE FOLDER SECONDS [tiny]}. */
  public static void main(String[] args) {
    DeviceBenchmark.run(GemmBenchmark.class, args, GemmBenchmark::new);
  }

  @Override
  public boolean check() {
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
    var random = new SplittableRandom(seed);
    var values = new float[count];
    // The device waits for the host, and what is far away does not meet in a product: a prime number of them, again and again.
    int period = Math.min(count, 999_983);
    for (int i = 0; i < period; i++) {
      // Few enough bits for BF16.
      values[i] = (random.nextInt(255) - 127) / 128f;
    }
    for (int i = period; i < count; i += period) {
      System.arraycopy(values, 0, values, i, Math.min(period, count - i));
    }
    return values;
  }

  /** How a product may be done: as it is on this device, and in every width of tile and some numbers of parts. */
  private Map<String, Consumer<GemmProblem>> ways(Orientation orientation, GemmProblem problem) {
    var ways = new LinkedHashMap<String, Consumer<GemmProblem>>();
    ways.put("", p -> matMul.run(orientation, List.of(p)));
    if (!tensorCores.takesWgmma(orientation, List.of(problem))) {
      return ways;
    }
    long k = problem.terms().getFirst().k();
    for (WgmmaTile.Cut cut : WgmmaTile.Cut.all()) {
      int parts = cut.parts();
      if (parts == 1 || k >= 128L * parts && problem.m() * problem.n() < 1 << 21) {
        ways.put(cut.tile().columns() + (parts == 1 ? "" : "/" + parts),
            p -> tensorCores.run(orientation, List.of(p), cut));
      }
    }
    return ways;
  }

  private static GemmProblem problem(Scope scope, Orientation orientation, int m, int n, int k, DType type,
      boolean add) {
    boolean at = orientation.aIsTransposed();
    boolean bt = orientation.bIsTransposed();
    Tensor left = scope.empty(DType.BF16, at ? k : m, at ? m : k);
    Tensor right = scope.empty(DType.BF16, bt ? n : k, bt ? k : n);
    return GemmProblem.of(left, right, k, scope.empty(type, m, n), null, add);
  }

  private boolean check(Orientation orientation, int m, int n, int k, DType type, Write write) {
    float[] a = random(1, m * k);
    float[] b = random(2, k * n);
    float[] before = random(3, m * n);
    boolean at = orientation.aIsTransposed();
    boolean bt = orientation.bIsTransposed();
    // All rows would take the host too long.
    int step = Math.max(1, m / 37);
    var sums = new double[Math.ceilDiv(m, step) * n];
    for (int i = 0; i < m; i += step) {
      for (int j = 0; j < n; j++) {
        double sum = write == Write.ADD ? before[i * n + j] : 0;
        for (int l = 0; l < k; l++) {
          sum += (double) a[at ? l * m + i : i * k + l] * b[bt ? j * k + l : l * n + j];
        }
        sums[i / step * n + j] = sum;
      }
    }
    boolean right = true;
    try (var scope = new Scope(backend)) {
      GemmProblem problem = problem(scope, orientation, m, n, k, type, write == Write.ADD);
      problem.terms().getFirst().a().set(a);
      problem.terms().getFirst().b().set(b);
      for (var way : ways(orientation, problem).entrySet()) {
        problem.c().set(before);
        way.getValue().accept(problem);
        float[] actual = problem.c().toFloats();
        double worst = 0;
        for (int i = 0; i < m; i += step) {
          for (int j = 0; j < n; j++) {
            double sum = sums[i / step * n + j];
            double error = Math.abs(sum - actual[i * n + j]) / (Math.abs(sum) + Math.sqrt(k));
            worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
          }
        }
        if (worst > TOLERANCE) {
          report.row("gemm", orientation + " " + m + " x " + n + " x " + k + " to " + type + " " + write + " "
              + way.getKey(), "WRONG BY", worst);
          right = false;
        }
      }
    }
    return right;
  }

  /** What is chosen on all shapes first, then what else could be. */
  @Override
  public void time(long stop) {
    time(false, stop);
    time(true, stop);
  }

  private void time(boolean others, long stop) {
    int[] tokens = tiny ? new int[] {64} : others ? new int[] {2048, 16_384} : new int[] {2048, 4096, 16_384};
    for (int rows : tokens) {
      time("qkv", Orientation.NT, rows, 640, 384, DType.BF16, others, stop);
      time("o", Orientation.NT, rows, 384, 384, DType.BF16, others, stop);
      time("gate-up", Orientation.NT, rows, 3072, 384, DType.BF16, others, stop);
      time("down", Orientation.NT, rows, 384, 1536, DType.BF16, others, stop);
      time("down dgrad", Orientation.NN, rows, 1536, 384, DType.BF16, others, stop);
      time("gate-up dgrad", Orientation.NN, rows, 384, 3072, DType.BF16, others, stop);
      time("o wgrad", Orientation.TN, 384, 384, rows, DType.F32, others, stop);
      time("gate-up wgrad", Orientation.TN, 3072, 384, rows, DType.F32, others, stop);
      time("down wgrad", Orientation.TN, 384, 1536, rows, DType.F32, others, stop);
    }
    if (!others) {
      for (int rows : tokens) {
        timeGated(rows, 1536, 384, stop);
      }
    }
    if (!tiny) {
      time("square", Orientation.NT, 4096, 4096, 4096, DType.BF16, others, stop);
      time("square", Orientation.NN, 4096, 4096, 4096, DType.BF16, others, stop);
      time("square", Orientation.NT, 8192, 8192, 8192, DType.BF16, others, stop);
    }
  }

  private void time(String name, Orientation orientation, int m, int n, int k, DType type, boolean others, long stop) {
    if (System.nanoTime() > stop) {
      return;
    }
    try (var scope = new Scope(backend)) {
      int sets = tiny || (long) m * n > LARGE ? 1 : SETS;
      var problems = new ArrayList<GemmProblem>();
      for (int i = 0; i < sets; i++) {
        problems.add(problem(scope, orientation, m, n, k, type, false));
      }
      GemmProblem.Term first = problems.getFirst().terms().getFirst();
      first.a().set(random(1, m * k));
      first.b().set(random(2, k * n));
      for (GemmProblem other : problems.subList(1, sets)) {
        backend.ops().pointwise().copy(first.a(), other.terms().getFirst().a());
        backend.ops().pointwise().copy(first.b(), other.terms().getFirst().b());
      }
      var times = new ArrayList<Object>();
      ways(orientation, problems.getFirst()).forEach((way, product) -> {
        if (way.isEmpty() == others) {
          return;
        }
        var calls = new ArrayList<Runnable>();
        for (int i = 0; i < (tiny ? 1 : IN_A_ROW); i++) {
          GemmProblem problem = problems.get(i % sets);
          calls.add(() -> product.accept(problem));
        }
        double micros = timer.microsecondsInGraph(tiny ? 1 : others ? 7 : 15, calls);
        if (others) {
          times.add(way);
          times.add(micros);
        } else {
          double flops = 2.0 * m * n * k;
          double bytes = 2.0 * m * k + 2.0 * k * n + (double) type.bytes() * m * n;
          report.row("gemm", name + " " + orientation + " " + m + " x " + n + " x " + k, "us", micros, "TFLOP/s",
              flops / micros * 1e-6, "GB/s", bytes / micros * 1e-3);
        }
      });
      if (!times.isEmpty()) {
        report.row("gemm", name + " " + orientation + " " + m + " x " + n + " x " + k + ", us by tile and parts",
            times.toArray());
      }
    }
  }

  /** SwiGLU of two products as it is chosen, as a launch for both and one for what becomes of them, and as one kernel. */
  private void timeGated(int rows, int out, int in, long stop) {
    if (System.nanoTime() > stop) {
      return;
    }
    try (var scope = new Scope(backend)) {
      Tensor x = scope.empty(DType.BF16, rows, in).set(random(1, rows * in));
      Tensor gateWeight = scope.empty(DType.BF16, out, in).set(random(2, out * in));
      Tensor upWeight = scope.empty(DType.BF16, out, in).set(random(3, out * in));
      Tensor gate = scope.empty(DType.BF16, rows, out);
      Tensor up = scope.emptyLike(gate);
      Tensor y = scope.emptyLike(gate);
      var ways = new LinkedHashMap<String, Runnable>();
      ways.put("us", () -> backend.ops().fused().gatedLinear(x, gateWeight, upWeight, y, gate, up));
      ways.put("separate_us", () -> {
        matMul.run(Orientation.NT, List.of(GemmProblem.of(x, gateWeight, in, gate, null, false),
            GemmProblem.of(x, upWeight, in, up, null, false)));
        backend.ops().pointwise().swiglu(gate, up, y);
      });
      if (tensorCores.takesGated(x, gateWeight, upWeight, gate, up, y)) {
        for (WgmmaTile tile : WgmmaTile.GATED) {
          ways.put("tiles_of_" + tile.columns() + "_us",
              () -> tensorCores.gated(x, gateWeight, upWeight, gate, up, y, tile));
        }
      }
      var times = new ArrayList<Object>();
      ways.forEach((name, way) -> times.addAll(List.of(name,
          timer.microsecondsInGraph(tiny ? 1 : 15, Collections.nCopies(tiny ? 1 : IN_A_ROW, way)))));
      report.row("gemm", "SwiGLU of " + rows + " x 2 x " + out + " x " + in, times.toArray());
    }
  }
}
