package crema.bench;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Times Crema's matrix products against OpenBLAS and oneDNN, on one and two threads, and prints a Markdown table for
 * each: the median GFLOP/s of each library, and the median of the ratios Crema / library, above 1 where Crema is
 * faster.
 *
 * <p>The libraries take turns, slice by slice, so that a change of the machine's speed meets all of them, and only
 * ratios of slices of the same round are compared. Results are checked against each other first.
 *
 * <pre>{@code
 * mvn -q -Pbench -pl bench -am -DskipTests package
 * java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -XX:+UseParallelGC -Xmx4g \
 *     -cp bench/target/benchmarks.jar crema.bench.GemmComparison
 * }</pre>
 *
 * <p>On Debian the libraries are {@code apt-get install libopenblas0-pthread libdnnl2 libgomp1}; one that is missing is
 * left out. Arguments: {@code --threads 1,2}; {@code --rounds 15}; {@code --shape "NT 4096x384x384"}, any number of
 * times; {@code --cpu-time}, which counts the thread's CPU time rather than wall time and is for one thread on a
 * machine that is busy with other things.
 */
public final class GemmComparison {
  private static final long WARM_UP_NANOS = 1_500_000_000;
  private static final long SLICE_NANOS = 20_000_000;

  /** After each slice on several threads: OpenBLAS's and OpenMP's threads go on spinning for so long. */
  private static final long PAUSE_MILLIS = 30;

  /**
   * Before each slice on several threads, after the pause: threads that wake up together are often put on one core, and
   * the scheduler takes a while to notice.
   */
  private static final long WAKE_NANOS = 30_000_000;

  private final PrintStream out;
  private final int rounds;
  private final LongSupplier clock;

  private GemmComparison(PrintStream out, int rounds, LongSupplier clock) {
    this.out = out;
    this.rounds = rounds;
    this.clock = clock;
  }

  /** Runs the comparison; see the class. */
  public static void main(String[] args) throws InterruptedException {
    int[] threads = {1, 2};
    int rounds = 15;
    boolean cpuTime = false;
    var shapes = new ArrayList<GemmShape>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--threads" -> threads = Arrays.stream(args[++i].split(",")).mapToInt(Integer::parseInt).toArray();
        case "--rounds" -> rounds = Integer.parseInt(args[++i]);
        case "--shape" -> shapes.add(GemmShape.parse(args[++i]));
        case "--cpu-time" -> cpuTime = true;
        default -> throw new IllegalArgumentException("unknown argument " + args[i]);
      }
    }
    if (cpuTime && !Arrays.equals(threads, new int[] {1})) {
      throw new IllegalArgumentException("--cpu-time counts one thread's time; add --threads 1");
    }
    LongSupplier clock = cpuTime
        ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
    var comparison = new GemmComparison(System.out, rounds, clock);
    for (int count : threads) {
      comparison.compare(count, shapes.isEmpty() ? GemmShape.TRAINING : shapes);
    }
  }

  private void compare(int threads, List<GemmShape> shapes) throws InterruptedException {
    var contenders = new ArrayList<GemmContender>();
    contenders.add(new CremaGemm(threads));
    NativeGemm.openBlas(threads).ifPresent(contenders::add);
    NativeGemm.oneDnn(threads).ifPresent(contenders::add);
    var peers = contenders.subList(1, contenders.size());
    out.println((threads == 1 ? "One thread" : threads + " threads") + ", GFLOP/s, medians of " + rounds + " rounds:");
    out.println();
    out.println("| C, shape MxNxK |"
        + contenders.stream().map(c -> " " + c.label() + " |").collect(Collectors.joining())
        + peers.stream().map(c -> " Crema / " + c.label() + " |").collect(Collectors.joining()));
    out.println("|---|" + "---:|".repeat(contenders.size() + peers.size()));
    double[] logRatios = new double[peers.size()];
    for (var shape : shapes) {
      double[][] speeds = speeds(contenders, shape, threads);
      double[] ratios = new double[peers.size()];
      for (int peer = 0; peer < ratios.length; peer++) {
        ratios[peer] = medianRatio(speeds[0], speeds[peer + 1]);
        logRatios[peer] += Math.log(ratios[peer]);
      }
      out.println("| " + shape + " |"
          + Arrays.stream(speeds).map(s -> " %.1f |".formatted(median(s))).collect(Collectors.joining())
          + Arrays.stream(ratios).mapToObj(" %.2f |"::formatted).collect(Collectors.joining()));
    }
    out.println("| geometric mean |" + " |".repeat(contenders.size())
        + Arrays.stream(logRatios).mapToObj(sum -> " **%.2f** |".formatted(Math.exp(sum / shapes.size())))
            .collect(Collectors.joining()));
    out.println();
    contenders.forEach(GemmContender::close);
  }

  /** GFLOP/s by contender and round. */
  private double[][] speeds(List<GemmContender> contenders, GemmShape shape, int threads) throws InterruptedException {
    var random = new Random(1);
    float[] a = randomFloats(random, Math.multiplyExact(shape.m(), shape.k()));
    float[] b = randomFloats(random, Math.multiplyExact(shape.k(), shape.n()));
    for (var contender : contenders) {
      contender.load(shape, a, b);
      contender.multiply();
      checkAgreement(contenders.getFirst(), contender, shape);
      multiplyFor(WARM_UP_NANOS / contenders.size(), contender);
    }
    int repeats = repeatsPerSlice(contenders.getFirst());
    double[][] speeds = new double[contenders.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < speeds.length; i++) {
        var contender = contenders.get(i);
        if (threads > 1) {
          Thread.sleep(PAUSE_MILLIS);
          multiplyFor(WAKE_NANOS, contender);
        }
        long start = clock.getAsLong();
        for (int repeat = 0; repeat < repeats; repeat++) {
          contender.multiply();
        }
        speeds[i][round] = shape.flops() * repeats / (clock.getAsLong() - start);
      }
    }
    return speeds;
  }

  private static void multiplyFor(long nanos, GemmContender contender) {
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end;) {
      contender.multiply();
    }
  }

  private int repeatsPerSlice(GemmContender contender) {
    long start = System.nanoTime();
    contender.multiply();
    return (int) Math.max(1, SLICE_NANOS / (System.nanoTime() - start));
  }

  /** Orders of summation differ, so results may differ by rounding, which grows with the root of k. */
  private static void checkAgreement(GemmContender first, GemmContender second, GemmShape shape) {
    float[] x = first.result();
    float[] y = second.result();
    double tolerance = 1e-5 * Math.sqrt(shape.k());
    for (int i = 0; i < x.length; i++) {
      if (!(Math.abs(x[i] - y[i]) <= tolerance)) {
        throw new IllegalStateException("%s: element %d is %s by %s but %s by %s".formatted(
            shape, i, x[i], first.label(), y[i], second.label()));
      }
    }
  }

  static float[] randomFloats(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static double medianRatio(double[] x, double[] y) {
    double[] ratios = new double[x.length];
    Arrays.setAll(ratios, i -> x[i] / y[i]);
    return median(ratios);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
