package crema.cuda;

import crema.base.Rng;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.DType;
import crema.tensor.NormalizationOps;
import crema.tensor.PointwiseOps;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Kernels that are bound by memory: bytes that they must move, over the time that they take, beside what a copy within
 * the device reaches.
 */
final class StreamCheck {
  private static final int FEATURES = 384;
  private static final int VOCABULARY = 32_000;
  private static final int INNER = 1536;
  private static final float EPSILON = 1e-6f;
  /** Runs that are timed at once, so that what the device needs to begin one is hidden as it is within a step. */
  private static final int IN_A_ROW = 10;
  /** Copies of less than a few times this many MiB are served by the L2 cache, and are no ceiling. */
  private static final long CACHE_MIB = 64;

  private final CheckReport report;
  private final CudaBackend backend;
  private final DeviceTimer timer;
  private final int rows;
  private final int runs;
  private double ceiling;

  /**
   * A check.
   *
   * @param rows tokens that kernels work on
   */
  StreamCheck(CheckReport report, CudaBackend backend, int rows, int runs) {
    this.report = report;
    this.backend = backend;
    this.rows = rows;
    this.runs = runs;
    timer = new DeviceTimer(backend);
  }

  /** Copies within the device: the ceiling. */
  void copies() {
    for (long mib : new long[] {16, 256, 1024}) {
      long bytes = (mib << 20) * rows / 65_536;
      try (Scratch from = backend.context().scratch(bytes); Scratch to = backend.context().scratch(bytes)) {
        double micros = timer.microseconds(runs, inARow(),
            () -> backend.context().driver().copy(to.address(), from.address(), bytes, backend.context().stream()));
        double rate = 2.0 * bytes / micros * 1e-3;
        if (mib > CACHE_MIB) {
          ceiling = Math.max(ceiling, rate);
        }
        report.row("copy", mib + " MiB", "us", micros, "GB/s", rate);
      }
    }
  }

  private int inARow() {
    return runs > 1 ? IN_A_ROW : 1;
  }

  private void line(String name, double bytes, Runnable work) {
    double micros;
    try {
      micros = timer.microseconds(runs, inARow(), work);
    } catch (IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
      report.row("streams", name, "exception", e);
      return;
    }
    double rate = bytes / micros * 1e-3;
    report.row("streams", name, "us", micros, "GB/s", rate, "of copy", rate / ceiling);
  }

  private Tensor random(Scope scope, DType type, long... extents) {
    Tensor single = scope.empty(DType.F32, extents);
    var values = new float[Math.toIntExact(single.elements())];
    var random = new Random(extents.length + extents[0]);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    single.set(values);
    if (type == DType.F32) {
      return single;
    }
    Tensor half = scope.empty(type, extents);
    backend.ops().pointwise().copy(single, half);
    return half;
  }

  /** All kernels, in F32 and in the types of mixed precision. */
  void kernels() {
    for (DType type : new DType[] {DType.F32, DType.BF16}) {
      normalization(type);
      elements(type);
    }
    optimizer();
    embedding();
    loss();
  }

  private void normalization(DType type) {
    double wide = 4.0 * rows * FEATURES;
    double narrow = (double) type.bytes() * rows * FEATURES;
    NormalizationOps norms = backend.ops().normalization();
    try (var scope = new Scope(backend)) {
      Tensor x = random(scope, DType.F32, rows, FEATURES);
      Tensor branch = random(scope, type, rows, FEATURES);
      Tensor dy = random(scope, type, rows, FEATURES);
      Tensor weight = random(scope, DType.F32, FEATURES);
      Tensor gamma = random(scope, DType.F32, FEATURES);
      Tensor dweight = scope.zeros(DType.F32, FEATURES);
      Tensor dgamma = scope.zeros(DType.F32, FEATURES);
      Tensor sum = scope.empty(DType.F32, rows, FEATURES);
      Tensor y = scope.empty(type, rows, FEATURES);
      Tensor rms = scope.empty(DType.F32, rows);
      Tensor dbranch = scope.empty(type, rows, FEATURES);
      var offsets = new int[rows / 64 + 1];
      Arrays.setAll(offsets, i -> i * 64);
      Sequences sequences = Sequences.of(scope, offsets);
      Rng.Stream draws = new Rng(1, 1).stream(1);
      line("rmsNorm " + type, wide + narrow, () -> norms.rmsNorm(x, weight, EPSILON, y, rms));
      line("rmsNormBackward " + type, 2 * wide + narrow,
          () -> norms.rmsNormBackward(x, weight, rms, dy, sum, Write.SET, dweight));
      line("residualRmsNorm " + type, 2 * wide + 2 * narrow,
          () -> backend.ops().fused().residualRmsNorm(x, branch, gamma, sequences, 0.1f, draws, weight, EPSILON, sum, y,
              rms));
      line("residualRmsNormBackward " + type, 3 * wide + 3 * narrow,
          () -> backend.ops().fused().residualRmsNormBackward(branch, gamma, sequences, 0.1f, draws, weight, x, rms, dy,
              sum, Write.ADD, dweight, dbranch, dgamma));
    }
  }

