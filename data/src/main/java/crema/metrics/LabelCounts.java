package crema.metrics;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Running counts from which every precision, recall and F1 follows: true positives, predictions and support of
 * each label, exactly right documents, and the sums behind the averages over documents. Not thread-safe.
 */
public final class LabelCounts {

  private final long[] truePositives;
  private final long[] predictions;
  private final long[] support;
  private long documents;
  private long exactDocuments;
  private double samplePrecision;
  private double sampleRecall;
  private double sampleF1;

  /** Zero counts for labels 0 to {@code labelCount - 1}. */
  public LabelCounts(int labelCount) {
    truePositives = new long[labelCount];
    predictions = new long[labelCount];
    support = new long[labelCount];
  }

  /** Adds a document with one true label and one predicted label or {@link SingleLabelOutcomes#NONE}. */
  void addSingle(int truth, int predicted, int times) {
    support[truth] += times;
    if (predicted != SingleLabelOutcomes.NONE) {
      predictions[predicted] += times;
    }
    boolean right = truth == predicted;
    if (right) {
      truePositives[truth] += times;
    }
    addDocument(right ? 1 : 0, predicted == SingleLabelOutcomes.NONE ? 0 : 1, 1, times);
  }

  /** Adds a document with sets of labels, both ascending. */
  void addSets(int[] truth, int[] predicted, int times) {
    int shared = 0;
    for (int t = 0, p = 0; t < truth.length && p < predicted.length;) {
      if (truth[t] == predicted[p]) {
        truePositives[truth[t]] += times;
        shared++;
        t++;
        p++;
      } else if (truth[t] < predicted[p]) {
        t++;
      } else {
        p++;
      }
    }
    for (int label : truth) {
      support[label] += times;
    }
    for (int label : predicted) {
      predictions[label] += times;
    }
    addDocument(shared, predicted.length, truth.length, times);
  }

  private void addDocument(int shared, int predicted, int truth, int times) {
    documents += times;
    if (shared == truth && shared == predicted) {
      exactDocuments += times;
    }
    if (shared > 0) {
      samplePrecision += times * ((double) shared / predicted);
      sampleRecall += times * ((double) shared / truth);
      sampleF1 += times * (2.0 * shared / (predicted + truth));
    }
  }

  /**
   * Adds a document.
   *
   * @param truth its true labels, ascending
   * @param predicted the labels that were predicted, ascending
   */
  public void add(int[] truth, int[] predicted) {
    addSets(truth, predicted, 1);
  }

  /** Adds what is known of one label alone, without its documents. */
  public void addLabel(int label, long addedTruePositives, long addedPredictions, long addedSupport) {
    truePositives[label] += addedTruePositives;
    predictions[label] += addedPredictions;
    support[label] += addedSupport;
  }

  /** Sets all counts to zero. */
  public void clear() {
    Arrays.fill(truePositives, 0);
    Arrays.fill(predictions, 0);
    Arrays.fill(support, 0);
    documents = 0;
    exactDocuments = 0;
    samplePrecision = 0;
    sampleRecall = 0;
    sampleF1 = 0;
  }

  /** The number of labels. */
  public int labelCount() {
    return support.length;
  }

  /** Documents added. */
  public long documents() {
    return documents;
  }

  /** Documents of which every label was right. */
  public long exactDocuments() {
    return exactDocuments;
  }

  /** How often this label was both true and predicted. */
  public long truePositives(int label) {
    return truePositives[label];
  }

  /** How often this label was predicted. */
  public long predictions(int label) {
    return predictions[label];
  }

  /** How often this label was true. */
  public long support(int label) {
    return support[label];
  }

  /** Precision, recall and F1 of one label. */
  public PrecisionRecall score(int label) {
    return PrecisionRecall.of(truePositives[label], predictions[label], support[label]);
  }

  /** Precision, recall and F1 averaged over all labels; one that is neither true nor predicted counts 0. */
  public Averages averages() {
    var all = new BitSet(support.length);
    all.set(0, support.length);
    return Averages.over(this, all);
  }

  /** The labels that were true or predicted at least once. */
  public BitSet occurringLabels() {
    var occurring = new BitSet(support.length);
    for (int label = 0; label < support.length; label++) {
      occurring.set(label, support[label] > 0 || predictions[label] > 0);
    }
    return occurring;
  }

  /** The mean over documents of each document's precision, recall and F1 (scikit-learn's {@code samples}). */
  public PrecisionRecall sampleMean() {
    if (documents == 0) {
      return PrecisionRecall.ZERO;
    }
    return new PrecisionRecall(samplePrecision / documents, sampleRecall / documents, sampleF1 / documents);
  }

  /** Labels wrongly given and labels missed, over all documents. */
  long labelErrors() {
    long errors = 0;
    for (int label = 0; label < support.length; label++) {
      errors += predictions[label] + support[label] - 2 * truePositives[label];
    }
    return errors;
  }
}
