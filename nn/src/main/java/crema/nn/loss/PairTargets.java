package crema.nn.loss;

import crema.autograd.Variable;
import crema.tensor.Shape;

/**
 * Pairs of rows that fit an input.
 *
 * @param columns the extent of a row of embeddings
 * @param pairs which rows, and how similar they are
 */
record PairTargets(int columns, Targets.Pairs pairs) {
  /** The pairs of a loss's embeddings. */
  static PairTargets of(String loss, Variable embeddings, Targets targets) {
    if (!(targets instanceof Targets.Pairs pairs)) {
      throw RowLabels.unfit(loss, "pairs of rows (Pairs)", embeddings, targets);
    }
    Shape shape = embeddings.shape();
    if (shape.rank() != 2 || shape.extent(0) != pairs.rows()) {
      throw new IllegalArgumentException(loss + ": pairs of " + pairs.rows() + " rows for an input of " + shape);
    }
    return new PairTargets(Math.toIntExact(shape.columns()), pairs);
  }

  /** The loss of one pair, and its derivative by the cosine. */
  interface Term {
    /** The loss of a pair of a cosine that should have a similarity. */
    double value(double cosine, double similarity);

    /** ∂value/∂cosine. */
    double slope(double cosine, double similarity);
  }

  /**
   * The mean of a term over all pairs; 0 if there are none.
   *
   * @param x {@code [rows, columns]}
   * @param gradient as long as {@code x} and zero: receives the derivative
   */
  double mean(Term term, double[] x, double[] gradient) {
    int rows = pairs.rows();
    int count = pairs.first().length;
    if (count == 0) {
      return 0;
    }
    var cosines = new CosineSimilarity(x, rows, columns);
    var dcosines = new double[rows][rows];
    double sum = 0;
    for (int pair = 0; pair < count; pair++) {
      int first = pairs.first()[pair];
      int second = pairs.second()[pair];
      double cosine = cosines.of(first)[second];
      sum += term.value(cosine, pairs.similarities()[pair]);
      dcosines[first][second] += term.slope(cosine, pairs.similarities()[pair]) / count;
    }
    cosines.backward(dcosines, gradient);
    return sum / count;
  }
}
