package crema.family.neighbours;

import crema.base.WorkerPool;
import crema.linear.PositiveDefinite;
import java.util.Arrays;
import java.util.List;

/**
 * Says how probable candidates are, by a linear function of their features: of one category a text, the softmax over
 * the candidates (McFadden's conditional logit, 1974), and where a text has several, the logistic function of each.
 *
 * @param weights one a feature
 * @param missed how often the category of a text is not among its candidates
 * @param isExclusive whether a text has one category
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CandidateRanker(double[] weights, double missed, boolean isExclusive) {
  /** Newton's method converges in a few steps. */
  private static final int MOST_STEPS = 50;
  private static final double TOLERANCE = 1e-7;
  /** Of the squared weights of scaled features, relative to one text. */
  private static final double PENALTY = 1.0;
  private static final int HALVINGS = 20;
  private static final int BLOCK = 256;

  /**
   * Texts with their candidates and their categories.
   *
   * @param candidates one a text
   * @param truth the categories of each
   * @param weights how much each counts
   */
  record Examples(List<Candidates> candidates, List<int[]> truth, List<Double> weights) {}

  /**
   * Fits the weights of categories of the training, and then, with these as they are, those of added ones.
   *
   * @param known texts among the categories of the training
   * @param added texts some of whose categories are as if they had been added
   */
  static CandidateRanker fit(Examples known, Examples added, boolean isExclusive, WorkerPool pool) {
    var weights = new double[CandidateFeature.COUNT];
    fit(known, isExclusive, false, weights, pool);
    fit(added, isExclusive, true, weights, pool);
    long all = 0;
    long missed = 0;
    for (int text = 0; text < known.candidates().size(); text++) {
      int[] categories = known.candidates().get(text).categories();
      for (int category : known.truth().get(text)) {
        all++;
        missed += Arrays.stream(categories).noneMatch(each -> each == category) ? 1 : 0;
      }
    }
    return new CandidateRanker(weights, (missed + 0.5) / (all + 1), isExclusive);
  }

  /** The scores of candidates: logits of a softmax or of the logistic function. */
  double[] scores(Candidates candidates) {
    return scores(candidates, weights);
  }

  private static double[] scores(Candidates candidates, double[] weights) {
    var scores = new double[candidates.count()];
    for (int i = 0; i < scores.length; i++) {
      for (int feature = 0; feature < weights.length; feature++) {
        scores[i] += weights[feature] * candidates.features()[i * weights.length + feature];
      }
    }
    return scores;
  }

  /** The probabilities of candidates; what is left to 1 is that of all others where a text has one category. */
  double[] probabilities(Candidates candidates) {
    double[] scores = scores(candidates);
    toProbabilities(scores, isExclusive);
    for (int i = 0; i < scores.length; i++) {
      scores[i] *= isExclusive ? 1 - missed : 1;
    }
    return scores;
  }

  private static void toProbabilities(double[] scores, boolean isExclusive) {
    if (!isExclusive) {
      for (int i = 0; i < scores.length; i++) {
        scores[i] = 1 / (1 + StrictMath.exp(-scores[i]));
      }
      return;
    }
    double highest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      highest = Math.max(highest, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = StrictMath.exp(scores[i] - highest);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** Fits the weights of one kind of feature by Newton's method. */
  private static void fit(Examples examples, boolean isExclusive, boolean ofAdded, double[] weights, WorkerPool pool) {
    int[] features = Arrays.stream(CandidateFeature.values()).filter(feature -> feature.isOfAdded() == ofAdded)
        .mapToInt(Enum::ordinal).toArray();
    double[] scales = scales(examples, features);
    Slopes now = slopes(examples, isExclusive, features, scales, weights, pool);
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] direction = now.step();
      double expected = 0;
      for (int i = 0; i < direction.length; i++) {
        expected += direction[i] * now.gradient[i];
      }
      if (expected < TOLERANCE * Math.max(1, Math.abs(now.loss))) {
        return;
      }
      double[] before = weights.clone();
      Slopes next = now;
      double length = 1;
      for (int halving = 0; halving < HALVINGS; halving++, length /= 2) {
        for (int i = 0; i < features.length; i++) {
          weights[features[i]] = before[features[i]] - length * direction[i] / scales[i];
        }
        next = slopes(examples, isExclusive, features, scales, weights, pool);
        if (next.loss < now.loss) {
          break;
        }
      }
      if (next.loss >= now.loss) {
        System.arraycopy(before, 0, weights, 0, weights.length);
        return;
      }
      now = next;
    }
  }

  /** The root of the mean square of each feature where it is not 0, so that the penalty is fair; 1 where it always is. */
  private static double[] scales(Examples examples, int[] features) {
    var squares = new double[features.length];
    var counts = new long[features.length];
    for (Candidates candidates : examples.candidates()) {
      for (int i = 0; i < candidates.count(); i++) {
        for (int f = 0; f < features.length; f++) {
          double value = candidates.features()[i * CandidateFeature.COUNT + features[f]];
          squares[f] += value * value;
          counts[f] += value == 0 ? 0 : 1;
        }
      }
    }
    var scales = new double[features.length];
    Arrays.setAll(scales, f -> squares[f] == 0 ? 1 : Math.sqrt(squares[f] / counts[f]));
    return scales;
  }

  /** The penalized loss, its gradient and its second derivatives, of weights of scaled features. */
  private static final class Slopes {
    private double loss;
    private final double[] gradient;
    private final double[][] hessian;

    Slopes(int features) {
      gradient = new double[features];
      hessian = new double[features][features];
    }

    void add(Slopes other) {
      loss += other.loss;
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += other.gradient[i];
      }
      for (int i = 0; i < hessian.length; i++) {
        for (int j = 0; j < hessian.length; j++) {
          hessian[i][j] += other.hessian[i][j];
        }
      }
    }

    /** Adds {@code weight · (x xᵀ)} to the second derivatives. */
    void addOuter(double[] x, double weight) {
      int size = gradient.length;
      for (int i = 0; i < size; i++) {
        double factor = weight * x[i];
        for (int j = 0; j < size; j++) {
          hessian[i][j] += factor * x[j];
        }
      }
    }

    /** The Newton step; the penalty keeps the factor's diagonal above its bound. */
    double[] step() {
      return PositiveDefinite.solve(hessian, gradient, PENALTY / 2);
    }
  }

  private static Slopes slopes(Examples examples, boolean isExclusive, int[] features, double[] scales,
      double[] weights, WorkerPool pool) {
    int texts = examples.candidates().size();
    var total = new Slopes(features.length);
    // Summed in the order of the blocks, whoever computes them.
    pool.map((texts + BLOCK - 1) / BLOCK, block -> {
      var part = new Slopes(features.length);
      for (int text = block * BLOCK; text < Math.min(texts, (block + 1) * BLOCK); text++) {
        add(examples, text, isExclusive, features, scales, weights, part);
      }
      return part;
    }).forEach(total::add);
    for (int f = 0; f < features.length; f++) {
      double weight = weights[features[f]] * scales[f];
      total.loss += PENALTY / 2 * weight * weight;
      total.gradient[f] += PENALTY * weight;
      total.hessian[f][f] += PENALTY;
    }
    return total;
  }

  private static void add(Examples examples, int text, boolean isExclusive, int[] features, double[] scales,
      double[] weights, Slopes slopes) {
    Candidates candidates = examples.candidates().get(text);
    int[] truth = examples.truth().get(text);
    double counts = examples.weights().get(text);
    double[] p = scores(candidates, weights);
    var isTrue = new boolean[p.length];
    boolean any = false;
    for (int i = 0; i < p.length; i++) {
      int category = candidates.categories()[i];
      isTrue[i] = Arrays.stream(truth).anyMatch(each -> each == category);
      any |= isTrue[i];
    }
    if (isExclusive && !any) {
      return;
    }
    toProbabilities(p, isExclusive);
    var mean = new double[features.length];
    var x = new double[features.length];
    for (int i = 0; i < p.length; i++) {
      for (int f = 0; f < features.length; f++) {
        x[f] = candidates.features()[i * CandidateFeature.COUNT + features[f]] / scales[f];
      }
      double slope = counts * (p[i] - (isTrue[i] ? 1 : 0));
      for (int f = 0; f < features.length; f++) {
        slopes.gradient[f] += slope * x[f];
        mean[f] += p[i] * x[f];
      }
      double said = isTrue[i] ? p[i] : 1 - p[i];
      slopes.loss -= isExclusive && !isTrue[i] ? 0 : counts * StrictMath.log(Math.max(said, Double.MIN_NORMAL));
      slopes.addOuter(x, counts * (isExclusive ? p[i] : p[i] * (1 - p[i])));
    }
    if (isExclusive) {
      slopes.addOuter(mean, -counts);
    }
  }
}
