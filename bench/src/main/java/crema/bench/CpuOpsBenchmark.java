package crema.bench;

import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.AdamWStep;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Tensor;
import crema.tensor.Write;
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
 * The CPU backend's ops on rows, and their allocation: the kernels allocate nothing, and handing an op out costs some
 * hundred bytes whatever its size ({@code -prof gc}, {@code gc.alloc.rate.norm}).
 *
 * <pre>{@code
 * mvn -q -Pbench -pl bench -am -DskipTests package
 * java -jar bench/target/benchmarks.jar CpuOpsBenchmark -prof gc
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC", "-Xmx2g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CpuOpsBenchmark {
  @Param({"4096x384", "32x384"})
  public String size = "";

  @Param({"1", "2"})
  public int threads;

  private Backend backend;
  private crema.tensor.Scope scope;
  private Tensor x;
  private Tensor dy;
  private Tensor y;
  private Tensor z;
  private Tensor weight;
  private Tensor dweight;
  private Tensor inverse;

  @Setup
  public void setUp() {
    String[] extents = size.split("x", 2);
    int rows = Integer.parseInt(extents[0]);
    int columns = Integer.parseInt(extents[1]);
    backend = Backend.open(Device.CPU, new BackendOptions(threads));
    scope = new crema.tensor.Scope(backend);
    x = EncoderBench.gaussian(scope, 1, rows, columns);
    dy = EncoderBench.gaussian(scope, 2, rows, columns);
    y = EncoderBench.gaussian(scope, 3, rows, columns);
    z = EncoderBench.gaussian(scope, 4, rows, columns);
    backend.ops().pointwise().activate(Activation.SQUARE, z, z);
    weight = EncoderBench.gaussian(scope, 5, columns);
    dweight = EncoderBench.gaussian(scope, 6, columns);
    inverse = EncoderBench.gaussian(scope, 7, rows);
  }

  @TearDown
  public void tearDown() {
    scope.close();
    backend.close();
  }

  @Benchmark
  public void exp() {
    backend.ops().pointwise().activate(Activation.EXP, x, y);
  }

  @Benchmark
  public void gelu() {
    backend.ops().pointwise().activate(Activation.GELU, x, y);
  }

  @Benchmark
  public void geluBackward() {
    backend.ops().pointwise().activateBackward(Activation.GELU, x, dy, y, Write.SET);
  }

  @Benchmark
  public void swiglu() {
    backend.ops().pointwise().swiglu(x, dy, y);
  }

  @Benchmark
  public void dropout() {
    backend.ops().pointwise().dropout(x, 0.1f, new Rng(1, 2).stream(3), y);
  }

  @Benchmark
  public void rmsNorm() {
    backend.ops().normalization().rmsNorm(x, weight, 1e-6f, y, null);
  }

  @Benchmark
  public void rmsNormBackward() {
    backend.ops().normalization().rmsNormBackward(x, weight, inverse, dy, y, Write.SET, dweight);
  }

  @Benchmark
  public void softmax() {
    backend.ops().reduction().softmax(x, y);
  }

  @Benchmark
  public double sumOfSquares() {
    return backend.ops().reduction().sumOfSquares(x);
  }

  @Benchmark
  public void adamW() {
    backend.ops().optimizers().adamW(x, dy, y, z, new AdamWStep(1e-9, 0.9, 0.999, 1e-8, 0, 1, 1));
  }
}
