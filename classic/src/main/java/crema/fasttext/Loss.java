package crema.fasttext;

import crema.tensor.cpu.RowKernels;

/**
 * From the hidden vector of a line to probabilities of labels, and to gradients.
 *
 * <p>Prediction follows the original's arithmetic to the last bit that matters, its quirks included: log-probabilities
 * are {@code log(p + 1e-5)}, and the logistic function is a table of 512 steps, except in hierarchical prediction.
 */
abstract sealed class Loss
    permits SoftmaxLoss, OneVsAllLoss, LabelLoss, NegativeSamplingLoss, HierarchicalSoftmaxLoss {

  /**
   * The loss of a configuration.
   *
   * @param outputCounts how often each output is right, the most frequent first
   */
  static Loss of(FastTextConfig config, long[] outputCounts) {
    return switch (config.loss()) {
      case SOFTMAX -> new SoftmaxLoss();
      case ONE_VS_ALL -> new OneVsAllLoss();
      case NEGATIVE_SAMPLING -> new NegativeSamplingLoss(outputCounts, config.neg());
      case HIERARCHICAL_SOFTMAX -> new HierarchicalSoftmaxLoss(new HuffmanTree(outputCounts));
    };
  }

  /**
   * Finds the most probable outputs.
   *
   * @param weights the output matrix, {@code [outputs, dim]}
   * @param hidden {@code [dim]}
   * @param scores room for {@code outputs} numbers
   * @param best receives log-probabilities, sorted
   */
  abstract void predict(
      RowMatrix weights, float[] hidden, int k, float threshold, float[] scores, TopK best);

  /**
   * Computes an example's loss and gradients, without changing the weights: {@code example.loss}, the hidden vector's
   * gradient times the learning rate in {@code example.gradient}, and the factors of the hidden vector to be added to
   * the rows of the weights in {@code example.updates}.
   */
  abstract void differentiate(Example example, DenseMatrix weights, float lr, RowKernels kernels);

  static float logProbability(double p) {
    return (float) Math.log((float) p + 1e-5);
  }

  /** Below this multiple of the worst kept probability, the rounded logarithm is lower for sure. */
  private static final float CLEARLY_LOWER = 0.999f;

  static void findBest(float[] probabilities, int count, int k, float threshold, TopK best) {
    best.reset(k);
    float tooLow = 0f;
    for (int i = 0; i < count; i++) {
      float p = probabilities[i];
      if (p < threshold || p + 1e-5f < tooLow) {
        continue;
      }
      float score = logProbability(p);
      if (!best.rejects(score)) {
        best.add(score, i);
        tooLow = best.isFull() ? (float) Math.exp(best.worst()) * CLEARLY_LOWER : 0f;
      }
    }
    best.sort();
  }
}
