package crema.bench;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Forest;
import crema.nn.loss.Loss;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.Targets;
import crema.nn.loss.TrainingLabels;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What each loss of the {@link LossCatalog} and its gradient cost for a batch of 512 rows and 1,000 labels, which are
 * the leaves of a tree of depth 5. Losses over all nodes of the tree have 1,350 columns; a row of several labels has
 * three.
 *
 * <pre>{@code
 * mvn -q -Pbench -pl bench -am -DskipTests package
 * java -cp bench/target/benchmarks.jar crema.bench.LossBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseParallelGC", "-Xmx2g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class LossBenchmark {
  private static final int ROWS = 512;
  private static final int LABELS_PER_ROW = 3;
  private static final int[] LEVELS = {4, 16, 70, 260, 1000};
  private static final int LABELS = LEVELS[LEVELS.length - 1];
  private static final int NODES = IntStream.of(LEVELS).sum();

  /** The name of a loss. */
  @Param("cross-entropy")
  public String loss = "cross-entropy";

  /** The form of its targets. */
  @Param("INDICES")
  public Targets.Form form = Targets.Form.INDICES;

  private Backend backend;
  private crema.tensor.Scope scope;
  private Variable logits;
  private Targets targets;
  private Loss instance;

  /** Measures every loss of the catalog with every form of targets that it takes. */
  public static void main(String[] args) throws RunnerException {
    for (Targets.Form form : Targets.Form.values()) {
      String[] names = LossCatalog.losses().stream().filter(loss -> loss.forms().contains(form))
          .map(LossDefinition::name).toArray(String[]::new);
      new Runner(new OptionsBuilder().include(LossBenchmark.class.getName()).param("form", form.name())
          .param("loss", names).build()).run();
    }
  }

  @Setup
  public void setUp() {
    backend = Backend.open(Device.CPU, new BackendOptions(2));
    scope = new crema.tensor.Scope(backend);
    var random = new Random(1);
    int columns = form == Targets.Form.NODES ? NODES : LABELS;
    var values = new float[ROWS * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 3;
    }
    logits = Variable.parameter(scope.floats(values, ROWS, columns));
    targets = switch (form) {
      case INDICES -> new Targets.Indices(labels(random, ROWS, 0));
      case NODES -> new Targets.Nodes(labels(random, ROWS, NODES - LABELS));
      case MULTI_HOT -> Targets.MultiHot.of(LABELS,
          Stream.generate(() -> labels(random, LABELS_PER_ROW, 0)).limit(ROWS).toArray(int[][]::new));
      case PAIRS -> new Targets.Pairs(ROWS, random.ints(ROWS, 0, ROWS).toArray(),
          random.ints(ROWS, 0, ROWS).toArray(), random.ints(ROWS, 0, 2).asDoubleStream().toArray());
    };
    LossDefinition definition = LossCatalog.find(loss).orElseThrow();
    long[] counts = IntStream.rangeClosed(1, columns).mapToLong(rank -> 1 + 20_000 / rank).toArray();
    instance = definition.create(definition.defaults(),
        new TrainingLabels(form, counts, 100_000, form == Targets.Form.NODES ? tree() : Forest.flat(LABELS)));
  }

  /** Labels drawn with replacement; the low ones are frequent. */
  private static int[] labels(Random random, int count, int first) {
    return IntStream.generate(() -> first + (int) (LABELS * Math.pow(random.nextDouble(), 2))).limit(count).toArray();
  }

  /** Nodes level by level; each has about as many children as its neighbours. */
  private static Forest tree() {
    var parents = new ArrayList<Integer>();
    for (int level = 0; level < LEVELS.length; level++) {
      for (int i = 0; i < LEVELS[level]; i++) {
        parents.add(level == 0 ? -1
            : parents.size() - i - LEVELS[level - 1] + i * LEVELS[level - 1] / LEVELS[level]);
      }
    }
    return new Forest(parents.stream().mapToInt(Integer::intValue).toArray());
  }

  @TearDown
  public void tearDown() {
    scope.close();
    backend.close();
  }

  @Benchmark
  public void forwardAndBackward() {
    try (var step = new crema.tensor.Scope(backend)) {
      Tape tape = Tape.recording(step);
      tape.backward(instance.apply(tape, logits, targets));
    }
  }
}
