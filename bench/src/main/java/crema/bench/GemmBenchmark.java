package crema.bench;

import crema.base.WorkerPool;
import crema.tensor.cpu.gemm.Gemm;
import crema.tensor.cpu.gemm.PackedPanels;
import java.util.Random;
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
 * Matrix products and their allocation ({@code gc.alloc.rate.norm}), which must be some hundred bytes whatever their
 * size.
 *
 * <pre>{@code
 * mvn -q -Pbench -pl bench -am -DskipTests package
 * java -jar bench/target/benchmarks.jar GemmBenchmark -prof gc
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC", "-Xmx2g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GemmBenchmark {
  @Param({"NT 4096x384x384", "NN 4096x384x384", "TN 384x384x4096", "NT 32x384x384", "NT 1x1536x384", "NT 32x6x384"})
  public String product = "";

  @Param({"1", "2"})
  public int threads;

  private GemmShape shape;
  private WorkerPool pool;
  private Gemm gemm;
  private PackedPanels packed;
  private float[] a;
  private float[] b;
  private float[] c;

  @Setup
  public void setUp() {
    shape = GemmShape.parse(product);
    pool = new WorkerPool(threads);
    gemm = new Gemm(pool);
    var random = new Random(1);
    a = GemmComparison.randomFloats(random, shape.m() * shape.k());
    b = GemmComparison.randomFloats(random, shape.k() * shape.n());
    c = new float[shape.m() * shape.n()];
    packed = gemm.pack(shape.transposesB(), shape.n(), shape.k(), b, 0, shape.ldb());
  }

  @TearDown
  public void tearDown() {
    pool.close();
  }

  @Benchmark
  public float[] multiply() {
    gemm.multiply(shape.orientation(), shape.m(), shape.n(), shape.k(), a, 0, shape.lda(), b, 0, shape.ldb(),
        c, 0, shape.n(), false);
    return c;
  }

  /** The right-hand side packed before, as at inference. A is read as {@code [m, k]} whatever the orientation. */
  @Benchmark
  public float[] multiplyByPacked() {
    gemm.linear(shape.m(), a, 0, shape.k(), packed, null, 0, null, c, 0, shape.n());
    return c;
  }
}
