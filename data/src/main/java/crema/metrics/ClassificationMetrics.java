package crema.metrics;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What can be said of predicted labels without their probabilities. Where documents have weights, all ratios are of
 * weights, and all counts of documents.
 *
 * @param documents the number of documents
 * @param accuracy the share of documents that are exactly right (for several labels a document: subset accuracy)
 * @param hammingLoss the share of wrong decisions: over documents and labels, or for single-label outcomes over
 *     documents
 * @param averages micro, macro and weighted averages over the labels of {@link Outcomes#averagedLabels()}
 * @param samples the mean over documents of each document's precision, recall and F1
 * @param perLabel every label of the model, by number
 */
public record ClassificationMetrics(
    long documents,
    double accuracy,
    double hammingLoss,
    Averages averages,
    PrecisionRecall samples,
    List<LabelMetrics> perLabel) {

  /** Copies the list. */
  public ClassificationMetrics {
    perLabel = List.copyOf(perLabel);
  }

  /** Computes everything from the documents of {@code outcomes}. */
  public static ClassificationMetrics of(Outcomes outcomes) {
    var counts = outcomes.counts();
    var labels = outcomes.averagedLabels();
    return of(outcomes, counts, labels);
  }

  /** From the counts of some or repeated documents of {@code outcomes}. */
  static ClassificationMetrics of(Outcomes outcomes, LabelCounts counts, BitSet labels) {
    double accuracy = PrecisionRecall.ratio(counts.exactWeight(), counts.weight());
    double hammingLoss =
        switch (outcomes) {
          case SingleLabelOutcomes _ ->
              PrecisionRecall.ratio(counts.weight() - counts.exactWeight(), counts.weight());
          case MultiLabelOutcomes _ ->
              PrecisionRecall.ratio(counts.labelErrors(), counts.weight() * counts.labelCount());
        };
    var perLabel =
        IntStream.range(0, counts.labelCount())
            .mapToObj(
                label -> new LabelMetrics(label, counts.score(label), counts.support(label), counts.predictions(label)))
            .toList();
    return new ClassificationMetrics(
        counts.documents(),
        accuracy,
        hammingLoss,
        Averages.over(counts, labels),
        counts.sampleMean(),
        perLabel);
  }
}
