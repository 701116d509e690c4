package crema.metrics;

/** How often each label was predicted for documents of each true label. Rows are truth, columns predictions. */
public final class ConfusionMatrix {

  private final int labelCount;
  private final long[] counts;

  private ConfusionMatrix(int labelCount) {
    this.labelCount = labelCount;
    counts = new long[Math.multiplyExact(labelCount, labelCount)];
  }

  /** Counts all documents; those without a prediction are in no cell. */
  public static ConfusionMatrix of(SingleLabelOutcomes outcomes) {
    var matrix = new ConfusionMatrix(outcomes.labelCount());
    for (int document = 0; document < outcomes.documents(); document++) {
      int predicted = outcomes.predictedLabel(document);
      if (predicted != SingleLabelOutcomes.NONE) {
        matrix.counts[outcomes.truthLabel(document) * matrix.labelCount + predicted]++;
      }
    }
    return matrix;
  }

  /** The number of rows, which is the number of columns. */
  public int labelCount() {
    return labelCount;
  }

  /** How many documents of label {@code truth} were predicted to be {@code predicted}. */
  public long count(int truth, int predicted) {
    return counts[truth * labelCount + predicted];
  }
}
