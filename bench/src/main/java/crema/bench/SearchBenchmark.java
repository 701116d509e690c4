package crema.bench;

import crema.classify.ComputeOptions;
import crema.embed.HnswIndex;
import crema.embed.NearestSearch;
import crema.embed.VectorSearch;
import crema.embed.VectorSearch.Hit;
import crema.embed.Vectors;
import java.util.List;
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
 * What a search for the ten nearest of many vectors of 256 features costs for a batch of 64 queries: a comparison with
 * all, and an index. Vectors are in clusters, as those of texts are.
 *
 * <pre>{@code
 * mvn -q -Pbench -pl bench -am -DskipTests package
 * java -jar bench/target/benchmarks.jar SearchBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC", "-Xmx3g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class SearchBenchmark {
  private static final int SIZE = 256;
  private static final int CLUSTERS = 500;
  private static final int QUERIES = 64;

  /** How many vectors are searched. */
  @Param({"20000", "200000"})
  public int count = 20_000;

  /** How they are searched. */
  @Param({"exact", "hnsw"})
  public String kind = "exact";

  private NearestSearch search;
  private Vectors queries;

  /** Makes the vectors and prepares the search. */
  @Setup
  public void open() {
    var random = new Random(1);
    var centres = new float[CLUSTERS * SIZE];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = (float) random.nextGaussian();
    }
    Vectors vectors = clustered(centres, count, random);
    queries = clustered(centres, QUERIES, random);
    search = kind.equals("hnsw")
        ? HnswIndex.build(vectors, HnswIndex.Effort.DEFAULT, 1, ComputeOptions.DEFAULT.threads())
        : new VectorSearch(vectors, VectorSearch.Similarity.DOT, ComputeOptions.DEFAULT);
  }

  private static Vectors clustered(float[] centres, int count, Random random) {
    var values = new float[count * SIZE];
    for (int row = 0; row < count; row++) {
      int centre = random.nextInt(CLUSTERS);
      double squares = 0;
      for (int i = 0; i < SIZE; i++) {
        float value = (float) (centres[centre * SIZE + i] + 0.7 * random.nextGaussian());
        values[row * SIZE + i] = value;
        squares += value * value;
      }
      for (int i = 0; i < SIZE; i++) {
        values[row * SIZE + i] /= (float) Math.sqrt(squares);
      }
    }
    return new Vectors(SIZE, values);
  }

  /** Finds the nearest ten of each query. */
  @Benchmark
  public List<List<Hit>> nearest() {
    return search.nearest(queries, 10);
  }

  /** Ends the search. */
  @TearDown
  public void close() {
    search.close();
  }
}
