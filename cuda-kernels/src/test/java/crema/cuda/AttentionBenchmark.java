package crema.cuda;

import crema.base.Rng;
import crema.cuda.TensorCoreAttention.Way;
import crema.tensor.AttentionOps;
import crema.tensor.AttentionSpec;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Times attention in BF16, forward and backward, on equal lengths and on titles of uneven ones, after checking that the
 * device computes it right.
 */
final class AttentionBenchmark implements DeviceBenchmark {
  private static final int HEAD_DIM = 64;
  private static final int[][] HEADS = {{6, 2}, {12, 12}};
  /** Launches that are timed at once, as a graph where it can be: each takes less than the host needs to queue it. */
  private static final int IN_A_ROW = 20;

  private final CudaBackend backend;
  private final CheckReport report;
  private final DeviceTimer timer;
  private final boolean tiny;

  AttentionBenchmark(CudaBackend backend, CheckReport report, boolean tiny) {
    this.backend = backend;
    this.report = report;
    this.tiny = tiny;
    timer = new DeviceTimer(backend);
  }

  /** Arguments are {@code DEVICE FOLDER SECONDS [tiny]}. */
  public static void main(String[] args) {
    DeviceBenchmark.run(AttentionBenchmark.class, args, AttentionBenchmark::new);
  }

  @Override
  public boolean check() {
    Rng.Stream random = new Rng(5, 6).stream(7);
    AttentionSpec plain = AttentionSpec.of(6, 2, HEAD_DIM, false);
    boolean right = check("6/2 heads, titles", plain, titles(40));
    right &= check("6/2 heads of 512 and 300", plain, 512, 300);
    right &= check("6/2 heads, dropout", plain.withDropout(0.1f, random), 200, 33, 1);
    right &= check("12/12 heads, causal", AttentionSpec.of(12, 12, HEAD_DIM, true), 130, 64, 7);
    right &= check("4/2 heads of 128, window", AttentionSpec.of(4, 2, 128, false).withWindow(50), 200, 33, 1);
    return right & check("3/3 heads of 40", AttentionSpec.of(3, 3, 40, false), 130, 5, 77);
  }

  private boolean check(String name, AttentionSpec spec, int... lengths) {
    int[] checked = tiny ? Arrays.copyOf(lengths, 1) : lengths;
    AttentionCheck check = AttentionCheck.of(spec, 1, checked);
    boolean right = check(name, check.expected(), check.on(backend), check.on(backend));
    var wgmma = new TensorCoreAttention(backend.context(), Way.WGMMA);
    if (wgmma.goesByWgmma(spec, Arrays.stream(lengths).max().orElseThrow())) {
      right &= check(name + ", wgmma", check.expected(), check.on(backend, wgmma), check.on(backend, wgmma));
    }
    return right;
  }

  private boolean check(String name, Map<String, float[]> results, Map<String, float[]> actual,
      Map<String, float[]> again) {
    boolean right = true;
    for (var expected : results.entrySet()) {
      float[] found = actual.get(expected.getKey());
      AttentionCheck.Distance distance = AttentionCheck.distance(found, expected.getValue());
      boolean same = Arrays.equals(found, again.get(expected.getKey()));
      if (!distance.isRounding() || !same) {
        report.row("attention", name + ": " + expected.getKey() + " IS WRONG", "typical", distance.typical(), "worst",
            distance.worst(), "again", same ? "the same" : "other bits");
        right = false;
      }
    }
    if (right) {
      report.row("attention", name, "checked", "right");
    }
    return right;
  }

  private static int[] titles(int count) {
    var random = new Random(7);
    return random.ints(count, 4, 41).toArray();
  }

  @Override
  public void time(long stop) {
    int tokens = tiny ? 64 : 16_384;
    for (int[] heads : HEADS) {
      for (int length : tiny ? new int[] {32} : new int[] {256, 512, 32, 64}) {
        var lengths = new int[tokens / length];
        Arrays.fill(lengths, length);
        if (System.nanoTime() < stop) {
          time(heads[0] + "/" + heads[1] + " heads, " + tokens + " tokens of " + length,
              AttentionSpec.of(heads[0], heads[1], HEAD_DIM, false), lengths);
        }
      }
      if (System.nanoTime() < stop) {
        time(heads[0] + "/" + heads[1] + " heads, titles of 4 to 40 tokens",
            AttentionSpec.of(heads[0], heads[1], HEAD_DIM, false), titles(tiny ? 4 : 512));
      }
    }
    if (System.nanoTime() < stop) {
      int[] lengths = tiny ? new int[] {32} : new int[] {256, 256, 256, 256, 256, 256, 256, 256};
      time("6/2 heads, dropout, " + Arrays.stream(lengths).sum() + " tokens of " + lengths[0],
          AttentionSpec.of(6, 2, HEAD_DIM, false).withDropout(0.1f, new Rng(5, 6).stream(7)), lengths);
    }
  }

