package crema.cuda;

import crema.autograd.Gradients;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.cuda.driver.Driver;
import crema.cuda.memory.MemoryReport;
import crema.nn.ParameterSource;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.model.TextClassifier;
import crema.nn.model.TextClassifierConfig;
import crema.nn.optim.AdamW;
import crema.tensor.Backend;
import crema.tensor.Deferred;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Training steps of an encoder as the trainer does them: forward, backward, clipping, AdamW; loss and norm a step late. */
final class StepCheck {
  private static final double LEARNING_RATE = 2e-4;
  private static final int LABELS = 100;
  /** Two turns of a step are seen twice before they are graphs. */
  private static final int WARM_UPS = 8;
  /** How long HotSpot has to compile what the host does, before the first measurement and before others. */
  private static final long FIRST_WARM_UP_NANOS = 3_000_000_000L;
  private static final long WARM_UP_NANOS = 500_000_000L;
  private static final int BATCHES = 8;
  private static boolean warm;

  /**
   * A size of batch.
   *
   * @param uneven whether texts have from one token to {@code length}, else all have {@code length}
   */
  record Size(int texts, int length, boolean uneven) {
    @Override
    public String toString() {
      return texts + " x " + (uneven ? "1.." : "") + length;
    }

    private int[] ids(int seed, int vocabulary) {
      return new Random(seed).ints(offsets()[texts], 0, vocabulary).toArray();
    }

    private int[] labels(int seed) {
      return new Random(seed).ints(texts, 0, LABELS).toArray();
    }

    private int[] offsets() {
      var offsets = new int[texts + 1];
      for (int i = 0; i < texts; i++) {
        offsets[i + 1] = offsets[i] + (uneven ? 1 + i * 37 % length : length);
      }
      return offsets;
    }
  }

  /** One model in training. */
  static final class Trainee implements AutoCloseable {
    private final Backend backend;
    private final TextClassifier model;
    private final AdamW optimizer;
    private final boolean repeats;
    private final Size size;
    private final int[] offsets;
    private final List<int[]> ids;
    private final List<int[]> labels;
    private long steps;

    /**
     * A model and its optimizer.
     *
     * @param values keys of the model's config beside its vocabulary; none for the default encoder
     * @param repeats whether the backend is told that steps repeat
     */
    Trainee(Backend backend, int vocabulary, Map<String, ?> values, Size size, boolean repeats) {
      this.backend = backend;
      this.size = size;
      offsets = size.offsets();
      ids = IntStream.range(0, BATCHES).mapToObj(seed -> size.ids(seed, vocabulary)).toList();
      labels = IntStream.range(0, BATCHES).mapToObj(size::labels).toList();
      this.repeats = repeats;
      var config = new LinkedHashMap<String, Object>(Map.of("vocab_size", vocabulary, "num_labels", LABELS));
      config.putAll(values);
      model = new TextClassifier(ParameterSource.random(backend, 1), TextClassifierConfig.of(config));
      optimizer = new AdamW(model, 0.01);
    }

    /** Starts a step; the loss may be asked for later. */
    Deferred step() {
      long step = steps++;
      int batch = (int) (step % BATCHES);
      try (var scope = new Scope(backend)) {
        var gradients = new Gradients(scope);
        Deferred loss;
        try (var inner = new Scope(backend)) {
          var tape = Tape.training(inner, new Rng(1, step));
          Variable value = repeats ? backend.step(size, () -> loss(tape, inner, batch, gradients))
              : loss(tape, inner, batch, gradients);
          loss = value.value().deferredItem();
        }
        optimizer.step(gradients, LEARNING_RATE, 1);
        return loss;
      }
    }

    private Variable loss(Tape tape, Scope scope, int batch, Gradients gradients) {
      int[] tokens = ids.get(batch);
      Variable logits = model.forward(tape, scope.ints(tokens, tokens.length), Sequences.of(scope, offsets));
      Variable loss = new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(labels.get(batch)));
      tape.backward(loss, 1, gradients);
      return loss;
    }

    /** A hash of all parameters. */
    long digest() {
      long hash = 1;
      for (Variable parameter : model.parameters().values()) {
        Tensor value = parameter.value();
        hash = hash * 31 + Arrays.hashCode(value.toFloats());
      }
      return hash;
    }

