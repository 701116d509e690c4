package crema.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What both sides of the comparison of training share: the batches, the sizes of networks, what is measured. */
final class TrainingTitles {
  static final int LABELS = 10;
  static final int VOCABULARY = 30_522;
  static final int POSITIONS = 512;
  static final double DROPOUT = 0.1;
  static final double LEARNING_RATE = 2e-5;
  static final double WEIGHT_DECAY = 0.01;

  private static final int WARM_UP_STEPS = 8;

  /**
   * The size of an encoder.
   *
   * @param ffn the width of the layers between
   */
  record Size(int layers, int hidden, int heads, int ffn) {
    private static final Map<String, Size> NAMED =
        Map.of("minilm", new Size(6, 384, 12, 1536), "bert-base", new Size(12, 768, 12, 3072));

    static Size named(String name) {
      Size size = NAMED.get(name);
      if (size == null) {
        throw new IllegalArgumentException("no encoder " + name + "; there are minilm and bert-base");
      }
      return size;
    }
  }

  /** Some texts and their labels. */
  record Batch(List<int[]> texts, int[] labels) {
    int tokens() {
      return texts.stream().mapToInt(text -> text.length).sum();
    }

    int longest() {
      return texts.stream().mapToInt(text -> text.length).max().orElseThrow();
    }
  }

  private TrainingTitles() {}

  /**
   * Takes training steps and prints a line of JSON: tokens a second, padding not counted, of all steps after some to
   * warm up, and the seconds of all processors for 1,000 tokens, which other work on the machine changes less.
   *
   * @param side what is measured
   * @param args {@code minilm|bert-base IDS [BATCH [STEPS]]}; the file has the token ids of a text a line
   * @param step trains on a batch and returns its loss
   */
  static void measure(String side, String[] args, ToDoubleFunction<Batch> step) throws IOException {
    int size = args.length > 2 ? Integer.parseInt(args[2]) : 32;
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 20;
    List<int[]> texts;
    try (var lines = Files.lines(Path.of(args[1]))) {
      texts = lines.limit((long) size * (steps + WARM_UP_STEPS))
          .map(line -> Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray()).toList();
    }
    if (texts.size() < size * (steps + WARM_UP_STEPS)) {
      throw new IllegalArgumentException(args[1] + " has " + texts.size() + " texts; " + steps + " steps and "
          + WARM_UP_STEPS + " before them take " + size * (steps + WARM_UP_STEPS));
    }
    long tokens = 0;
    long start = 0;
    long cpuStart = 0;
    double loss = 0;
    for (int i = 0; i < steps + WARM_UP_STEPS; i++) {
      if (i == WARM_UP_STEPS) {
        start = System.nanoTime();
        cpuStart = cpuNanos();
      }
      int first = i * size;
      var batch = new Batch(texts.subList(first, first + size),
          IntStream.range(first, first + size).map(text -> text % LABELS).toArray());
      loss = step.applyAsDouble(batch);
      tokens += i < WARM_UP_STEPS ? 0 : batch.tokens();
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    double cpuSeconds = (cpuNanos() - cpuStart) * 1e-9;
    EncoderBench.print("{\"side\": \"%s\", \"encoder\": \"%s\", \"batch\": %d, \"threads\": %d, \"loss\": %.3f, "
        + "\"tokens_per_second\": %.0f, \"cpu_seconds_per_1000_tokens\": %.3f, \"peak_rss_mib\": %d}", side, args[0],
        size, EncoderBench.threads(), loss, tokens / seconds, cpuSeconds / tokens * 1000,
        EncoderBench.peakMemoryMib());
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