  private void time(String name, AttentionSpec spec, int... lengths) {
    try (var scope = new Scope(backend)) {
      var cumulative = new int[lengths.length + 1];
      for (int i = 0; i < lengths.length; i++) {
        cumulative[i + 1] = cumulative[i] + lengths[i];
      }
      Sequences sequences = Sequences.of(scope, cumulative);
      var random = new Random(3);
      Tensor q = normal(scope, random, sequences, spec.numHeads());
      Tensor k = normal(scope, random, sequences, spec.numKeyValueHeads());
      Tensor v = normal(scope, random, sequences, spec.numKeyValueHeads());
      Tensor dy = normal(scope, random, sequences, spec.numHeads());
      Tensor y = scope.emptyLike(q);
      Tensor logSumExp = scope.empty(DType.F32, sequences.tokens(), spec.numHeads());
      Tensor dq = scope.emptyLike(q);
      Tensor dk = scope.emptyLike(k);
      Tensor dv = scope.emptyLike(v);
      AttentionOps ops = backend.ops().attention();
      int runs = tiny ? 1 : 20;
      double forward = microseconds(runs, () -> ops.attention(q, k, v, sequences, spec, y, logSumExp));
      // In a row and not as a graph, which would keep the address of memory that the op takes and gives back.
      double backward = timer.microseconds(runs, tiny ? 1 : IN_A_ROW,
          () -> ops.attentionBackward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv));
      double pairs = Arrays.stream(lengths).mapToDouble(length -> (double) length * length).sum() * spec.numHeads();
      double bytes = 2.0 * HEAD_DIM * sequences.tokens();
      double forwardBytes = bytes * 2 * (spec.numHeads() + spec.numKeyValueHeads());
      double backwardBytes = bytes * 4 * (spec.numHeads() + spec.numKeyValueHeads());
      // Rates of the products that the definition needs: two forward, five backward.
      parts(name, spec, sequences, q, k, v, dy, y, logSumExp, dq, dk, dv);
      report.row("attention", name, "forward_us", forward, "backward_us", backward, "forward_TFLOP/s",
          4 * HEAD_DIM * pairs / forward / 1e6, "backward_TFLOP/s", 10 * HEAD_DIM * pairs / backward / 1e6,
          "forward_GB/s", forwardBytes / forward / 1e3, "backward_GB/s", backwardBytes / backward / 1e3);
    }
  }

  /** The forward pass and the two backward, by each kernel. */
  private void parts(String name, AttentionSpec spec, Sequences sequences, Tensor q, Tensor k, Tensor v, Tensor dy,
      Tensor y, Tensor logSumExp, Tensor dq, Tensor dk, Tensor dv) {
    if (!new TensorCoreAttention(backend.context()).supports(spec, q, k, v, y, dy, dq, dk, dv)) {
      return;
    }
    int runs = tiny ? 1 : 10;
    try (var scope = new Scope(backend)) {
      long dots = CudaStorage.address(scope.empty(DType.F32, sequences.tokens(), spec.numHeads()));
      for (Way way : List.of(Way.NARROW, Way.WIDE, Way.WGMMA)) {
        var attention = new TensorCoreAttention(backend.context(), way);
        if (way == Way.WGMMA && !attention.goesByWgmma(spec, sequences.longest())) {
          continue;
        }
        var times = new ArrayList<Object>(List.of("forward_us",
            microseconds(runs, () -> attention.forward(q, k, v, sequences, spec, y, logSumExp))));
        if (way != Way.WIDE) {
          times.addAll(List.of("backward_queries_us",
              microseconds(runs, () -> attention.backwardQueries(q, k, v, sequences, spec, y, logSumExp, dy, dots, dq)),
              "backward_keys_us",
              microseconds(runs, () -> attention.backwardKeys(q, k, v, sequences, spec, logSumExp, dy, dots, dk, dv))));
        }
        report.row("attention", name + ", " + way.name().toLowerCase(Locale.ROOT), times.toArray());
      }
    }
  }

  private double microseconds(int runs, Runnable work) {
    return timer.microsecondsInGraph(runs, Collections.nCopies(tiny ? 1 : IN_A_ROW, work));
  }

  private static Tensor normal(Scope scope, Random random, Sequences sequences, int heads) {
    Tensor tensor = scope.empty(DType.BF16, sequences.tokens(), (long) heads * HEAD_DIM);
    var values = new float[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensor.set(values);
    return tensor;
  }
}
