package crema.nn.loss;

/** Log-softmax on the host. */
final class Softmax {
  private Softmax() {}

  /** log softmax of a row: {@code logs.length} logits that start at {@code from}. */
  static void logarithms(double[] logits, int from, double[] logs) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < logs.length; j++) {
      largest = Math.max(largest, logits[from + j]);
    }
    double sum = 0;
    for (int j = 0; j < logs.length; j++) {
      sum += Math.exp(logits[from + j] - largest);
    }
    double normalizer = largest + Math.log(sum);
    for (int j = 0; j < logs.length; j++) {
      logs[j] = logits[from + j] - normalizer;
    }
  }

  /**
   * The cross-entropy of some of a row's logits with one of them, and its gradient.
   *
   * @param logits the logits
   * @param members indices of the exclusive labels
   * @param from what to add to each index
   * @param target the label that holds, one of {@code members}
   * @param scale multiplies value and gradient
   * @param gradient the gradient is added here
   * @return scale · (−log p[target])
   */
  static double crossEntropy(double[] logits, int[] members, int from, int target, double scale, double[] gradient) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int member : members) {
      largest = Math.max(largest, logits[from + member]);
    }
    double sum = 0;
    for (int member : members) {
      sum += Math.exp(logits[from + member] - largest);
    }
    double normalizer = largest + Math.log(sum);
    for (int member : members) {
      gradient[from + member] += scale * Math.exp(logits[from + member] - normalizer);
    }
    gradient[from + target] -= scale;
    return scale * (normalizer - logits[from + target]);
  }
}
