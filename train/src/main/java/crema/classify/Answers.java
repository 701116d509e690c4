package crema.classify;

import crema.metrics.ScoreMatrix;
import crema.task.Guarantee;
import crema.task.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SequencedCollection;
import java.util.stream.IntStream;

/** What a classifier says of some texts or items, of which empty ones have no labels. */
final class Answers {
  private final Target target;
  private final int texts;
  /** The numbers of the texts that are not empty; their logits are the rows of the matrix. */
  private final int[] filled;
  private final ScoreMatrix logits;

  private Answers(Target target, float[][] rows) {
    this.target = target;
    texts = rows.length;
    filled = IntStream.range(0, rows.length).filter(text -> rows[text].length > 0).toArray();
    // Where all texts are blank, there are no rows that would tell the number of labels.
    ScoreMatrix.Builder scores = ScoreMatrix.builder(target.labels().size());
    Arrays.stream(filled).forEach(text -> scores.add(rows[text]));
    logits = scores.build();
  }

  static Answers of(Classifier classifier, List<String> texts) {
    return new Answers(classifier.target(), classifier.logits(texts));
  }

  static Answers of(Classifier classifier, SequencedCollection<Item> items) {
    return new Answers(classifier.target(), classifier.logits(items));
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
    ScoreMatrix probabilities = target.probabilities(logits);
    // Of one label a text there is nothing to put in order.
    boolean isOrdered = Arrays.stream(labels).allMatch(each -> each.length <= 1);
    ScoreMatrix preferences = isOrdered ? probabilities : target.preferences(logits);
    for (int row = 0; row < filled.length; row++) {
      int[] order = isOrdered ? labels[row] : ordered(labels[row], limit, preferences, row);
      var predictions = new ArrayList<Prediction>();
      for (int i = 0; i < Math.min(limit, order.length); i++) {
        predictions.add(new Prediction(target.labels().name(order[i]), probabilities.score(row, order[i])));
      }
      rows.set(filled[row], Collections.unmodifiableList(predictions));
    }
    return rows;
  }

  /** The labels by falling preference, those of equal ones as they are; only the first counts where one is wanted. */
  private static int[] ordered(int[] labels, int limit, ScoreMatrix preferences, int row) {
    if (limit > 1 || labels.length == 0) {
      return Arrays.stream(labels).boxed()
          .sorted((a, b) -> Float.compare(preferences.score(row, b), preferences.score(row, a)))
          .mapToInt(label -> label).toArray();
    }
    int best = labels[0];
    for (int label : labels) {
      best = Float.compare(preferences.score(row, label), preferences.score(row, best)) > 0 ? label : best;
    }
    return new int[] {best};
  }

  /** {@code [texts][labels]}, zeros for empty texts. */
  float[][] probabilities() {
    return rows(target.probabilities(logits));
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
