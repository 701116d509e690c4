package crema.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the {@link ConfidenceCurve} of decisions that are known to be right or wrong. Of the identity, a line through
 * the origin, a line (J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999, with its smoothed targets)
 * and, from {@value #ROWS_FOR_STEPS} rows on, isotonic regression (Zadrozny and Elkan, KDD 2002) the one is taken whose
 * negative log-likelihood in cross-validation over rows is least; a richer one only if it gains more than it varies by.
 * Decisions are counted by log-odds in bins of 1/{@value #BINS_PER_UNIT}, so that time and memory do not grow with them.
 */
final class CurveFit {
  private static final int FOLDS = 10;
  private static final int BINS_PER_UNIT = 64;
  private static final int FARTHEST = 17;
  private static final int BINS = 2 * FARTHEST * BINS_PER_UNIT + 1;
  private static final int ROWS_FOR_STEPS = 1000;
  /** The fewest decisions of a step of isotonic regression. */
  private static final int LEAST_STEP = 50;
  private static final double LEAST_SLOPE = 1e-3;
  private static final int NEWTON_STEPS = 100;

  private final double temperature;
  private final Counts[] folds = new Counts[FOLDS];
  private int rows;

  /**
   * No decisions yet.
   *
   * @param temperature what their log-odds were divided by already
   */
  CurveFit(double temperature) {
    this.temperature = temperature;
    Arrays.setAll(folds, _ -> new Counts());
  }

  /** Adds a decision of a row. */
  void add(int row, double logOdds, boolean isRight) {
    rows = Math.max(rows, row + 1);
    folds[row % FOLDS].add(logOdds, isRight);
  }

  /** The curve; none where there are no decisions. */
  ConfidenceCurve fit() {
    var all = new Counts();
    for (Counts fold : folds) {
      all.add(fold);
    }
    if (all.total() == 0) {
      return ConfidenceCurve.NONE;
    }
    List<Kind> kinds = new ArrayList<>(List.of(Kind.NONE, Kind.SLOPE, Kind.LINE));
    if (rows >= ROWS_FOR_STEPS) {
      kinds.add(Kind.STEPS);
    }
    Kind chosen = Kind.NONE;
    double[] losses = losses(chosen);
    for (Kind kind : kinds.subList(1, kinds.size())) {
      double[] others = losses(kind);
      if (gains(losses, others)) {
        chosen = kind;
        losses = others;
      }
    }
    return chosen.fit(all).curve(temperature == 1 ? chosen.method : chosen == Kind.NONE ? "temperature"
        : "temperature and " + chosen.method, temperature);
  }

  /** Whether the mean gain over the folds is more than its standard error. */
  private static boolean gains(double[] before, double[] after) {
    double mean = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      mean += (before[fold] - after[fold]) / FOLDS;
    }
    double squares = 0;
    for (int fold = 0; fold < FOLDS; fold++) {
      double deviation = before[fold] - after[fold] - mean;
      squares += deviation * deviation;
    }
    return mean > 0 && mean > Math.sqrt(squares / (FOLDS - 1) / FOLDS);
  }

  /** The loss on each fold of what was fitted to the others. */
  private double[] losses(Kind kind) {
    var losses = new double[FOLDS];
    for (int fold = 0; fold < FOLDS; fold++) {
      var others = new Counts();
      for (int other = 0; other < FOLDS; other++) {
        if (other != fold) {
          others.add(folds[other]);
        }
      }
      losses[fold] = folds[fold].total() == 0 ? 0 : folds[fold].loss(kind.fit(others), others);
    }
    return losses;
  }

  /** The shapes of a curve, from the simplest on. */
  private enum Kind {
    NONE("none"), SLOPE("a factor"), LINE("a logistic curve"), STEPS("an isotonic curve");

    final String method;

    Kind(String method) {
      this.method = method;
    }

    Points fit(Counts counts) {
      return switch (this) {
        case NONE -> Points.line(1, 0);
        case SLOPE -> line(counts, false);
        case LINE -> line(counts, true);
        case STEPS -> steps(counts);
      };
    }
  }

  /** A curve by its points. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Points(double[] from, double[] to) {
    static Points line(double slope, double shift) {
      return new Points(new double[] {-1, 1}, new double[] {shift - slope, shift + slope});
    }

    ConfidenceCurve curve(String method, double temperature) {
      boolean isIdentity = from.length == 2 && from[0] == to[0] && from[1] == to[1];
      return isIdentity && temperature == 1 ? ConfidenceCurve.NONE
          : ConfidenceCurve.of(method, temperature, isIdentity ? new double[0] : from, isIdentity ? new double[0] : to);
    }
  }

  /** The line with the least loss, by Newton's method: the loss is convex. */
  private static Points line(Counts counts, boolean hasShift) {
    double slope = 1;
    double shift = 0;
    double loss = counts.loss(Points.line(slope, shift), counts);
    for (int step = 0; step < NEWTON_STEPS; step++) {
      double[] change = newton(counts, slope, shift, hasShift);
      double length = 1;
      double next = Double.POSITIVE_INFINITY;
      double nextSlope = slope;
      double nextShift = shift;
      while (!(next <= loss) && length > 1e-9) {
        nextSlope = Math.max(LEAST_SLOPE, slope + length * change[0]);
        nextShift = shift + length * change[1];
        next = counts.loss(Points.line(nextSlope, nextShift), counts);
        length /= 2;
      }
      if (!(next < loss - 1e-12 * Math.abs(loss))) {
        break;
      }
      slope = nextSlope;
      shift = nextShift;
      loss = next;
    }
    return Points.line(slope, shift);
  }

  private static double[] newton(Counts counts, double slope, double shift, boolean hasShift) {
    double right = counts.targetOfRight();
    double wrong = counts.targetOfWrong();
    // Ridge: of all the same log-odds, slope and shift cannot be told apart.
    double slopes = 1e-6;
    double shifts = 1e-6;
    double both = 0;
    double bySlope = 0;
    double byShift = 0;
    for (int bin = 0; bin < BINS; bin++) {
      double count = counts.count[bin];
      if (count == 0) {
        continue;
      }
      double x = counts.sum[bin] / count;
      double p = 1 / (1 + Math.exp(-(slope * x + shift)));
      double residual = counts.right[bin] * right + (count - counts.right[bin]) * wrong - count * p;
      double weight = count * Math.max(p * (1 - p), 1e-12);
      bySlope += residual * x;
      byShift += residual;
      slopes += weight * x * x;
      shifts += weight;
      both += weight * x;
    }
    if (!hasShift) {
      return new double[] {bySlope / slopes, 0};
    }
    double determinant = slopes * shifts - both * both;
    return new double[] {(bySlope * shifts - byShift * both) / determinant,
        (byShift * slopes - bySlope * both) / determinant};
  }

  /** Isotonic regression by pooling of neighbours, between the means of its steps in straight lines. */
  private static Points steps(Counts counts) {
    var steps = new ArrayList<double[]>();
    var gathered = new double[3];
    for (int bin = 0; bin < BINS; bin++) {
      gathered[0] += counts.count[bin];
      gathered[1] += counts.right[bin];
      gathered[2] += counts.sum[bin];
      if (gathered[0] >= LEAST_STEP) {
        push(steps, gathered);
        gathered = new double[3];
      }
    }
    if (gathered[0] > 0) {
      if (steps.isEmpty()) {
        steps.add(gathered);
      } else {
        double[] last = steps.removeLast();
        push(steps, sum(last, gathered));
      }
    }
    if (steps.size() < 2) {
      return line(counts, true);
    }
    var from = new double[steps.size()];
    var to = new double[steps.size()];
    for (int i = 0; i < from.length; i++) {
      double[] step = steps.get(i);
      from[i] = step[2] / step[0];
      to[i] = Math.log((step[1] + 0.5) / (step[0] - step[1] + 0.5));
      if (i > 0) {
        to[i] = Math.max(to[i], to[i - 1] + LEAST_SLOPE * (from[i] - from[i - 1]));
      }
    }
    return new Points(from, to);
  }

  private static void push(List<double[]> steps, double[] step) {
    double[] last = step;
    while (!steps.isEmpty() && steps.getLast()[1] * last[0] >= last[1] * steps.getLast()[0]) {
      last = sum(steps.removeLast(), last);
    }
    steps.add(last);
  }

  private static double[] sum(double[] a, double[] b) {
    return new double[] {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
  }

  /** Decisions by log-odds. */
  private static final class Counts {
    final double[] count = new double[BINS];
    final double[] right = new double[BINS];
    final double[] sum = new double[BINS];

    void add(double logOdds, boolean isRight) {
      double near = Math.clamp(logOdds, -FARTHEST, FARTHEST);
      int bin = (int) Math.round((near + FARTHEST) * BINS_PER_UNIT);
      count[bin]++;
      right[bin] += isRight ? 1 : 0;
      sum[bin] += near;
    }

    void add(Counts other) {
      for (int bin = 0; bin < BINS; bin++) {
        count[bin] += other.count[bin];
        right[bin] += other.right[bin];
        sum[bin] += other.sum[bin];
      }
    }

    double total() {
      return Arrays.stream(count).sum();
    }

    /** What a right decision counts as, so that few of them do not ask for certainty. */
    double targetOfRight() {
      double all = Arrays.stream(right).sum();
      return (all + 1) / (all + 2);
    }

    double targetOfWrong() {
      return 1 / (total() - Arrays.stream(right).sum() + 2);
    }

    /** The mean loss of a curve with the targets of the decisions that it was fitted to. */
    double loss(Points points, Counts fitted) {
      double whenRight = fitted.targetOfRight();
      double whenWrong = fitted.targetOfWrong();
      ConfidenceCurve curve = ConfidenceCurve.of("", 1, points.from, points.to);
      double loss = 0;
      for (int bin = 0; bin < BINS; bin++) {
        if (count[bin] > 0) {
          double logOdds = curve.logOdds(sum[bin] / count[bin]);
          double target = right[bin] * whenRight + (count[bin] - right[bin]) * whenWrong;
          loss += count[bin] * softplus(logOdds) - target * logOdds;
        }
      }
      return loss / total();
    }

    private static double softplus(double x) {
      return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
  }
}
