package crema.fasttext;

import crema.base.IntList;
import crema.tensor.cpu.RowKernels;

/** A logistic regression for each output. */
final class OneVsAllLoss extends Loss {

  @Override
  void predict(RowMatrix weights, float[] hidden, int k, float threshold, float[] scores, TopK best) {
    predictLogistic(weights, hidden, k, threshold, scores, best);
  }

  static void predictLogistic(
      RowMatrix weights, float[] hidden, int k, float threshold, float[] scores, TopK best) {
    int count = (int) weights.rows();
    weights.dotRows(hidden, count, scores);
    for (int i = 0; i < count; i++) {
      scores[i] = Logistic.sigmoid(scores[i]);
    }
    findBest(scores, count, k, threshold, best);
  }

  @Override
  void differentiate(Example example, DenseMatrix weights, float lr, RowKernels kernels) {
    int count = (int) weights.rows();
    float[] factors = example.denseFactors(count);
    weights.score(example.hidden, count, factors);
    IntList targets = example.targets;
    double loss = 0;
    for (int t = 0; t < targets.size(); t++) {
      // softplus(-x) - softplus(x) = -x turns the loss of a wrong output, added below, into that of a right one.
      loss -= factors[targets.get(t)];
    }
    for (int i = 0; i < count; i++) {
      loss += Logistic.softplus(factors[i]);
      factors[i] = -lr * Logistic.sigmoid(factors[i]);
    }
    example.loss = loss;
    for (int t = 0; t < targets.size(); t++) {
      factors[targets.get(t)] += lr;
    }
    weights.addWeightedRows(factors, count, example.gradient);
  }
}
