package crema.train;

import crema.data.LabelSet;
import crema.data.PackedBatch;
import crema.data.Taxonomy;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.Outcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.metrics.ThresholdSweep;
import crema.metrics.Thresholds;
import crema.nn.loss.AncestorCrossEntropy;
import crema.nn.loss.BinaryCrossEntropy;
import crema.nn.loss.ConditionalSoftmax;
import crema.nn.loss.Focus;
import crema.nn.loss.LabelTree;
import crema.nn.loss.LevelSoftmax;
import crema.nn.loss.Loss;
import crema.nn.loss.NodeWeighting;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a model predicts: how the labels of rows become targets of a loss, and how logits become probabilities and
 * answers. Immutable.
 */
public sealed interface Target {
  /** The labels, of which each has a column in the logits. */
  LabelSet labels();

  /** The kind. */
  TargetKind kind();

  /** The probability of each label. */
  ScoreMatrix probabilities(ScoreMatrix logits);

  /** The labels that are answered for each text, ascending, {@code [texts][]}. */
  int[][] decide(ScoreMatrix logits);

  /** The labels that may be an answer, ascending. */
  default int[] candidates() {
    return IntStream.range(0, labels().size()).toArray();
  }

  /** Truth and answers, to be measured. */
  Outcomes outcomes(int[][] truth, int[][] answers);

  /**
   * The same with thresholds chosen on validation rows, where there are any to choose.
   *
   * @param rows the validation rows
   */
  default Target tuned(DecisionConfig config, ScoredRows rows) {
    return this;
  }

  /** The loss without weights, smoothing or focus. */
  Loss plainLoss();

  /** The number of levels of labels. */
  default int depth() {
    return 1;
  }

  /** The one label of each sequence: {@code I32 [sequences]}. */
  default Tensor indices(Scope scope, PackedBatch batch) {
    return scope.ints(batch.labels(), batch.sequences());
  }

  /** 1 for each label that a sequence has, 0 for others: {@code [sequences, labels]}. */
  Tensor multiHot(Scope scope, PackedBatch batch);

  /**
   * One of several labels: the most probable one, where the probabilities of a text sum to 1.
   *
   * @param labels the labels
   */
  record SingleLabel(LabelSet labels) implements Target {
    @Override
    public TargetKind kind() {
      return TargetKind.SINGLE;
    }

    @Override
    public ScoreMatrix probabilities(ScoreMatrix logits) {
      return logits.softmax(1);
    }

    @Override
    public int[][] decide(ScoreMatrix logits) {
      return Arrays.stream(logits.best()).mapToObj(best -> new int[] {best}).toArray(int[][]::new);
    }

    @Override
    public Outcomes outcomes(int[][] truth, int[][] answers) {
      return SingleLabelOutcomes.of(only(truth), only(answers), labels.size());
    }

    @Override
    public Loss plainLoss() {
      return new SoftmaxCrossEntropy();
    }

    @Override
    public Tensor multiHot(Scope scope, PackedBatch batch) {
      return Target.multiHot(scope, batch, labels.size());
    }
  }

  /**
   * Any number of labels, each for itself.
   *
   * @param labels the labels
   * @param thresholds from which probability on a text has a label
   */
  record MultiLabel(LabelSet labels, Thresholds thresholds) implements Target {
    private static final double UNDECIDED = 0.5;
    /** No probability reaches it, so that the nearest label is taken, which is the most probable one. */
    private static final double NEVER = 2;

    /** Labels that a text has if they are more probable than not. */
    public static MultiLabel of(LabelSet labels) {
      return new MultiLabel(labels, Thresholds.global(UNDECIDED, labels.size()));
    }

    @Override
    public TargetKind kind() {
      return TargetKind.MULTI;
    }

    @Override
    public ScoreMatrix probabilities(ScoreMatrix logits) {
      return logits.sigmoid(1);
    }

    @Override
    public int[][] decide(ScoreMatrix logits) {
      return thresholds.decode(probabilities(logits));
    }

    @Override
    public MultiLabelOutcomes outcomes(int[][] truth, int[][] answers) {
      return MultiLabelOutcomes.of(truth, answers, labels.size());
    }

    @Override
    public MultiLabel tuned(DecisionConfig config, ScoredRows rows) {
      Thresholds chosen = switch (config.threshold()) {
        case "global" -> Thresholds.global(sweep(config, rows).best(config.average()).threshold(), labels.size());
        case "per-label" -> Thresholds.fitPerLabel(probabilities(rows.logits()), rows.truth(), UNDECIDED);
        case "argmax" -> Thresholds.global(NEVER, labels.size()).withAtLeastOne();
        default -> Thresholds.global(config.givenThreshold(), labels.size());
      };
      return new MultiLabel(labels, config.atLeastOne() ? chosen.withAtLeastOne() : chosen);
    }

    /** How the metrics of rows change with one threshold for all labels. */
    ThresholdSweep sweep(DecisionConfig config, ScoredRows rows) {
      return ThresholdSweep.of(probabilities(rows.logits()), rows.truth(), config.grid(), config.atLeastOne());
    }

    @Override
    public Loss plainLoss() {
      return new BinaryCrossEntropy();
    }

    @Override
    public Tensor multiHot(Scope scope, PackedBatch batch) {
      return Target.multiHot(scope, batch, labels.size());
    }
  }

