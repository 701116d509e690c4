package crema.tensor.reference;

import crema.tensor.LossOps;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The specification of {@link LossOps}. */
final class ReferenceLosses implements LossOps {
  /**
   * A row's loss is −Σⱼ q[j] · log p[j] with the targets q[j] = (1 − ε) · w[y] · [j = y] + ε / C · w[j]; its gradient
   * with respect to z[j] is p[j] · Σ q − q[j].
   */
  @Override
  public void crossEntropy(Tensor logits, Tensor labels, @Nullable Tensor classWeights, float smoothing, Tensor loss,
      @Nullable Tensor dlogits) {
    Elements z = Elements.of(logits);
    Elements targets = Elements.of(labels);
    Elements gradient = Elements.ofNullable(dlogits);
    long rows = logits.shape().rows();
    int classes = Math.toIntExact(logits.shape().columns());
    double[] w = weights(classWeights, classes);
    double weightOfRows = 0;
    for (long row = 0; row < rows; row++) {
      int label = targets.getInt(row);
      if (label >= classes) {
        throw new IndexOutOfBoundsException("label " + label + " of row " + row + " is not below the " + classes
            + " classes of the logits " + logits.shape());
      }
      weightOfRows += label < 0 ? 0 : w[label];
    }
    double total = 0;
    for (long row = 0; row < rows; row++) {
      int label = targets.getInt(row);
      boolean counts = label >= 0 && weightOfRows > 0;
      var q = new double[classes];
      double sumOfTargets = 0;
      for (int j = 0; j < classes && counts; j++) {
        q[j] = (j == label ? (1.0 - smoothing) * w[label] : 0) + smoothing / (double) classes * w[j];
        sumOfTargets += q[j];
      }
      LogSumExp logSumExp = LogSumExp.of(z, row * classes, classes);
      for (int j = 0; j < classes; j++) {
        double logP = logSumExp.subtractFrom(z.get(row * classes + j));
        if (counts) {
          total -= q[j] * logP / weightOfRows;
        }
        if (gradient != null) {
          gradient.set(row * classes + j, counts ? (Math.exp(logP) * sumOfTargets - q[j]) / weightOfRows : 0);
        }
      }
    }
    Elements.of(loss).set(0, total);
  }

  private static double[] weights(@Nullable Tensor classWeights, int classes) {
    Elements given = Elements.ofNullable(classWeights);
    var weights = new double[classes];
    for (int j = 0; j < classes; j++) {
      weights[j] = given == null ? 1 : given.get(j);
    }
    return weights;
  }
}
