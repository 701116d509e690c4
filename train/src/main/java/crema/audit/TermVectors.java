package crema.audit;

import crema.base.CounterRandom;
import crema.base.UserError;
import crema.embed.Vectors;
import crema.linear.Analyzer;
import crema.linear.SparseMatrix;
import crema.linear.TfIdf;
import crema.linear.TfIdfConfig;
import java.util.List;

/**
 * What texts look like to an audit: TF-IDF of the runs of two to five characters in their words, for any language. For a
 * search among all, each text also has a sketch, of which the cosine is nearly that of the terms (feature hashing:
 * Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
 */
final class TermVectors {
  private static final int SKETCH = 256;
  private static final int MOST_TERMS = 300_000;
  private static final int FEWEST_TERMS = 10_000;
  /** Of the weights of a linear model. */
  private static final int MOST_WEIGHTS = 100_000_000;

  private final TfIdf terms;

  private TermVectors(TfIdf terms) {
    this.terms = terms;
  }

  /**
   * Learns the terms of texts.
   *
   * @param labels how many labels a model of the terms has
   * @throws UserError when the texts have no terms
   */
  static TermVectors fit(List<String> texts, int labels) {
    try {
      return new TermVectors(TfIdf.fit(texts, TfIdfConfig.DEFAULTS.withAnalyzer(Analyzer.CHAR_WB).withNgrams(2, 5)
          .withSublinearTf(true)
          .withMaxFeatures(Math.clamp(MOST_WEIGHTS / Math.max(1, labels), FEWEST_TERMS, MOST_TERMS))));
    } catch (IllegalArgumentException e) {
      throw new UserError("the texts cannot be compared: " + e.getMessage(), e);
    }
  }

  /** The vectors of texts, {@code [texts, terms]}. */
  SparseMatrix of(List<String> texts) {
    return terms.transform(texts);
  }

  /** The sketches of vectors, {@code [rows, SKETCH]}. */
  static Vectors sketches(SparseMatrix vectors) {
    var sketches = new float[Math.multiplyExact(vectors.rows(), SKETCH)];
    for (int row = 0; row < vectors.rows(); row++) {
      for (int at = vectors.start(row); at < vectors.end(row); at++) {
        long bits = CounterRandom.bits(vectors.column(at), 0, 0);
        int place = (int) (bits & SKETCH - 1);
        sketches[row * SKETCH + place] += bits < 0 ? -vectors.value(at) : vectors.value(at);
      }
    }
    return new Vectors(SKETCH, sketches);
  }

  /** The cosine of two vectors, which have length 1 or no terms. */
  static double cosine(SparseMatrix left, int row, SparseMatrix right, int other) {
    double sum = 0;
    int a = left.start(row);
    int b = right.start(other);
    while (a < left.end(row) && b < right.end(other)) {
      int difference = left.column(a) - right.column(b);
      if (difference == 0) {
        sum += (double) left.value(a++) * right.value(b++);
      } else if (difference < 0) {
        a++;
      } else {
        b++;
      }
    }
    return sum;
  }
}
