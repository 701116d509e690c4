package crema.audit;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a model that was not trained on a row says of it.
 *
 * @param isJudged whether the model knows all labels that the row has
 * @param given the labels that the row has, ascending
 * @param ofGiven their probabilities
 * @param others the most probable of the other labels, the most probable first
 * @param ofOthers their probabilities
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RowScores(boolean isJudged, int[] given, float[] ofGiven, int[] others, float[] ofOthers) {
  private static final int OTHERS = 3;

  /**
   * Keeps what matters of the probabilities of all labels.
   *
   * @param given ascending
   */
  static RowScores of(boolean isJudged, int[] given, float[] probabilities) {
    var ofGiven = new float[given.length];
    for (int i = 0; i < given.length; i++) {
      ofGiven[i] = probabilities[given[i]];
    }
    var others = new int[Math.min(OTHERS, probabilities.length - given.length)];
    int found = 0;
    for (int label = 0; label < probabilities.length; label++) {
      if (Arrays.binarySearch(given, label) >= 0 || others.length == 0) {
        continue;
      }
      if (found < others.length || probabilities[label] > probabilities[others[found - 1]]) {
        int place = found < others.length ? found++ : found - 1;
        for (; place > 0 && probabilities[others[place - 1]] < probabilities[label]; place--) {
          others[place] = others[place - 1];
        }
        others[place] = label;
      }
    }
    var ofOthers = new float[others.length];
    for (int i = 0; i < others.length; i++) {
      ofOthers[i] = probabilities[others[i]];
    }
    return new RowScores(isJudged, given, ofGiven, others, ofOthers);
  }

  /**
   * How sure the model is of the labels that are given: of one label its probability (self-confidence); of several, each
   * a decision for itself, the probability of the decision that is the least probable.
   *
   * @param exclusive whether a row has exactly one label
   */
  double confidence(boolean exclusive) {
    double least = IntStream.range(0, ofGiven.length).mapToDouble(i -> ofGiven[i]).min().orElse(1);
    return exclusive || ofOthers.length == 0 ? least : Math.min(least, 1 - ofOthers[0]);
  }
}
