package crema.metrics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Outcomes where a document has any number of true and predicted labels, none included. */
public final class MultiLabelOutcomes implements Outcomes {

  private final int[][] truth;
  private final int[][] predicted;
  private final int labelCount;
  private final double @Nullable [] weights;

  private MultiLabelOutcomes(int[][] truth, int[][] predicted, int labelCount, double @Nullable [] weights) {
    this.truth = truth;
    this.predicted = predicted;
    this.labelCount = labelCount;
    this.weights = weights;
  }

  /**
   * Wraps truth and predictions, which are copied and sorted.
   *
   * @param truth the true labels of each document in any order, {@code [documents][]}
   * @param predicted the predicted labels of each document in any order, {@code [documents][]}
   * @param labelCount the number of labels
   * @throws IllegalArgumentException if the lengths differ, or a label is out of range or named twice
   */
  public static MultiLabelOutcomes of(int[][] truth, int[][] predicted, int labelCount) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%d rows of true labels but %d of predictions: give one of each a document", truth.length,
              predicted.length));
    }
    return new MultiLabelOutcomes(
        LabelSets.sortedCopy(truth, labelCount), LabelSets.sortedCopy(predicted, labelCount), labelCount, null);
  }

  @Override
  public int documents() {
    return truth.length;
  }

  @Override
  public int labelCount() {
    return labelCount;
  }

  @Override
  public boolean isExact(int document) {
    return Arrays.equals(truth[document], predicted[document]);
  }

  @Override
  public double weight(int document) {
    return weights == null ? 1 : weights[document];
  }

  @Override
  public MultiLabelOutcomes weighted(double @Nullable [] newWeights) {
    return new MultiLabelOutcomes(truth, predicted, labelCount, Weights.checked(newWeights, truth.length));
  }

  @Override
  public void count(int document, int times, LabelCounts counts) {
    counts.addSets(truth[document], predicted[document], times, weight(document));
  }

  @Override
  public int[] truth(int document) {
    return truth[document].clone();
  }

  @Override
  public int[] predicted(int document) {
    return predicted[document].clone();
  }

  @Override
  public MultiLabelOutcomes select(int[] documents) {
    var selectedTruth = new int[documents.length][];
    var selectedPredicted = new int[documents.length][];
    for (int i = 0; i < documents.length; i++) {
      selectedTruth[i] = truth[documents[i]];
      selectedPredicted[i] = predicted[documents[i]];
    }
    return new MultiLabelOutcomes(selectedTruth, selectedPredicted, labelCount,
        weights == null ? null : Arrays.stream(documents).mapToDouble(this::weight).toArray());
  }

  @Override
  public BitSet averagedLabels() {
    var occurring = new BitSet(labelCount);
    Stream.of(truth, predicted).flatMap(Arrays::stream).flatMapToInt(Arrays::stream).forEach(occurring::set);
    return occurring;
  }
}
