package crema.fasttext;

import crema.tensor.cpu.RowKernels;
import org.jspecify.annotations.Nullable;

/** A logistic regression for the right output and for a few wrong ones, drawn by the square root of their counts. */
final class NegativeSamplingLoss extends Loss {
  private final int neg;
  private final @Nullable AliasTable negatives;

  /** A loss for training, if there is more than one output, and for prediction. */
  NegativeSamplingLoss(long[] targetCounts, int neg) {
    this.neg = targetCounts.length > 1 ? neg : 0;
    this.negatives = this.neg > 0 ? AliasTable.ofSquareRoots(targetCounts) : null;
  }

  @Override
  void predict(RowMatrix weights, float[] hidden, int k, float threshold, float[] scores, TopK best) {
    OneVsAllLoss.predictLogistic(weights, hidden, k, threshold, scores, best);
  }

  @Override
  void differentiate(Example example, DenseMatrix weights, float lr, RowKernels kernels) {
    double loss = 0;
    for (int t = 0; t < example.targets.size(); t++) {
      int target = example.targets.get(t);
      loss += example.logistic(weights, target, true, lr, kernels);
      for (int n = 0; negatives != null && n < neg; n++) {
        int wrong;
        do {
          wrong = negatives.sample(example.random);
        } while (wrong == target);
        loss += example.logistic(weights, wrong, false, lr, kernels);
      }
    }
    example.loss = loss;
  }
}
