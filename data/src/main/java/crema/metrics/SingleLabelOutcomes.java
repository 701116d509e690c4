package crema.metrics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Outcomes where each document has one true label and at most one predicted label. */
public final class SingleLabelOutcomes implements Outcomes {

  /** Stands for the prediction of a model that named no label: it counts as a miss and accuses no other label. */
  public static final int NONE = -1;

  private final int[] truth;
  private final int[] predicted;
  private final int labelCount;
  private final double @Nullable [] weights;

  private SingleLabelOutcomes(int[] truth, int[] predicted, int labelCount, double @Nullable [] weights) {
    this.truth = truth;
    this.predicted = predicted;
    this.labelCount = labelCount;
    this.weights = weights;
  }

  /**
   * Wraps truth and predictions, which are copied.
   *
   * @param truth the true label of each document, {@code [documents]}
   * @param predicted the predicted label of each document or {@link #NONE}, {@code [documents]}
   * @param labelCount the number of labels
   * @throws IllegalArgumentException if the lengths differ or a label is out of range
   */
  public static SingleLabelOutcomes of(int[] truth, int[] predicted, int labelCount) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%d true labels but %d predictions: give one of each a document", truth.length, predicted.length));
    }
    for (int document = 0; document < truth.length; document++) {
      requireLabel("true", document, truth[document], 0, labelCount);
      requireLabel("predicted", document, predicted[document], NONE, labelCount);
    }
    return new SingleLabelOutcomes(truth.clone(), predicted.clone(), labelCount, null);
  }

  /**
   * From rows of labels.
   *
   * @param truth the true label of each document, {@code [documents][1]}
   * @param predicted the predicted label of each document, {@code [documents][1]}, or none, {@code [documents][0]}
   * @param labelCount the number of labels
   * @throws IllegalArgumentException if the lengths differ or a label is out of range
   */
  public static SingleLabelOutcomes of(int[][] truth, int[][] predicted, int labelCount) {
    return of(only(truth), only(predicted), labelCount);
  }

  private static int[] only(int[][] rows) {
    return Arrays.stream(rows).mapToInt(row -> row.length == 0 ? NONE : row[0]).toArray();
  }

  private static void requireLabel(String kind, int document, int label, int least, int labelCount) {
    if (label < least || label >= labelCount) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "document %d has the %s label %d: labels run from %d to %d", document, kind, label, least,
              labelCount - 1));
    }
  }

  /** The one true label of a document. */
  public int truthLabel(int document) {
    return truth[document];
  }

  /** The one predicted label of a document, or {@link #NONE}. */
  public int predictedLabel(int document) {
    return predicted[document];
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
    return truth[document] == predicted[document];
  }

  @Override
  public double weight(int document) {
    return weights == null ? 1 : weights[document];
  }

  @Override
  public SingleLabelOutcomes weighted(double @Nullable [] newWeights) {
    return new SingleLabelOutcomes(truth, predicted, labelCount, Weights.checked(newWeights, truth.length));
  }

  @Override
  public void count(int document, int times, LabelCounts counts) {
    counts.addSingle(truth[document], predicted[document], times, weight(document));
  }

  @Override
  public int[] truth(int document) {
    return new int[] {truth[document]};
  }

  @Override
  public int[] predicted(int document) {
    return predicted[document] == NONE ? new int[0] : new int[] {predicted[document]};
  }

  @Override
  public SingleLabelOutcomes select(int[] documents) {
    var selectedTruth = new int[documents.length];
    var selectedPredicted = new int[documents.length];
    for (int i = 0; i < documents.length; i++) {
      selectedTruth[i] = truth[documents[i]];
      selectedPredicted[i] = predicted[documents[i]];
    }
    return new SingleLabelOutcomes(selectedTruth, selectedPredicted, labelCount,
        weights == null ? null : Arrays.stream(documents).mapToDouble(this::weight).toArray());
  }

  @Override
  public BitSet averagedLabels() {
    var occurring = new BitSet(labelCount);
    for (int document = 0; document < truth.length; document++) {
      occurring.set(truth[document]);
      if (predicted[document] != NONE) {
        occurring.set(predicted[document]);
      }
    }
    return occurring;
  }
}