    @Override
    public void close() {
      optimizer.close();
      model.close();
    }
  }

  private final CheckReport report;
  private final Backend backend;
  private final String device;
  private final Map<String, ?> values;

  /**
   * A check.
   *
   * @param device what stands in the report
   * @param values keys of the model's config, none for the default encoder
   */
  StepCheck(CheckReport report, Backend backend, String device, Map<String, ?> values) {
    this.report = report;
    this.backend = backend;
    this.device = device;
    this.values = values;
  }

  /** Times steps. */
  void time(int vocabulary, Size size, boolean repeats, int runs) {
    String name = device + " " + size + " vocab " + vocabulary + (repeats ? "" : " eager");
    try (var trainee = new Trainee(backend, vocabulary, values, size, repeats)) {
      Deferred before = trainee.step();
      long start = System.nanoTime();
      for (int i = 0; i < WARM_UPS || runs > WARM_UPS
          && System.nanoTime() - start < (warm ? WARM_UP_NANOS : FIRST_WARM_UP_NANOS); i++) {
        before = settled(trainee, before);
      }
      warm = true;
      before.value();
      var host = new double[runs];
      var whole = new double[runs];
      long began = System.nanoTime();
      for (int i = 0; i < runs; i++) {
        Deferred next = trainee.step();
        host[i] = (System.nanoTime() - began) * 1e-6;
        before.value();
        before = next;
        long now = System.nanoTime();
        whole[i] = (now - began) * 1e-6;
        began = now;
      }
      double loss = before.value();
      Arrays.sort(host);
      Arrays.sort(whole);
      int tokens = size.offsets()[size.texts()];
      double middle = whole[runs / 2];
      MemoryReport memory = ((CudaBackend) backend).memory();
      report.row("steps", name, "ms", middle, "p90", whole[runs * 9 / 10], "host ms", host[runs / 2], "ktok/s",
          tokens / middle, "texts/s", size.texts() / middle * 1e3, "peak MiB", mebibytes(memory.peakBytes()),
          "reserved MiB", mebibytes(memory.reservedBytes()), "device MiB", mebibytes(deviceBytes()), "loss", loss);
    } catch (IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
      report.row("steps", name, "exception", e);
    }
  }

  /** A few steps, queued one by one. */
  void few(int vocabulary, Size size, int steps) {
    try (var trainee = new Trainee(backend, vocabulary, values, size, false)) {
      double loss = Double.NaN;
      for (int i = 0; i < steps; i++) {
        loss = trainee.step().value();
      }
      report.row("small", device + " " + size, "steps", steps, "loss", loss, "digest",
          Long.toHexString(trainee.digest()));
    }
  }

  /** Times each kernel of a step. */
  void profile(int vocabulary, Size size, ProfilingDriver driver) {
    try (var trainee = new Trainee(backend, vocabulary, values, size, false)) {
      for (int i = 0; i < WARM_UPS; i++) {
        trainee.step().value();
      }
      int steps = 3;
      driver.start();
      for (int i = 0; i < steps; i++) {
        trainee.step().value();
      }
      var totals = driver.stop(((CudaBackend) backend).context().stream());
      double all = totals.values().stream().mapToDouble(ProfilingDriver.Total::microseconds).sum() / steps;
      report.row("profile", device + " " + size, "us", all);
      totals.entrySet().stream()
          .sorted(Comparator.comparingDouble(entry -> -entry.getValue().microseconds()))
          .forEach(entry -> report.row("profile", entry.getKey(), "launches", entry.getValue().count() / steps, "us",
              entry.getValue().microseconds() / steps, "share", entry.getValue().microseconds() / steps / all));
    }
  }

  /** What all processes use of the device's memory, contexts and graphs included. */
  private long deviceBytes() {
    Driver driver = ((CudaBackend) backend).context().driver();
    return driver.facts().memoryBytes() - driver.freeBytes();
  }

  private static double mebibytes(long bytes) {
    return bytes / 1048576.0;
  }

  private static Deferred settled(Trainee trainee, Deferred before) {
    Deferred next = trainee.step();
    before.value();
    return next;
  }

  /** Trains twice, once telling the backend that steps repeat and once not: the same bits. */
  void determinism(int vocabulary, Size size, int steps) {
    String name = device + " " + steps + " steps " + size;
    try {
      compareBits(name, vocabulary, size, steps);
    } catch (IllegalArgumentException | IllegalStateException | UnsupportedOperationException e) {
      report.row("bits", name, "exception", e);
    }
  }

  private void compareBits(String name, int vocabulary, Size size, int steps) {
    var digests = new long[3];
    for (int i = 0; i < digests.length; i++) {
      try (var trainee = new Trainee(backend, vocabulary, values, size, i > 0)) {
        for (int step = 0; step < steps; step++) {
          trainee.step().value();
        }
        digests[i] = trainee.digest();
      }
    }
    boolean equal = digests[0] == digests[1] && digests[1] == digests[2];
    report.row("bits", name, "eager, replayed, replayed", equal ? "equal"
        : "DIFFER " + Arrays.toString(digests), "digest", Long.toHexString(digests[0]));
  }
}
