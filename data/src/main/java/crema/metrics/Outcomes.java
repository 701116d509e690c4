package crema.metrics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What was true and what a model said, document by document. Labels are numbered from 0 to {@code labelCount - 1}. */
public sealed interface Outcomes permits SingleLabelOutcomes, MultiLabelOutcomes {

  /** The number of documents. */
  int documents();

  /** The number of labels of the model, whether or not they occur here. */
  int labelCount();

  /** Whether everything said about this document is right: the right label, or exactly the right set of labels. */
  boolean isExact(int document);

  /** As how many documents a document counts; 1 unless there are {@linkplain #weighted weights}. */
  double weight(int document);

  /**
   * The same with weights.
   *
   * @param weights as how many documents each counts, {@code [documents]}; null for one each
   * @throws IllegalArgumentException if there is not one above 0 a document
   */
  Outcomes weighted(double @Nullable [] weights);

  /** The weights of all documents; null where each counts once. */
  default double @Nullable [] weights() {
    var weights = IntStream.range(0, documents()).mapToDouble(this::weight).toArray();
    return Arrays.stream(weights).allMatch(weight -> weight == 1) ? null : weights;
  }

  /** Adds one document to {@code counts}, as if it occurred {@code times} times. */
  void count(int document, int times, LabelCounts counts);

  /** The true labels of a document, ascending. */
  int[] truth(int document);

  /** The predicted labels of a document, ascending; empty where the model named none. */
  int[] predicted(int document);

  /** These documents only, in the order given; a document may be named more than once. */
  Outcomes select(int[] documents);

  /**
   * The labels that an average runs over: those that occur as truth or prediction, as scikit-learn has it by default
   * where a document has one label. Nothing is known of the others.
   */
  BitSet averagedLabels();

  /** Counts all documents. */
  default LabelCounts counts() {
    var counts = new LabelCounts(labelCount());
    for (int document = 0; document < documents(); document++) {
      count(document, 1, counts);
    }
    return counts;
  }
}
