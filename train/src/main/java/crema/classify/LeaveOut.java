package crema.classify;

import crema.classify.Explanation.LabelEvidence;
import crema.data.TextWord;
import crema.metrics.ScoreMatrix;
import crema.task.MultiLabelTarget;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Explains a text by what a model says of it without each of its words, asked in one batch. It works for any model, but
 * the numbers do not add up to a logit: words that say the same are not missed one by one.
 */
final class LeaveOut {
  /** Probabilities of nodes are taken to be at least so far from 0 and 1. */
  private static final double LEAST = 1e-7;

  private final Classifier classifier;
  private final Target target;

  LeaveOut(Classifier classifier) {
    this.classifier = classifier;
    target = classifier.target();
  }

  /**
   * Explains the text of an item, beside its picture if the model reads pictures.
   *
   * @param labels numbers of labels
   */
  Explanation explain(Item item, int[] labels) {
    String text = item.text();
    List<TextWord> words = classifier.readsText() ? TextWord.of(text) : List.of();
    List<List<Integer>> places = Explanation.places(words);
    var texts = new ArrayList<String>();
    texts.add(text);
    places.forEach(of -> texts.add(TextWord.without(text, of.stream().map(words::get).toList())));
    float[][] logits =
        classifier.logits(texts.stream().map(each -> item.withText(each.isBlank() ? "" : each)).toList());
    if (logits[0].length == 0) {
      return Explanation.ofBlank(Explanation.Kind.LEAVE_OUT);
    }
    double[] probabilities = probabilities(logits[0]);
    var evidence = new ArrayList<LabelEvidence>();
    for (int label : labels) {
      double whole = logOdds(logits[0], label);
      var ofWords = new double[words.size()];
      for (int i = 0; i < places.size(); i++) {
        for (int place : places.get(i)) {
          ofWords[place] = (whole - logOdds(logits[i + 1], label)) / places.get(i).size();
        }
      }
      evidence.add(new LabelEvidence(target.labels().name(label), probabilities[label], whole, Double.NaN,
          Arrays.stream(ofWords).boxed().toList()));
    }
    return new Explanation(Explanation.Kind.LEAVE_OUT, words, evidence);
  }

  private double[] probabilities(float[] logits) {
    ScoreMatrix probabilities = target.probabilities(ScoreMatrix.of(new float[][] {logits}));
    var row = new double[logits.length];
    Arrays.setAll(row, label -> probabilities.score(0, label));
    return row;
  }

  /** The logarithm of the odds of a label; that of labels which are all as probable, where nothing is left of a text. */
  private double logOdds(float[] logits, int label) {
    int count = target.labels().size();
    return switch (target) {
      case SingleLabelTarget _ -> count == 1 ? 0
          : logits.length == 0 ? -Math.log(count - 1)
              : logits[label] - logOfSum(logits, label);
      case MultiLabelTarget _ -> logits.length == 0 ? 0 : logits[label];
      case TaxonomyTarget _ -> {
        double p = logits.length == 0 ? 1.0 / count : Math.clamp(probabilities(logits)[label], LEAST, 1 - LEAST);
        yield Math.log(p) - Math.log1p(-p);
      }
    };
  }

  private static double logOfSum(float[] logits, int without) {
    double highest = Double.NEGATIVE_INFINITY;
    for (int label = 0; label < logits.length; label++) {
      highest = label == without ? highest : Math.max(highest, logits[label]);
    }
    double sum = 0;
    for (int label = 0; label < logits.length; label++) {
      sum += label == without ? 0 : Math.exp(logits[label] - highest);
    }
    return highest + Math.log(sum);
  }
}
