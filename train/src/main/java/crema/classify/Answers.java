package crema.classify;

import crema.metrics.ScoreMatrix;
import crema.task.Guarantee;
import crema.task.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a classifier says of some texts, of which empty ones have no labels. */
final class Answers {
  private final Target target;
  private final int texts;
  /** The numbers of the texts that are not empty; their logits are the rows of the matrix. */
  private final int[] filled;
  private final ScoreMatrix logits;
  private final ScoreMatrix probabilities;
  private final ScoreMatrix preferences;

  private Answers(Target target, float[][] rows) {
    this.target = target;
    texts = rows.length;
    filled = IntStream.range(0, rows.length).filter(text -> rows[text].length > 0).toArray();
    // Where all texts are blank, there are no rows that would tell the number of labels.
    ScoreMatrix.Builder scores = ScoreMatrix.builder(target.labels().size());
    Arrays.stream(filled).forEach(text -> scores.add(rows[text]));
    logits = scores.build();
    probabilities = target.probabilities(logits);
    preferences = target.preferences(logits);
  }

  static Answers of(Classifier classifier, List<String> texts) {
    return new Answers(classifier.target(), classifier.logits(texts));
  }

  /** The labels of each text that the model decides on, the one that it prefers first. */
  List<List<Prediction>> decided() {
    return target.trust().guarantee().map(this::decided)
        .orElseGet(() -> rows(target.decide(logits), Integer.MAX_VALUE));
  }

  /** The labels of each text that are answered so that a guarantee holds. */
  List<List<Prediction>> decided(Guarantee guarantee) {
    return rows(target.decide(logits, guarantee), Integer.MAX_VALUE);
  }

  /** The labels of each text that the model prefers, mostly the most probable ones; of a taxonomy, nodes at which a path may end. */
  List<List<Prediction>> mostProbable(int k) {
    int[] candidates = target.candidates();
    var all = new int[filled.length][];
    Arrays.fill(all, candidates);
    return rows(all, k);
  }

  private List<List<Prediction>> rows(int[][] labels, int limit) {
    var rows = new ArrayList<List<Prediction>>();
    for (int text = 0; text < texts; text++) {
      rows.add(List.of());
    }
    for (int row = 0; row < filled.length; row++) {
      int document = row;
      rows.set(filled[row], Arrays.stream(labels[row]).boxed()
          .sorted((a, b) -> Float.compare(preferences.score(document, b), preferences.score(document, a)))
          .limit(limit)
          .map(label -> new Prediction(target.labels().name(label), probabilities.score(document, label)))
          .toList());
    }
    return rows;
  }

  /** {@code [texts][labels]}, zeros for empty texts. */
  float[][] probabilities() {
    return rows(probabilities);
  }

  /** The same before calibration. */
  float[][] rawProbabilities() {
    return rows(target.rawProbabilities(logits));
  }

  private float[][] rows(ScoreMatrix scores) {
    var rows = new float[texts][target.labels().size()];
    for (int row = 0; row < filled.length; row++) {
      for (int label = 0; label < target.labels().size(); label++) {
        rows[filled[row]][label] = scores.score(row, label);
      }
    }
    return rows;
  }
}
