package crema.family.encoder;

import crema.data.PackedBatch;
import crema.data.TokenDataset;
import crema.embed.CenteredVectors;
import crema.embed.Vectors;
import crema.linear.LabelTargets;
import crema.linear.LinearConfig;
import crema.linear.LinearFit;
import crema.linear.LinearLoss;
import crema.linear.LinearModel;
import crema.linear.LinearTrainer;
import crema.linear.SparseMatrix;
import crema.metrics.ScoreMatrix;
import crema.metrics.Temperature;
import crema.nn.Weights;
import crema.nn.model.HeadConfig;
import crema.nn.model.TextClassifier;
import crema.task.ScoredRows;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Fits the linear head of a model to its encoder as it is: a logistic regression of each label. */
final class FittedHead {
  /** The heads that can be fitted: one linear layer. */
  static final List<HeadConfig.Kind> KINDS = List.of(HeadConfig.Kind.NORMALIZED, HeadConfig.Kind.LINEAR);

  /** How long centered vectors are on average. */
  private static final double LENGTH = 1.5;
  private static final String WEIGHT = "classifier.weight";
  private static final String BIAS = "classifier.bias";

  private final Backend backend;
  private final TextClassifier model;

  FittedHead(Backend backend, TextClassifier model) {
    this.backend = backend;
    this.model = model;
  }

  /**
   * Replaces the head by hyperplanes that tell the labels of examples apart.
   *
   * @param c how closely they are fitted
   * @return the labels for which the solver gave up before it was done
   */
  List<Integer> fit(TokenDataset examples, Target target, double c, long seed, int threads) {
    Vectors vectors = vectors(examples);
    CenteredVectors centering = CenteredVectors.fit(vectors, LENGTH);
    var features = new SparseMatrix(0, new int[vectors.count() + 1], new int[0], new float[0])
        .withDense(vectors.size(), centering.apply(vectors));
    LinearFit fit = new LinearTrainer(
        LinearConfig.DEFAULTS.withLoss(LinearLoss.LOGISTIC).withC(c).withSeed(seed), threads)
        .train(features, labels(examples, target)
            .weighted(IntStream.range(0, examples.size()).mapToDouble(examples::weight).toArray()));
    set(fit.model(), centering);
    return fit.unconverged();
  }

  private static LabelTargets labels(TokenDataset examples, Target target) {
    int count = target.labels().size();
    if (target instanceof SingleLabelTarget) {
      var labels = new int[examples.size()];
      Arrays.setAll(labels, examples::label);
      return LabelTargets.singleLabel(count, labels);
    }
    var labels = new ArrayList<int[]>();
    for (int example = 0; example < examples.size(); example++) {
      labels.add(target.implied(examples.label(example)));
    }
    return LabelTargets.multiLabel(count, labels);
  }

  /** What the head's linear layer reads of examples, in their order. */
  private Vectors vectors(TokenDataset examples) {
    int size = model.encoder().features();
    var values = new float[Math.multiplyExact(examples.size(), size)];
    int at = 0;
    for (var batches = Evaluator.batches(examples).epoch(0); batches.hasNext();) {
      float[] rows = Evaluator.vectors(backend, model, batches.next());
      System.arraycopy(rows, 0, values, at, rows.length);
      at += rows.length;
    }
    if (model.config().head().kind() == HeadConfig.Kind.NORMALIZED) {
      normalize(values, size);
    }
    return new Vectors(size, values);
  }

  private static void normalize(float[] rows, int size) {
    for (int start = 0; start < rows.length; start += size) {
      double squares = 0;
      for (int i = start; i < start + size; i++) {
        squares += (double) rows[i] * rows[i];
      }
      double length = Math.sqrt(squares);
      for (int i = start; length > 0 && i < start + size; i++) {
        rows[i] = (float) (rows[i] / length);
      }
    }
  }

  /** w · (x − mean) · scale + b is linear in x. */
  private void set(LinearModel hyperplanes, CenteredVectors centering) {
    int labels = hyperplanes.labels();
    int size = hyperplanes.features();
    var weights = new float[labels * size];
    var biases = new float[labels];
    for (int label = 0; label < labels; label++) {
      double shift = 0;
      for (int i = 0; i < size; i++) {
        double weight = (double) hyperplanes.weight(i, label) * centering.scale();
        weights[label * size + i] = (float) weight;
        shift += weight * centering.mean()[i];
      }
      biases[label] = (float) (hyperplanes.intercept(label) - shift);
    }
    load(weights, biases, size);
  }

  private void load(float[] weights, float[] biases, int size) {
    try (var scope = new Scope(backend)) {
      model.loadIntersecting(Weights.of(Map.of(WEIGHT, scope.floats(weights, biases.length, size),
          BIAS, scope.floats(biases, biases.length))));
    }
  }
}
