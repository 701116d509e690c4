package crema.family.stack;

import crema.family.stack.SecondLevel.Average;
import crema.family.stack.SecondLevel.Logistic;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Finds second levels on rows that no member was trained on. Its result depends on these alone. */
final class LevelFit {
  /** Of so many pairs of rows and answers few weights can be learned as well as of more. */
  private static final long ENOUGH_PAIRS = 1 << 21;
  private static final int ROUNDS = 30;
  /** Rounds of greedy selection without a better average before it ends. */
  private static final int PATIENCE = 6;
  private static final double RIDGE = 1e-3;
  private static final double CALIBRATION_RIDGE = 1e-6;
  private static final double LEAST_SCALE = 1e-3;
  private static final double GREATEST_SCALE = 1e3;
  private static final double LEAST_PROBABILITY = 1e-9;

  private final ScoredMembers members;
  private final AnswerSpace space;
  private final int[] rows;
  private final Average calibrated;

  /**
   * A fit.
   *
   * @param rows the numbers of the rows to learn from
   */
  LevelFit(ScoredMembers members, int[] rows) {
    this.members = members;
    this.rows = rows;
    space = members.space();
    var scales = new double[members.members()];
    var shifts = new double[members.members()];
    int[] some = some();
    int[][] answers = answers(some);
    for (int member = 0; member < scales.length; member++) {
      int each = member;
      double[] found = new LogisticFit(space,
          Arrays.stream(some).mapToObj(row -> new float[][] {members.evidence().get(each)[row]})
              .toArray(float[][][]::new),
          answers, weights(some), CALIBRATION_RIDGE, new double[] {1}).run();
      scales[member] = Math.clamp(found[0], LEAST_SCALE, GREATEST_SCALE);
      shifts[member] = space.isExclusive() ? 0 : found[1];
    }
    calibrated = new Average(new double[scales.length], scales, shifts);
  }

  /** Rows to learn weights from, evenly spread where all are more than it takes. */
  private int[] some() {
    long most = Math.max(1, ENOUGH_PAIRS / space.size());
    if (rows.length <= most) {
      return rows;
    }
    return IntStream.range(0, (int) most).map(i -> rows[(int) ((long) i * rows.length / most)]).toArray();
  }

  private int[][] answers(int[] some) {
    return Arrays.stream(some).mapToObj(row -> space.answers(members.truth()[row])).toArray(int[][]::new);
  }

  private double[] weights(int[] some) {
    return Arrays.stream(some).mapToDouble(row -> members.weights()[row]).toArray();
  }

  /** A member by itself, calibrated. */
  Average alone(int member) {
    return Average.of(member, calibrated);
  }

  /** A logistic regression on the calibrated evidence of all members, which is drawn to their even mean. */
  Logistic logistic() {
    int count = members.members();
    int[] some = some();
    var features = new float[some.length][count][space.size()];
    for (int i = 0; i < some.length; i++) {
      for (int member = 0; member < count; member++) {
        float[] evidence = members.evidence().get(member)[some[i]];
        for (int answer = 0; answer < evidence.length; answer++) {
          features[i][member][answer] =
              (float) (calibrated.scales()[member] * evidence[answer] + calibrated.shifts()[member]);
        }
      }
    }
    var even = new double[count];
    Arrays.fill(even, 1.0 / count);
    double[] found = new LogisticFit(space, features, answers(some), weights(some), RIDGE, even).run();
    var weights = new double[count];
    double shift = space.isExclusive() ? 0 : found[count];
    for (int member = 0; member < count; member++) {
      weights[member] = found[member] * calibrated.scales()[member];
      shift += found[member] * calibrated.shifts()[member];
    }
    return new Logistic(weights, shift);
  }

  /**
   * A weighted average by greedy selection with replacement (Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble
   * selection from libraries of models", ICML 2004): in each round the member joins with which most rows are right; of
   * those the one with the least loss. Where labels are each decided on for themselves, the loss decides.
   */
  Average average() {
    int count = members.members();
    // Of each label of each row a logarithm is needed where labels are decided on for themselves.
    int[] used = space.isExclusive() ? rows : some();
    var probabilities = new float[count][used.length][];
    for (int member = 0; member < count; member++) {
      for (int i = 0; i < used.length; i++) {
        double[] own = calibrated.calibrated(space, member, members.evidence().get(member)[used[i]]);
        probabilities[member][i] = new float[own.length];
        for (int answer = 0; answer < own.length; answer++) {
          probabilities[member][i][answer] = (float) own[answer];
        }
      }
    }
    int[][] answers = answers(used);
    double[] rowWeights = weights(used);
    var sums = new float[used.length][space.size()];
    var times = new int[count];
    int[] best = times;
    Quality bestQuality = Quality.NONE;
    int since = 0;
    for (int round = 1; round <= ROUNDS && since < PATIENCE; round++) {
      int next = 0;
      Quality nextQuality = Quality.NONE;
      for (int member = 0; member < count; member++) {
        Quality quality = quality(sums, probabilities[member], round, answers, rowWeights);
        if (quality.isBetterThan(nextQuality)) {
          nextQuality = quality;
          next = member;
        }
      }
      times[next]++;
      for (int i = 0; i < used.length; i++) {
        for (int answer = 0; answer < space.size(); answer++) {
          sums[i][answer] += probabilities[next][i][answer];
        }
      }
      since++;
      if (nextQuality.isBetterThan(bestQuality)) {
        bestQuality = nextQuality;
        best = times.clone();
        since = 0;
      }
    }
    double all = Arrays.stream(best).sum();
    return new Average(Arrays.stream(best).mapToDouble(each -> each / all).toArray(), calibrated.scales(),
        calibrated.shifts());
  }

  /**
   * How good an average is.
   *
   * @param right how many rows, as they weigh, have their answer, where there is one
   * @param loss the negative log-likelihood
   */
  private record Quality(double right, double loss) {
    static final Quality NONE = new Quality(-1, Double.POSITIVE_INFINITY);

    boolean isBetterThan(Quality other) {
      return right > other.right || (right == other.right && loss < other.loss);
    }
  }

  private Quality quality(float[][] sums, float[][] added, int count, int[][] answers, double[] weights) {
    double right = 0;
    double loss = 0;
    for (int i = 0; i < sums.length; i++) {
      if (space.isExclusive()) {
        int answer = answers[i][0];
        loss -= weights[i] * Math.log(Math.max(LEAST_PROBABILITY, (sums[i][answer] + added[i][answer]) / count));
        right += isGreatest(sums[i], added[i], answer) ? weights[i] : 0;
      } else {
        for (int answer = 0; answer < space.size(); answer++) {
          double p = (sums[i][answer] + added[i][answer]) / count;
          loss -= weights[i]
              * Math.log(Math.max(LEAST_PROBABILITY, LogisticFit.contains(answers[i], answer) ? p : 1 - p));
        }
      }
    }
    return new Quality(right, loss);
  }

  private static boolean isGreatest(float[] sums, float[] added, int answer) {
    float own = sums[answer] + added[answer];
    for (int other = 0; other < sums.length; other++) {
      float score = sums[other] + added[other];
      if (score > own || (score == own && other < answer)) {
        return false;
      }
    }
    return true;
  }
}
