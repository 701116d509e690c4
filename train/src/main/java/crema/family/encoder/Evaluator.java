package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.classify.TrainingListener;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.Sampler;
import crema.data.TokenDataset;
import crema.metrics.ScoreMatrix;
import crema.nn.model.TextClassifier;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Runs a model over a data set, without dropout. */
final class Evaluator {
  /** Tokens that run together: enough to fill the machine, few enough to stay in its caches. */
  private static final int BATCH_TOKENS = 2048;

  /**
   * What came out.
   *
   * @param rows logits and true labels, in the order of the data set
   * @param loss the mean, by the weights of rows, of the {@linkplain crema.nn.loss.Link#likelihood cross-entropy} with the labels
   */
  record Evaluation(ScoredRows rows, double loss) {}

  private final Backend backend;
  private final TextClassifier model;
  private final ClassifierLoss loss;

  Evaluator(Backend backend, TextClassifier model, Target target) {
    this.backend = backend;
    this.model = model;
    loss = ClassifierLoss.likelihood(target);
  }

  /** The examples in their own order, in batches for a model that predicts. */
  static Batches batches(TokenDataset data) {
    return new Batches(data, Sampler.sequential(data.size()), Math.max(BATCH_TOKENS, data.longest()),
        Integer.MAX_VALUE);
  }

  /** The pooled vectors of a batch, {@code [sequences, features]}. */
  static float[] vectors(Backend backend, TextClassifier model, PackedBatch batch) {
    try (var scope = new Scope(backend)) {
      return model.embed(Tape.inference(scope), scope.ints(batch.ids(), batch.tokens()),
          Sequences.of(scope, batch.cuSeqlens())).pooled().value().toFloats();
    }
  }

  /** Runs the whole model over a data set. */
  Evaluation evaluate(TokenDataset data, TrainingListener listener) {
    return evaluate(data, Logits.of(model), listener);
  }

  /**
   * Measures a data set.
   *
   * @param outputs makes the model's logits of its examples
   */
  Evaluation evaluate(TokenDataset data, Logits outputs, TrainingListener listener) {
    int labels = model.config().numLabels();
    if (data.size() == 0) {
      return new Evaluation(ScoredRows.none(labels), Double.NaN);
    }
    ScoreMatrix.Builder logits = ScoreMatrix.builder(labels);
    var truth = new int[data.size()][];
    double lossSum = 0;
    var batches = batches(data);
    int at = 0;
    for (var batch = batches.epoch(0); batch.hasNext();) {
      PackedBatch packed = batch.next();
      try (var scope = new Scope(backend)) {
        var tape = Tape.inference(scope);
        Variable output = outputs.of(tape, packed);
        lossSum += loss.sum(tape, output, packed);
        float[] values = output.value().toFloats();
        for (int row = 0; row < packed.sequences(); row++) {
          logits.add(Arrays.copyOfRange(values, row * labels, (row + 1) * labels));
        }
      }
      for (int row = 0; row < packed.sequences(); row++) {
        truth[at + row] = packed.labels(row);
      }
      at += packed.sequences();
      listener.progress(at, data.size());
    }
    double[] weights = IntStream.range(0, data.size()).mapToDouble(data::weight).toArray();
    var rows = new ScoredRows(logits.build(), truth, List.of(), weights);
    return new Evaluation(rows, lossSum / Arrays.stream(weights).sum());
  }
}
