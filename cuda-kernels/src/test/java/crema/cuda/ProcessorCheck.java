package crema.cuda;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Orientation;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** How the CPU backend scales with threads: a training step and a matrix product, which have the same bits with any number. */
final class ProcessorCheck {
  /** Numbers of threads, as far as there are processors. */
  static final int[] THREADS = {1, 2, 4, 8, 16};

  private static final int WARM_UPS = 2;
  private static final int ROWS = 2048;
  private static final int COLUMNS = 3072;
  private static final int INNER = 384;

  private final CheckReport report;
  private final Map<String, ?> model;
  private final boolean tiny;

  /**
   * A check.
   *
   * @param model keys of the model's config, none for the default encoder
   * @param tiny whether times are of no interest
   */
  ProcessorCheck(CheckReport report, Map<String, ?> model, boolean tiny) {
    this.report = report;
    this.model = model;
    this.tiny = tiny;
  }

  /** Runs with each number of threads until the time is over. */
  void run(long stopNanos) {
    var size = tiny ? new StepCheck.Size(4, 8, false) : new StepCheck.Size(16, 32, false);
    long stepDigest = 0;
    long productDigest = 0;
    double stepAlone = 0;
    double productAlone = 0;
    for (int threads : THREADS) {
      if (threads > Runtime.getRuntime().availableProcessors() || System.nanoTime() > stopNanos) {
        return;
      }
      try (Backend backend = Backend.open(Device.CPU, new BackendOptions(threads))) {
        Timed step = steps(backend, size);
        Timed product = products(backend);
        if (threads == 1) {
          stepDigest = step.digest();
          productDigest = product.digest();
          stepAlone = step.millis();
          productAlone = product.millis();
        }
        report.row("cpu", threads + " threads, " + size, "ms", step.millis(), "speed-up", stepAlone / step.millis(),
            "bits", step.digest() == stepDigest ? "equal" : "DIFFER");
        report.row("cpu", threads + " threads, " + ROWS + " x " + COLUMNS + " x " + INNER, "ms", product.millis(),
            "GFLOP/s", 2e-6 * ROWS * COLUMNS * INNER / product.millis(), "speed-up", productAlone / product.millis(),
            "bits", product.digest() == productDigest ? "equal" : "DIFFER");
      }
    }
  }

  /** A median time, and a hash of the results. */
  private record Timed(double millis, long digest) {}

  private static double medianMillis(int runs, Runnable work) {
    var times = new double[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      work.run();
      times[i] = (System.nanoTime() - start) * 1e-6;
    }
    Arrays.sort(times);
    return times[runs / 2];
  }

  private Timed steps(Backend backend, StepCheck.Size size) {
    try (var trainee = new StepCheck.Trainee(backend, tiny ? 500 : 32_000, model, size, true)) {
      for (int i = 0; i < WARM_UPS; i++) {
        trainee.step().value();
      }
      double millis = medianMillis(3, () -> trainee.step().value());
      return new Timed(millis, trainee.digest());
    }
  }

  private Timed products(Backend backend) {
    try (var scope = new Scope(backend)) {
      Tensor a = random(scope, ROWS, INNER);
      Tensor b = random(scope, COLUMNS, INNER);
      Tensor c = scope.empty(DType.F32, ROWS, COLUMNS);
      Runnable product = () -> backend.ops().matMul().matmul(Orientation.NT, a, b, c, Write.SET);
      int runs = tiny ? 1 : 9;
      medianMillis(runs, product);
      return new Timed(medianMillis(runs, product), Arrays.hashCode(c.toFloats()));
    }
  }

  private static Tensor random(Scope scope, int rows, int columns) {
    var random = new Random(rows);
    var values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return scope.empty(DType.F32, rows, columns).set(values);
  }
}