  /**
   * A path in a taxonomy. The labels are all its nodes, numbered as there; the label of a row is the last node of its
   * path.
   *
   * @param labels the nodes
   * @param separator what separates the segments of a path
   * @param taxonomy the nodes as a tree
   * @param scoring what the logits mean
   * @param decoding how they become an answer
   */
  record Paths(LabelSet labels, String separator, Taxonomy taxonomy, NodeScoring scoring, Decoding decoding)
      implements Target {
    /**
     * Paths, and how to answer with them.
     *
     * @param rowLabels the paths of the training rows
     */
    public static Paths of(LabelSet rowLabels, String separator, NodeScoring scoring, Decoding decoding) {
      Taxonomy taxonomy = Taxonomy.of(rowLabels.names(), separator);
      return new Paths(taxonomy.labels(rowLabels), separator, taxonomy, scoring, decoding);
    }

    /** The same nodes, read from a model: what is said of them in {@link #of}, they say themselves. */
    static Paths ofNodes(LabelSet nodes, String separator, NodeScoring scoring, Decoding decoding) {
      return new Paths(nodes, separator, Taxonomy.of(nodes.names(), separator), scoring, decoding);
    }

    @Override
    public TargetKind kind() {
      return TargetKind.TAXONOMY;
    }

    @Override
    public int depth() {
      return taxonomy.depth();
    }

    /** The tree as losses need it. */
    LabelTree tree() {
      return new LabelTree(taxonomy.parents());
    }

    @Override
    public ScoreMatrix probabilities(ScoreMatrix logits) {
      var probabilities = new float[logits.documents()][];
      Arrays.setAll(probabilities, text -> narrow(scoring.scores(taxonomy, row(logits, text)).probabilities()));
      return ScoreMatrix.of(probabilities);
    }

    /** The last node of the path that is answered, or those of all paths. */
    @Override
    public int[][] decide(ScoreMatrix logits) {
      var decoder = new TreeDecoder(taxonomy, rowLabels(), scoring, decoding);
      var answers = new int[logits.documents()][];
      Arrays.setAll(answers, text -> ends(decoder.decode(row(logits, text))));
      return answers;
    }

    @Override
    public int[] candidates() {
      LabelSet ends = rowLabels();
      return IntStream.range(0, labels.size())
          .filter(node -> taxonomy.isLeaf(node) || ends.indexOf(labels.name(node)) >= 0)
          .toArray();
    }

    /** A node is the label of a row if more rows have it than have the nodes below it. */
    private LabelSet rowLabels() {
      var own = labels.counts();
      for (int node = 0; node < own.length; node++) {
        for (int child : taxonomy.children(node)) {
          own[node] -= labels.count(child);
        }
      }
      int[] nodes = IntStream.range(0, own.length).filter(node -> own[node] > 0).toArray();
      return LabelSet.of(Arrays.stream(nodes).mapToObj(labels::name).toList(),
          Arrays.stream(nodes).mapToLong(node -> own[node]).toArray());
    }

    /** Of nodes with all of their ancestors, ascending, those with none below them. */
    private int[] ends(int[] nodes) {
      return IntStream.range(0, nodes.length)
          .filter(i -> i + 1 == nodes.length || taxonomy.parent(nodes[i + 1]) != nodes[i])
          .map(i -> nodes[i])
          .toArray();
    }

    /** Answers of several paths are measured as sets of labels. */
    @Override
    public Outcomes outcomes(int[][] truth, int[][] answers) {
      return decoding instanceof Decoding.Consistent
          ? MultiLabelOutcomes.of(truth, answers, labels.size())
          : SingleLabelOutcomes.of(only(truth), only(answers), labels.size());
    }

    @Override
    public Loss plainLoss() {
      return switch (scoring) {
        case SIGMOID, CONSTRAINED_SIGMOID ->
            new AncestorCrossEntropy(tree(), NodeWeighting.Ancestors.AS_LEAVES, Focus.NONE);
        case FAMILY_SOFTMAX -> new ConditionalSoftmax(tree());
        case LEVEL_SOFTMAX -> {
          var weights = new double[depth()];
          Arrays.fill(weights, 1);
          yield new LevelSoftmax(tree(), new NodeWeighting.Levels(weights));
        }
      };
    }

    @Override
    public Tensor multiHot(Scope scope, PackedBatch batch) {
      int nodes = labels.size();
      var targets = new float[batch.sequences() * nodes];
      for (int row = 0; row < batch.sequences(); row++) {
        for (int i = batch.labelOffsets()[row]; i < batch.labelOffsets()[row + 1]; i++) {
          for (int node = batch.labels()[i]; node >= 0; node = taxonomy.parent(node)) {
            targets[row * nodes + node] = 1;
          }
        }
      }
      return scope.floats(targets, batch.sequences(), nodes);
    }

    private static float[] row(ScoreMatrix logits, int text) {
      var row = new float[logits.labels()];
      for (int node = 0; node < row.length; node++) {
        row[node] = logits.score(text, node);
      }
      return row;
    }

    private static float[] narrow(double[] values) {
      var narrow = new float[values.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) values[i];
      }
      return narrow;
    }
  }

  private static int[] only(int[][] rows) {
    return Arrays.stream(rows).mapToInt(row -> row.length == 0 ? SingleLabelOutcomes.NONE : row[0]).toArray();
  }

  private static Tensor multiHot(Scope scope, PackedBatch batch, int labels) {
    var targets = new float[batch.sequences() * labels];
    for (int row = 0; row < batch.sequences(); row++) {
      for (int i = batch.labelOffsets()[row]; i < batch.labelOffsets()[row + 1]; i++) {
        targets[row * labels + batch.labels()[i]] = 1;
      }
    }
    return scope.floats(targets, batch.sequences(), labels);
  }
}
