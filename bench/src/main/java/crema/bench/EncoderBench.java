package crema.bench;

import crema.nn.ParameterSource;
import crema.nn.model.TextClassifier;
import crema.nn.model.TextClassifierConfig;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** What the benchmarks of the whole encoder share: the model, the batch, and how results are printed. */
final class EncoderBench {
  private static final int VOCABULARY = 32_000;
  private static final int WARM_UP_RUNS = 20;
  private static final long WARM_UP_NANOS = 5_000_000_000L;
  /** The classes of the reference's default config. */
  static final int LABELS = 6;

  private EncoderBench() {}

  static TextClassifier model(Backend backend, int labels, double dropout) {
    var config = TextClassifierConfig.of(
        Map.of("vocab_size", VOCABULARY, "num_labels", labels, "dropout", dropout));
    return new TextClassifier(ParameterSource.random(backend, 1), config);
  }

  static int threads() {
    return Integer.parseInt(System.getenv().getOrDefault("THREADS", "2"));
  }

  static Backend openBackend() {
    return Backend.open(Device.CPU, new BackendOptions(threads()));
  }

  static int[] randomIds(long seed, int tokens) {
    return new Random(seed).ints(tokens, 0, VOCABULARY).toArray();
  }

  static int[] randomLabels(long seed, int batch) {
    return new Random(seed).ints(batch, 0, LABELS).toArray();
  }

  static Sequences equalSequences(Scope scope, int batch, int length) {
    var offsets = new int[batch + 1];
    Arrays.setAll(offsets, i -> i * length);
    return Sequences.of(scope, offsets);
  }

  /** Independent numbers of the standard normal distribution. */
  static Tensor gaussian(Scope scope, long seed, long... extents) {
    Tensor tensor = scope.empty(DType.F32, extents);
    var values = new float[Math.toIntExact(tensor.elements())];
    var random = new Random(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return tensor.set(values);
  }

  /** Runs until the machine has reached its speed, HotSpot's compilers included. */
  static void warmUp(Runnable work) {
    long start = System.nanoTime();
    for (int run = 0; run < WARM_UP_RUNS || System.nanoTime() - start < WARM_UP_NANOS; run++) {
      work.run();
    }
  }

  /** Times predictions after a warm-up and prints a line of JSON, as {@code encoder_torch.py infer} does. */
  static void measure(int batch, int length, int runs, Runnable predict) {
    warmUp(predict);
    var nanos = new long[runs];
    for (int run = 0; run < runs; run++) {
      long start = System.nanoTime();
      predict.run();
      nanos[run] = System.nanoTime() - start;
    }
    double middle = quantile(nanos, 0.5) * 1e-6;
    print("{\"batch\": %d, \"length\": %d, \"threads\": %d, \"p50_ms\": %.2f, \"p99_ms\": %.2f, "
        + "\"titles_per_second\": %.1f, \"peak_rss_mib\": %d}", batch, length, threads(), middle,
        quantile(nanos, 0.99) * 1e-6, batch / middle * 1e3, peakMemoryMib());
  }

  static double quantile(long[] nanos, double share) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[(int) (sorted.length * share)];
  }

  /** The process's largest resident size, where the system tells (Linux), or 0. */
  static long peakMemoryMib() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (var lines = Files.lines(status)) {
      return lines.filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024).findFirst().orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
