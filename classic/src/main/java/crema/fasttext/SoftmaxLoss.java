package crema.fasttext;

import crema.base.IntList;
import crema.tensor.cpu.RowKernels;

/** The softmax over all outputs. */
final class SoftmaxLoss extends Loss {

  @Override
  void predict(RowMatrix weights, float[] hidden, int k, float threshold, float[] scores, TopK best) {
    int count = (int) weights.rows();
    weights.dotRows(hidden, count, scores);
    float max = scores[0];
    for (int i = 1; i < count; i++) {
      max = Math.max(max, scores[i]);
    }
    float sum = 0f;
    for (int i = 0; i < count; i++) {
      scores[i] = (float) Math.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int i = 0; i < count; i++) {
      scores[i] /= sum;
    }
    findBest(scores, count, k, threshold, best);
  }

  @Override
  void differentiate(Example example, DenseMatrix weights, float lr, RowKernels kernels) {
    int count = (int) weights.rows();
    float[] factors = example.denseFactors(count);
    weights.score(example.hidden, count, factors);
    kernels.softmax(factors, 0, count);
    IntList targets = example.targets;
    double loss = 0;
    for (int t = 0; t < targets.size(); t++) {
      loss -= Math.log(factors[targets.get(t)]);
    }
    example.loss = loss;
    kernels.scale(-lr * targets.size(), factors, 0, count);
    for (int t = 0; t < targets.size(); t++) {
      factors[targets.get(t)] += lr;
    }
    weights.addWeightedRows(factors, count, example.gradient);
  }
}
