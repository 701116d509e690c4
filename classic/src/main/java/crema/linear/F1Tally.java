package crema.linear;

/** Right and wrong predictions of each label, and their F1: 2tp / (2tp + fp + fn), and 0 where that is 0 / 0. */
final class F1Tally {
  private final long[] truePositives;
  private final long[] predicted;
  private final long[] actual;

  F1Tally(int labels) {
    truePositives = new long[labels];
    predicted = new long[labels];
    actual = new long[labels];
  }

  /** Counts a text; both arrays ascend. */
  void add(int[] predictedLabels, int[] actualLabels) {
    int at = 0;
    for (int label : actualLabels) {
      actual[label]++;
      while (at < predictedLabels.length && predictedLabels[at] < label) {
        at++;
      }
      if (at < predictedLabels.length && predictedLabels[at] == label) {
        truePositives[label]++;
      }
    }
    for (int label : predictedLabels) {
      predicted[label]++;
    }
  }

  /** F1 of all decisions together. */
  double micro() {
    long right = 0;
    long claimed = 0;
    long there = 0;
    for (int label = 0; label < actual.length; label++) {
      right += truePositives[label];
      claimed += predicted[label];
      there += actual[label];
    }
    return f1(right, claimed, there);
  }

  /** The mean of the labels' F1. */
  double macro() {
    double sum = 0;
    for (int label = 0; label < actual.length; label++) {
      sum += f1(truePositives[label], predicted[label], actual[label]);
    }
    return sum / actual.length;
  }

  static double f1(long truePositives, long predicted, long actual) {
    return predicted + actual == 0 ? 0 : 2.0 * truePositives / (predicted + actual);
  }
}
