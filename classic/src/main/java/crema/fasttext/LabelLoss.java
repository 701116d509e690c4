package crema.fasttext;

import crema.nn.loss.RowLoss;
import crema.tensor.cpu.RowKernels;

/**
 * A logistic regression for each output, as {@link OneVsAllLoss}, but trained with another loss of the labels of a
 * row. Models say that they were trained with one-vs-all: they predict in the same way.
 */
final class LabelLoss extends Loss {
  private final RowLoss loss;

  /**
   * A loss.
   *
   * @param loss its classes are the outputs
   */
  LabelLoss(RowLoss loss) {
    this.loss = loss;
  }

  @Override
  void predict(RowMatrix weights, float[] hidden, int k, float threshold, float[] scores, TopK best) {
    OneVsAllLoss.predictLogistic(weights, hidden, k, threshold, scores, best);
  }

  @Override
  void differentiate(Example example, DenseMatrix weights, float lr, RowKernels kernels) {
    int count = (int) weights.rows();
    float[] factors = example.denseFactors(count);
    weights.score(example.hidden, count, factors);
    var logits = new double[count];
    var targets = new double[count];
    var gradient = new double[count];
    for (int i = 0; i < count; i++) {
      logits[i] = factors[i];
    }
    for (int t = 0; t < example.targets.size(); t++) {
      targets[example.targets.get(t)] = 1;
    }
    example.loss = loss.evaluate(targets, logits, gradient);
    for (int i = 0; i < count; i++) {
      factors[i] = (float) (-lr * gradient[i]);
    }
    weights.addWeightedRows(factors, count, example.gradient);
  }
}
