package crema.metrics;

import java.util.Arrays;
import java.util.Locale;

/**
 * How the scores of a model become probabilities that mean what they say: logits are divided by a temperature, and the
 * log-odds of a decision are mapped by a strictly increasing, piecewise linear curve. Whatever the curve, the labels of
 * a text keep their order. Immutable.
 */
public final class ConfidenceCurve {
  /** Probabilities as the model's scores have them. */
  public static final ConfidenceCurve NONE = new ConfidenceCurve("none", 1, new double[0], new double[0]);

  /** By how much the log-odds of the best label stay above what would make it equal to the second. */
  private static final double MARGIN = 1e-3;

  /** Log-odds of probabilities that a float rounds to 0 or 1. */
  private static final double FARTHEST = 17;

  private final String method;
  private final double temperature;
  private final double[] from;
  private final double[] to;

  private ConfidenceCurve(String method, double temperature, double[] from, double[] to) {
    this.method = method;
    this.temperature = temperature;
    this.from = from;
    this.to = to;
  }

  /**
   * A curve.
   *
   * @param method how it was found, for people
   * @param temperature what logits of which one label is right are divided by
   * @param from log-odds, ascending; two at least, or none where the log-odds stay as they are
   * @param to what they become, ascending; between and beyond, the curve goes on in straight lines
   * @throws IllegalArgumentException if the numbers are no such curve
   */
  public static ConfidenceCurve of(String method, double temperature, double[] from, double[] to) {
    if (!(temperature > 0) || temperature == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("the temperature " + temperature + " is not a number above 0");
    }
    if (from.length != to.length || from.length == 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "a curve from %d log-odds to %d: give as many, two at least", from.length, to.length));
    }
    for (int i = 0; i < from.length; i++) {
      if (!Double.isFinite(from[i]) || !Double.isFinite(to[i])
          || (i > 0 && !(from[i] > from[i - 1] && to[i] > to[i - 1]))) {
        throw new IllegalArgumentException("the curve does not rise at point " + (i + 1));
      }
    }
    return new ConfidenceCurve(method, temperature, from.clone(), to.clone());
  }

  /** How it was found, for people. */
  public String method() {
    return method;
  }

  /** What logits are divided by. */
  public double temperature() {
    return temperature;
  }

  /** The log-odds at which the curve bends or begins; empty where it changes none. */
  public double[] from() {
    return from.clone();
  }

  /** What those become. */
  public double[] to() {
    return to.clone();
  }

  /** Whether probabilities stay as they are. */
  public boolean isNone() {
    return temperature == 1 && from.length == 0;
  }

  /** What log-odds become; those that are farther from 0 than those of a float are taken for these. */
  public double logOdds(double logOdds) {
    if (from.length == 0) {
      return logOdds;
    }
    double near = Math.clamp(logOdds, -FARTHEST, FARTHEST);
    int above = segmentEnd(from, near);
    double slope = (to[above] - to[above - 1]) / (from[above] - from[above - 1]);
    return to[above - 1] + (near - from[above - 1]) * slope;
  }

  /** The end of the straight line on which a value lies. */
  private static int segmentEnd(double[] points, double value) {
    int found = Arrays.binarySearch(points, value);
    return Math.clamp(found >= 0 ? found : -found - 1, 1, points.length - 1);
  }

  /** What a probability must be to become another; 0 and 1 stay, and so does what no probability reaches. */
  public double inverse(double probability) {
    if (isNone() || probability <= 0 || probability >= 1) {
      return probability;
    }
    double wanted = Math.log(probability) - Math.log1p(-probability);
    if (from.length == 0) {
      return logistic(wanted);
    }
    int above = segmentEnd(to, wanted);
    double slope = (from[above] - from[above - 1]) / (to[above] - to[above - 1]);
    return logistic(from[above - 1] + (wanted - to[above - 1]) * slope);
  }

  /** What a probability of a decision becomes; 0 and 1 stay. */
  public float probability(float probability) {
    return isNone() || probability <= 0 || probability >= 1 ? probability
        : (float) logistic(logOdds(logOdds(probability, 1.0 - probability)));
  }

  /** What all probabilities of decisions become. */
  public ScoreMatrix probabilities(ScoreMatrix decisions) {
    return isNone() ? decisions : decisions.map(this::probability);
  }

  /** Of logits of labels of which any number may be right: their probabilities. */
  public ScoreMatrix sigmoid(ScoreMatrix logits) {
    return isNone() ? logits.sigmoid(1)
        : logits.map(logit -> (float) logistic(logOdds(logit / temperature)));
  }

  /**
   * Of logits of labels of which one is right: their probabilities. The curve maps the log-odds of the best label; the
   * others share the rest as they did. It stays more probable than they are.
   */
  public ScoreMatrix softmax(ScoreMatrix logits) {
    return from.length == 0 || logits.labels() < 2 ? logits.softmax(temperature) : logits.mapRows(this::softmax);
  }

  private float[] softmax(float[] row) {
    int best = ScoreMatrix.best(row);
    double highest = row[best];
    double rest = 0;
    double second = 0;
    var powers = new double[row.length];
    for (int label = 0; label < row.length; label++) {
      if (label != best) {
        powers[label] = Math.exp((row[label] - highest) / temperature);
        rest += powers[label];
        second = Math.max(second, powers[label]);
      }
    }
    double logOdds = -Math.log(rest);
    double least = rest == 0 ? Double.NEGATIVE_INFINITY : Math.log(second / rest);
    double mapped = Math.max(logOdds(logOdds), least + Math.min(MARGIN, logOdds - least));
    double others = rest == 0 ? 0 : logistic(-mapped) / rest;
    for (int label = 0; label < row.length; label++) {
      row[label] = (float) (label == best ? logistic(mapped) : others * powers[label]);
    }
    return row;
  }

  /** The log-odds of the best label of a row of logits, after the temperature. */
  static double logOddsOfBest(float[] row, double temperature) {
    int best = ScoreMatrix.best(row);
    double rest = 0;
    for (int label = 0; label < row.length; label++) {
      rest += label == best ? 0 : Math.exp(((double) row[label] - row[best]) / temperature);
    }
    return Math.min(FARTHEST, -Math.log(rest));
  }

  /** The log-odds of a probability, at most those of what a float can tell from 0 and 1. */
  static double logOdds(double probability, double other) {
    return Math.clamp(Math.log(probability) - Math.log(other), -FARTHEST, FARTHEST);
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
