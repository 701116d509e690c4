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

/** Measures what a model says of a data set, without dropout. */
public final class Evaluator {
  /** Tokens that run together: enough to fill the machine, few enough to stay in its caches. */
  private static final int BATCH_TOKENS = 2048;

  /**
   * What came out.
   *
   * @param rows logits and true labels, in the order of the data set
   * @param loss the mean, by the weights of rows, of the {@linkplain crema.nn.loss.Link#likelihood cross-entropy} with the labels
   */
  public record Evaluation(ScoredRows rows, double loss) {}

  private final Backend backend;
  private final int labels;
  private final ClassifierLoss loss;

  /** An evaluator of models that predict a target. */
  public Evaluator(Backend backend, Target target) {
    this.backend = backend;
    labels = target.labels().size();
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

  /** Measures a data set in batches that suit encoders of texts. */
  Evaluation evaluate(TokenDataset data, Logits outputs, TrainingListener listener) {
    return evaluate(data, batches(data), outputs, listener);
  }

  /**
   * Measures a data set.
   *
   * @param batches of all its examples, in their order
   * @param outputs makes the model's logits of its examples
   */
  public Evaluation evaluate(TokenDataset data, Batches batches, Logits outputs, TrainingListener listener) {
    if (data.size() == 0) {
      return new Evaluation(ScoredRows.none(labels), Double.NaN);
    }
    ScoreMatrix.Builder logits = ScoreMatrix.builder(labels);
    var truth = new int[data.size()][];
    double lossSum = 0;
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