  private void elements(DType type) {
    double bytes = (double) type.bytes() * rows * INNER;
    PointwiseOps pointwise = backend.ops().pointwise();
    try (var scope = new Scope(backend)) {
      Tensor a = random(scope, type, rows, INNER);
      Tensor b = scope.empty(type, rows, INNER);
      Tensor c = scope.empty(type, rows, INNER);
      pointwise.copy(a, b);
      pointwise.copy(a, c);
      line("scale " + type, 2 * bytes, () -> pointwise.scale(0.5, a, b));
      line("swiglu " + type, 3 * bytes, () -> pointwise.swiglu(a, b, c));
      line("swigluBackward " + type, 5 * bytes, () -> pointwise.swigluBackward(a, b, c, a, b));
    }
  }

  private void optimizer() {
    try (var scope = new Scope(backend)) {
      Tensor parameter = random(scope, DType.F32, 8L * rows, 40);
      Tensor gradient = random(scope, DType.F32, 8L * rows, 40);
      Tensor first = scope.zeros(DType.F32, 8L * rows, 40);
      Tensor second = scope.zeros(DType.F32, 8L * rows, 40);
      var step = new AdamWStep(1e-4, 0.9, 0.999, 1e-8, 0.01, 1, 1);
      // The gradient is read twice: for its norm, and for the update.
      line("adamWAll", 4.0 * parameter.elements() * 8, () -> backend.ops().optimizers()
          .adamWAll(List.of(new AdamWSlot.Dense(parameter, gradient, first, second, step)), 1));
    }
  }

  /** Ids as in text: the frequent ones are most of them. */
  private void embedding() {
    int tokens = Math.toIntExact(rows);
    var random = new Random(1);
    int[] ids = random.doubles(tokens).mapToInt(u -> (int) Math.pow(VOCABULARY, u) - 1).toArray();
    long distinct = Arrays.stream(ids).distinct().count();
    try (var scope = new Scope(backend)) {
      Tensor table = random(scope, DType.F32, VOCABULARY, FEATURES);
      Tensor first = scope.zeros(DType.F32, VOCABULARY, FEATURES);
      Tensor second = scope.zeros(DType.F32, VOCABULARY, FEATURES);
      Tensor y = random(scope, DType.F32, tokens, FEATURES);
      Tensor which = scope.ints(ids, tokens);
      var kernels = backend.ops().embedding();
      line("gather", 8.0 * tokens * FEATURES, () -> kernels.gather(table, which, 1, y));
      var plan = new GatherPlan(ids);
      try (Scratch words = backend.context().scratch((long) plan.words().length * Integer.BYTES);
          Scratch partials = backend.context().scratch(GatherPlan.mostPartials(tokens) * 4L * FEATURES)) {
        backend.context().write(words.address(), plan.words());
        Tensor sums = scope.empty(DType.F32, tokens, FEATURES);
        var embedding = new CudaEmbedding(backend.context());
        line("gatherBackward", 4.0 * (tokens + distinct) * FEATURES,
            () -> embedding.sumRuns(plan, words, y, 1, partials, sums));
      }
      line("gatherBackward with its plan on the host", 4.0 * (tokens + distinct) * FEATURES, () -> {
        try (var rows = kernels.gatherBackward(which, y, 1, scope)) {
          rows.rows();
        }
      });
      SparseRows gradient = kernels.gatherBackward(which, y, 1, scope);
      var step = new AdamWStep(1e-4, 0.9, 0.999, 1e-8, 0.01, 1, 1);
      line("adamWSparse", 24.0 * VOCABULARY * FEATURES + 4.0 * distinct * FEATURES,
          () -> backend.ops().optimizers().adamWSparse(table, gradient, first, second, step));
    }
  }

  private void loss() {
    long masked = Math.ceilDiv(rows, 32);
    try (var scope = new Scope(backend)) {
      Tensor logits = scope.zeros(DType.F32, masked, VOCABULARY);
      Tensor loss = scope.empty(DType.F32, 1);
      Tensor labels = scope.ints(new Random(2).ints(masked, 0, VOCABULARY).toArray(), masked);
      line("crossEntropy in place", 8.0 * logits.elements(),
          () -> backend.ops().losses().crossEntropy(logits, labels, null, 0, loss, logits));
    }
  }
}
