package crema.family.linear;

import crema.classify.Contrast;
import crema.classify.Explanation;
import crema.classify.Explanation.LabelEvidence;
import crema.classify.WordShares;
import crema.data.TextWord;
import crema.linear.Analyzer;
import crema.linear.LinearModel;
import crema.linear.SparseMatrix;
import crema.linear.TfIdf;
import crema.metrics.ScoreMatrix;
import crema.task.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Explains the decisions of a linear model over terms: a decision is the intercept and, for each term of the text, its
 * weight times its value, which the places of the term have in equal parts. Where labels exclude each other it is the
 * {@link Contrast} of decisions that is explained.
 *
 * @param spaces of terms alone
 */
record TermExplainer(FeatureSpaces spaces, LinearModel model, Target target) {
  /**
   * Explains a text.
   *
   * @param labels numbers of labels
   */
  Explanation explain(String text, int[] labels) {
    List<TextWord> words = TextWord.of(text);
    if (words.isEmpty()) {
      return Explanation.ofBlank(Explanation.Kind.EXACT);
    }
    SparseMatrix features = spaces.of(List.of(text));
    float[] decisions = model.decisions(features, 0);
    Contrast contrast = Contrast.of(target, decisions, labels);
    var shares = new WordShares(text, words, labels.length);
    int first = 0;
    for (TermSpace space : spaces.terms()) {
      share(space, spaces.views().placed(text, space.column()), first, features, contrast, shares);
      first += space.terms().vocabulary().size();
    }
    double[] logits = contrast.of(label -> decisions[label]);
    double[] bases = contrast.of(model::intercept);
    ScoreMatrix probabilities = target.probabilities(ScoreMatrix.of(new float[][] {decisions}));
    var evidence = new ArrayList<LabelEvidence>();
    for (int i = 0; i < labels.length; i++) {
      evidence.add(new LabelEvidence(target.labels().name(labels[i]), probabilities.score(0, labels[i]),
          logits[i], bases[i], shares.of(i)));
    }
    return new Explanation(Explanation.Kind.EXACT, words, evidence);
  }

  private void share(TermSpace space, TextViews.Placed read, int first, SparseMatrix features, Contrast contrast,
      WordShares shares) {
    List<TfIdf.Occurrence> occurrences = space.terms().occurrences(read.text());
    WordShares.Rule rule = space.terms().config().analyzer() == Analyzer.WORD ? WordShares.Rule.EQUAL
        : WordShares.Rule.BY_CHARACTERS;
    var counts = new int[features.elements()];
    for (TfIdf.Occurrence occurrence : occurrences) {
      counts[element(features, first + occurrence.column())]++;
    }
    for (TfIdf.Occurrence occurrence : occurrences) {
      int element = element(features, first + occurrence.column());
      double value = (double) features.value(element) / counts[element];
      double[] added = contrast.of(label -> model.weight(first + occurrence.column(), label) * value);
      shares.add(read.places(occurrence.from(), occurrence.to()), rule, added);
    }
  }

  /** The element of a column that the text has. */
  private static int element(SparseMatrix features, int column) {
    int from = features.start(0);
    int to = features.end(0) - 1;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (features.column(middle) < column) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
