package crema.metrics;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Running counts from which every precision, recall and F1 follows: true positives, predictions and support of
 * each label, exactly right documents, and the sums behind the averages over documents. Beside the counts of documents
 * stand the sums of their weights, from which ratios are computed. Not thread-safe.
 */
public final class LabelCounts {

  private final long[] truePositives;
  private final long[] predictions;
  private final long[] support;
  private final double[] rightWeight;
  private final double[] predictedWeight;
  private final double[] trueWeight;
  private long documents;
  private long exactDocuments;
  private double weight;
  private double exactWeight;
  private double samplePrecision;
  private double sampleRecall;
  private double sampleF1;

  /** Zero counts for labels 0 to {@code labelCount - 1}. */
  public LabelCounts(int labelCount) {
    truePositives = new long[labelCount];
    predictions = new long[labelCount];
    support = new long[labelCount];
    rightWeight = new double[labelCount];
    predictedWeight = new double[labelCount];
    trueWeight = new double[labelCount];
  }

  /**
   * Adds a document with one true label and one predicted label or {@link SingleLabelOutcomes#NONE}.
   *
   * @param each the weight of the document, which occurs so many times
   */
  void addSingle(int truth, int predicted, int times, double each) {
    support[truth] += times;
    trueWeight[truth] += times * each;
    if (predicted != SingleLabelOutcomes.NONE) {
      predictions[predicted] += times;
      predictedWeight[predicted] += times * each;
    }
    boolean right = truth == predicted;
    if (right) {
      truePositives[truth] += times;
      rightWeight[truth] += times * each;
    }
    addDocument(right ? 1 : 0, predicted == SingleLabelOutcomes.NONE ? 0 : 1, 1, times, each);
  }

  /** Adds a document with sets of labels, both ascending; see {@link #addSingle}. */
  void addSets(int[] truth, int[] predicted, int times, double each) {
    int shared = 0;
    for (int t = 0, p = 0; t < truth.length && p < predicted.length;) {
      if (truth[t] == predicted[p]) {
        truePositives[truth[t]] += times;
        rightWeight[truth[t]] += times * each;
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
      trueWeight[label] += times * each;
    }
    for (int label : predicted) {
      predictions[label] += times;
      predictedWeight[label] += times * each;
    }
    addDocument(shared, predicted.length, truth.length, times, each);
  }

  private void addDocument(int shared, int predicted, int truth, int times, double each) {
    documents += times;
    weight += times * each;
    if (shared == truth && shared == predicted) {
      exactDocuments += times;
      exactWeight += times * each;
    }
    if (shared > 0) {
      samplePrecision += times * each * ((double) shared / predicted);
      sampleRecall += times * each * ((double) shared / truth);
      sampleF1 += times * each * (2.0 * shared / (predicted + truth));
    }
  }

  /**
   * Adds a document that counts once.
   *
   * @param truth its true labels, ascending
   * @param predicted the labels that were predicted, ascending
   */
  public void add(int[] truth, int[] predicted) {
    add(truth, predicted, 1);
  }

  /**
   * Adds a document.
   *
   * @param truth its true labels, ascending
   * @param predicted the labels that were predicted, ascending
   * @param weight as how many documents it counts
   */
  public void add(int[] truth, int[] predicted, double weight) {
    addSets(truth, predicted, 1, weight);
  }

  /** Adds what is known of one label alone, without its documents, each of weight 1. */
  public void addLabel(int label, long addedTruePositives, long addedPredictions, long addedSupport) {
    truePositives[label] += addedTruePositives;
    predictions[label] += addedPredictions;
    support[label] += addedSupport;
    rightWeight[label] += addedTruePositives;
    predictedWeight[label] += addedPredictions;
    trueWeight[label] += addedSupport;
  }

  /** Sets all counts to zero. */
  public void clear() {
    Arrays.fill(truePositives, 0);
    Arrays.fill(predictions, 0);
    Arrays.fill(support, 0);
    Arrays.fill(rightWeight, 0);
    Arrays.fill(predictedWeight, 0);
    Arrays.fill(trueWeight, 0);
    documents = 0;
    exactDocuments = 0;
    weight = 0;
    exactWeight = 0;
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
    return PrecisionRecall.of(rightWeight[label], predictedWeight[label], trueWeight[label]);
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
    return new PrecisionRecall(samplePrecision / weight, sampleRecall / weight, sampleF1 / weight);
  }

  /** Labels wrongly given and labels missed, over all documents by their weights. */
  double labelErrors() {
    double errors = 0;
    for (int label = 0; label < support.length; label++) {
      errors += predictedWeight[label] + trueWeight[label] - 2 * rightWeight[label];
    }
    return errors;
  }

  /** The documents, each as often as it weighs. */
  double weight() {
    return weight;
  }

  /** Those of which every label was right. */
  double exactWeight() {
    return exactWeight;
  }

  /** How much of what weighs was both of this label and predicted so. */
  double rightWeight(int label) {
    return rightWeight[label];
  }

  /** How much was predicted to be of this label. */
  double predictedWeight(int label) {
    return predictedWeight[label];
  }

  /** How much is of this label. */
  double trueWeight(int label) {
    return trueWeight[label];
  }
}
