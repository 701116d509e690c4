package crema.metrics;

import java.util.Arrays;

/** Scores with their truth, from the highest to the lowest; equal scores form one step of every curve. */
final class RankedScores {

  /** The score's order-preserving bits above, whether it is of a true label in the lowest bit. */
  private final long[] ascending;

  private int size;
  private long positives;

  RankedScores(int capacity) {
    ascending = new long[capacity];
  }

  void add(float score, boolean isTrue) {
    // Adding zero turns -0 into 0, which must tie with it.
    int bits = Float.floatToIntBits(score + 0f);
    long ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    ascending[size++] = ordered << 1 | (isTrue ? 1 : 0);
    positives += isTrue ? 1 : 0;
  }

  RankedScores sort() {
    Arrays.sort(ascending, 0, size);
    return this;
  }

  long positives() {
    return positives;
  }

  /** Receives the counts of what scores at least {@code score}, once for each different score. */
  interface Step {
    void at(float score, long truePositives, long falsePositives);
  }

  void forEachStep(Step step) {
    long truePositives = 0;
    for (int i = size - 1; i >= 0; i--) {
      truePositives += ascending[i] & 1;
      if (i == 0 || ascending[i] >> 1 != ascending[i - 1] >> 1) {
        int ordered = (int) (ascending[i] >> 1);
        float score = Float.intBitsToFloat(ordered ^ ((ordered >> 31) & Integer.MAX_VALUE));
        step.at(score, truePositives, size - i - truePositives);
      }
    }
  }

  /** The area under the ROC curve: NaN unless there are both true and false labels. */
  double rocAuc() {
    var area = new double[1];
    var before = new long[2];
    forEachStep((_, truePositives, falsePositives) -> {
      area[0] += (falsePositives - before[1]) * (truePositives + before[0]) / 2.0;
      before[0] = truePositives;
      before[1] = falsePositives;
    });
    long negatives = size - positives;
    return positives == 0 || negatives == 0 ? Double.NaN : area[0] / ((double) positives * negatives);
  }

  /** Σ (recallₙ − recallₙ₋₁) · precisionₙ; 0 where no label is true. */
  double averagePrecision() {
    var sum = new double[1];
    var before = new long[1];
    forEachStep((_, truePositives, falsePositives) -> {
      sum[0] += (truePositives - before[0]) * ((double) truePositives / (truePositives + falsePositives));
      before[0] = truePositives;
    });
    return PrecisionRecall.ratio(sum[0], positives);
  }
}
