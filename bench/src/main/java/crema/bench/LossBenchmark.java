package crema.bench;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Forest;
import crema.nn.loss.AncestorCrossEntropy;
import crema.nn.loss.AsymmetricLoss;
import crema.nn.loss.BalancingMethod;
import crema.nn.loss.BinaryCrossEntropy;
import crema.nn.loss.ClassFrequencies;
import crema.nn.loss.ConditionalSoftmax;
import crema.nn.loss.Focus;
import crema.nn.loss.LevelSoftmax;
import crema.nn.loss.LogitAdjustment;
import crema.nn.loss.Loss;
import crema.nn.loss.NodeWeighting;
import crema.nn.loss.SoftMacroF1;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.SoftmaxFocal;
import crema.nn.loss.SupervisedContrastive;
import crema.nn.loss.TreeMin;
import crema.nn.loss.TreeTriplet;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * What a loss and its gradient cost for a batch of 512 texts and 1,000 labels, which are the leaves of a tree of depth
 * 5. Losses over all nodes of the tree have 1,350 columns, those of embeddings 384; a row of a loss of many labels has
 * three.
 *
 * <pre>{@code
 * mvn -q -Pbench -pl bench -am -DskipTests package
 * java -jar bench/target/benchmarks.jar LossBenchmark
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
  private static final int HIDDEN = 384;
  private static final int LABELS_PER_ROW = 3;
  private static final int[] LEVELS = {4, 16, 70, 260, 1000};
  private static final int LABELS = LEVELS[LEVELS.length - 1];
  private static final int NODES = IntStream.of(LEVELS).sum();

  /** What a loss is computed from, and how many columns that has. */
  private enum Targets {
    LABEL(LABELS), LABELS_OF_MANY(LABELS), NODE(NODES), NODES_OF_MANY(NODES), EMBEDDINGS(HIDDEN);

    private final int columns;

    Targets(int columns) {
      this.columns = columns;
    }
  }

  /** A loss. */
  public enum Kind {
    SOFTMAX(Targets.LABEL, new SoftmaxCrossEntropy(0.1f, null)),
    SOFTMAX_FOCAL(Targets.LABEL, new SoftmaxFocal(2)),
    BALANCED_SOFTMAX(Targets.LABEL, LogitAdjustment.balancedSoftmax(new SoftmaxCrossEntropy(), frequencies())),
    SOFT_MACRO_F1(Targets.LABEL, new SoftMacroF1()),
    BCE(Targets.LABELS_OF_MANY, new BinaryCrossEntropy()),
    FOCAL(Targets.LABELS_OF_MANY, balanced(BalancingMethod.FL)),
    CLASS_BALANCED_FOCAL(Targets.LABELS_OF_MANY, balanced(BalancingMethod.CB_FL)),
    REBALANCED_FOCAL(Targets.LABELS_OF_MANY, balanced(BalancingMethod.R_FL)),
    NEGATIVE_TOLERANT_FOCAL(Targets.LABELS_OF_MANY, balanced(BalancingMethod.NTR_FL)),
    DISTRIBUTION_BALANCED_UNFOCUSED(Targets.LABELS_OF_MANY, balanced(BalancingMethod.DB_0FL)),
    CLASS_BALANCED_NEGATIVE_TOLERANT(Targets.LABELS_OF_MANY, balanced(BalancingMethod.CB_NTR)),
    DISTRIBUTION_BALANCED(Targets.LABELS_OF_MANY, balanced(BalancingMethod.DB)),
    ASYMMETRIC(Targets.LABELS_OF_MANY, new AsymmetricLoss(1, 4, 0.05)),
    SOFT_MACRO_F1_OF_MANY(Targets.LABELS_OF_MANY, new SoftMacroF1()),
    ANCESTORS(Targets.NODE, new AncestorCrossEntropy(tree(), NodeWeighting.Ancestors.AS_LEAVES, Focus.NONE)),
    ANCESTORS_FOCAL(Targets.NODE, new AncestorCrossEntropy(tree(), new NodeWeighting.Ancestors(2), Focus.of(2))),
    TREE_MIN(Targets.NODE, new TreeMin(tree(), Focus.NONE)),
    TREE_MIN_FOCAL(Targets.NODE, new TreeMin(tree(), Focus.of(2))),
    TREE_MIN_FOCAL_OF_MANY(Targets.NODES_OF_MANY, new TreeMin(tree(), Focus.of(2))),
    CONDITIONAL_SOFTMAX(Targets.NODE, new ConditionalSoftmax(tree())),
    LEVEL_SOFTMAX(Targets.NODE, new LevelSoftmax(tree(), new NodeWeighting.Levels(1, 1, 1, 1, 1))),
    TREE_TRIPLET(Targets.EMBEDDINGS, new TreeTriplet(tree(), 0.1)),
    SUPERVISED_CONTRASTIVE(Targets.EMBEDDINGS, new SupervisedContrastive(0.1));

    private final Targets targets;
    private final Loss loss;

    Kind(Targets targets, Loss loss) {
      this.targets = targets;
      this.loss = loss;
    }
  }

  @Param
  public Kind loss = Kind.SOFTMAX;

  private Backend backend;
  private crema.tensor.Scope scope;
  private Variable logits;
  private Tensor targets;

  @Setup
  public void setUp() {
    backend = Backend.open(Device.CPU, new BackendOptions(2));
    scope = new crema.tensor.Scope(backend);
    var random = new Random(1);
    int columns = loss.targets.columns;
    var values = new float[ROWS * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 3;
    }
    logits = Variable.parameter(scope.floats(values, ROWS, columns));
    targets = switch (loss.targets) {
      case LABEL -> scope.ints(labels(random, ROWS, 0), ROWS);
      case NODE, EMBEDDINGS -> scope.ints(labels(random, ROWS, NODES - LABELS), ROWS);
      case LABELS_OF_MANY, NODES_OF_MANY -> {
        var hot = new int[ROWS * columns];
        for (int row = 0; row < ROWS; row++) {
          for (int label : labels(random, LABELS_PER_ROW, columns - LABELS)) {
            hot[row * columns + label] = 1;
          }
        }
        yield scope.ints(hot, ROWS, columns);
      }
    };
  }

  /** Labels drawn with replacement; the low ones are frequent. */
  private static int[] labels(Random random, int count, int first) {
    return IntStream.generate(() -> first + (int) (LABELS * Math.pow(random.nextDouble(), 2))).limit(count).toArray();
  }

  private static Loss balanced(BalancingMethod method) {
    return method.loss(frequencies(), BalancingMethod.Scaling.AUTHORS_CODE);
  }

  private static ClassFrequencies frequencies() {
    return new ClassFrequencies(IntStream.rangeClosed(1, LABELS).mapToLong(rank -> 1 + 20_000 / rank).toArray(),
        100_000);
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
      tape.backward(loss.loss.apply(tape, logits, targets));
    }
  }
}
