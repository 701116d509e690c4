package crema.bench;

import crema.base.Rng;
import crema.tensor.AttentionSpec;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Attention of the default encoder (6 query and 2 key/value heads of 64) on batches of equal sequences. The arithmetic
 * is 4 · tokens · length · 384 operations forward, and 10 backward.
 *
 * <pre>{@code
 * mvn -q -Pbench -pl bench -am -DskipTests package
 * java -jar bench/target/benchmarks.jar AttentionBenchmark -prof gc
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC", "-Xmx2g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AttentionBenchmark {
  private static final int HEADS = 6;
  private static final int KEY_VALUE_HEADS = 2;
  private static final int HEAD_DIM = 64;

  /** Sequences and their length. */
  @Param({"64x12", "64x32", "64x64", "16x256", "2x2048"})
  public String batch = "";

  @Param({"0", "0.1"})
  public float dropout;

  @Param({"1", "2"})
  public int threads;

  private Backend backend;
  private crema.tensor.Scope scope;
  private Sequences sequences;
  private AttentionSpec spec;
  private Tensor q;
  private Tensor k;
  private Tensor v;
  private Tensor y;
  private Tensor logSumExp;
  private Tensor dy;
  private Tensor dq;
  private Tensor dk;
  private Tensor dv;

  @Setup
  public void setUp() {
    String[] extents = batch.split("x", 2);
    int count = Integer.parseInt(extents[0]);
    int length = Integer.parseInt(extents[1]);
    backend = Backend.open(Device.CPU, new BackendOptions(threads));
    scope = new crema.tensor.Scope(backend);
    sequences = EncoderBench.equalSequences(scope, count, length);
    spec = AttentionSpec.of(HEADS, KEY_VALUE_HEADS, HEAD_DIM, false).withDropout(dropout, new Rng(1, 2).stream(3));
    int tokens = count * length;
    q = EncoderBench.gaussian(scope, 1, tokens, HEADS * HEAD_DIM);
    k = EncoderBench.gaussian(scope, 2, tokens, KEY_VALUE_HEADS * HEAD_DIM);
    v = EncoderBench.gaussian(scope, 3, tokens, KEY_VALUE_HEADS * HEAD_DIM);
    dy = EncoderBench.gaussian(scope, 4, tokens, HEADS * HEAD_DIM);
    y = scope.emptyLike(q);
    logSumExp = scope.empty(DType.F32, tokens, HEADS);
    dq = scope.emptyLike(q);
    dk = scope.emptyLike(k);
    dv = scope.emptyLike(v);
    forward();
  }

  @TearDown
  public void tearDown() {
    scope.close();
    backend.close();
  }

  @Benchmark
  public final void forward() {
    backend.ops().attention().attention(q, k, v, sequences, spec, y, logSumExp);
  }

  @Benchmark
  public void backward() {
    backend.ops().attention().attentionBackward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv);
  }
}
