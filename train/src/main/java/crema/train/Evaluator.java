package crema.train;

import crema.autograd.Tape;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.data.Sampler;
import crema.data.TokenDataset;
import crema.metrics.SingleLabelOutcomes;
import crema.nn.loss.Loss;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.model.EmbeddingClassifier;
import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;

/** Runs a model over a data set, without dropout. */
final class Evaluator {
  private static final int BATCH_TOKENS = 2048;

  /**
   * What came out.
   *
   * @param outcomes true and predicted labels, in the order of the data set
   * @param loss the mean cross-entropy, without smoothing or weights
   */
  record Evaluation(SingleLabelOutcomes outcomes, double loss) {}

  private final Backend backend;
  private final EmbeddingClassifier model;
  private final Loss loss = new SoftmaxCrossEntropy();

  Evaluator(Backend backend, EmbeddingClassifier model) {
    this.backend = backend;
    this.model = model;
  }

  Evaluation evaluate(TokenDataset data, TrainingListener listener) {
    var truth = new int[data.size()];
    var predicted = new int[data.size()];
    double lossSum = 0;
    var batches = new Batches(data, Sampler.sequential(data.size()), Math.max(BATCH_TOKENS, data.longest()),
        Integer.MAX_VALUE);
    int at = 0;
    for (var batch = batches.epoch(0); batch.hasNext(); ) {
      PackedBatch packed = batch.next();
      try (var scope = new Scope(backend)) {
        var tape = Tape.inference(scope);
        var logits = model.forward(tape, scope.ints(packed.ids(), packed.tokens()),
            Sequences.of(scope, packed.cuSeqlens()));
        Tensor labels = scope.ints(packed.labels(), packed.sequences());
        lossSum += loss.apply(tape, logits, labels).value().item() * packed.sequences();
        largest(logits.value(), predicted, at);
      }
      System.arraycopy(packed.labels(), 0, truth, at, packed.sequences());
      at += packed.sequences();
      listener.progress(at, data.size());
    }
    return new Evaluation(SingleLabelOutcomes.of(truth, predicted, model.config().numLabels()), lossSum / data.size());
  }

  /** The column of the largest logit of each row; of equal ones the first. */
  private static void largest(Tensor logits, int[] predicted, int at) {
    float[] values = logits.toFloats();
    int classes = (int) logits.shape().columns();
    for (int row = 0; row < values.length / classes; row++) {
      int best = 0;
      for (int i = 1; i < classes; i++) {
        if (values[row * classes + i] > values[row * classes + best]) {
          best = i;
        }
      }
      predicted[at + row] = best;
    }
  }
}
