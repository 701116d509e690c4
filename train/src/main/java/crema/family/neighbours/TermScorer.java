package crema.family.neighbours;

import crema.linear.SparseMatrix;
import java.util.Arrays;

/**
 * Compares texts with the texts of categories by all their terms: by the cosine with the mean of a category, and by how
 * likely a category makes the terms of a text where each is drawn by itself, as often as the category's texts have it
 * (multinomial naive Bayes, with TF-IDF in place of counts: Rennie, Shih, Teevan and Karger, "Tackling the poor
 * assumptions of naive Bayes text classifiers", ICML 2003). Both are sums over the terms that a text has. Immutable.
 */
final class TermScorer {
  /** Added to what the texts of a category have of a term. */
  private static final double SMOOTHING = 0.002;

  private final int categories;
  /** Where the categories of each term begin: {@code [terms + 1]}. */
  private final int[] starts;
  private final int[] ofTerms;
  /** What a category has of a term, in its mean of length 1. */
  private final float[] means;
  /** How much more likely a category makes a term than one whose texts do not have it: a logarithm. */
  private final float[] gains;
  /** How likely a category makes a term that its texts do not have: a logarithm. */
  private final double[] least;

  /**
   * A scorer.
   *
   * @param sums {@linkplain TermSums#isValid valid} ones
   * @param terms how many there are
   */
  TermScorer(TermSums sums, int terms) {
    categories = sums.categories();
    starts = new int[terms + 1];
    for (int term : sums.terms()) {
      starts[term + 1]++;
    }
    for (int term = 0; term < terms; term++) {
      starts[term + 1] += starts[term];
    }
    int[] next = starts.clone();
    ofTerms = new int[sums.terms().length];
    means = new float[ofTerms.length];
    gains = new float[ofTerms.length];
    least = new double[categories];
    for (int category = 0; category < categories; category++) {
      double squares = 0;
      double total = 0;
      for (int at = sums.starts()[category]; at < sums.starts()[category + 1]; at++) {
        squares += (double) sums.sums()[at] * sums.sums()[at];
        total += sums.sums()[at];
      }
      double length = squares == 0 ? 1 : Math.sqrt(squares);
      least[category] = StrictMath.log(SMOOTHING / (total + SMOOTHING * terms));
      for (int at = sums.starts()[category]; at < sums.starts()[category + 1]; at++) {
        int place = next[sums.terms()[at]]++;
        ofTerms[place] = category;
        means[place] = (float) (sums.sums()[at] / length);
        gains[place] = (float) StrictMath.log(1 + sums.sums()[at] / SMOOTHING);
      }
    }
  }

  /**
   * What the terms of a text say of the categories.
   *
   * @param cosines with their means, {@code [categories]}
   * @param likelihoods of the text: logarithms, {@code [categories]}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Scores(double[] cosines, double[] likelihoods) {
    /** The categories with the highest cosines above 0, the highest first; of equal ones the first. */
    int[] nearest(int most) {
      var places = new int[Math.min(most, cosines.length)];
      int found = 0;
      for (int category = 0; category < cosines.length; category++) {
        double cosine = cosines[category];
        if (cosine > 0 && (found < places.length || cosine > cosines[places[found - 1]])) {
          int place = found < places.length ? found++ : found - 1;
          for (; place > 0 && cosines[places[place - 1]] < cosine; place--) {
            places[place] = places[place - 1];
          }
          places[place] = category;
        }
      }
      return Arrays.copyOf(places, found);
    }
  }

  /** The scores of a text, a row of {@code [texts, terms]}. */
  Scores of(SparseMatrix features, int text) {
    var cosines = new double[categories];
    var likelihoods = new double[categories];
    double squares = 0;
    double total = 0;
    for (int at = features.start(text); at < features.end(text); at++) {
      double value = features.value(at);
      squares += value * value;
      total += value;
      int term = features.column(at);
      for (int place = starts[term]; place < starts[term + 1]; place++) {
        cosines[ofTerms[place]] += value * means[place];
        likelihoods[ofTerms[place]] += value * gains[place];
      }
    }
    double length = squares == 0 ? 1 : Math.sqrt(squares);
    for (int category = 0; category < categories; category++) {
      cosines[category] /= length;
      likelihoods[category] += total * least[category];
    }
    return new Scores(cosines, likelihoods);
  }
}
