package crema.metrics;

import crema.base.Forest;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * From which probability on each answer is given, so that the answers that are given reach a precision: thresholds by
 * label, or in a taxonomy by level, where the deepest node that reaches its threshold is the answer.
 *
 * <p>The precision of a label from a probability on is estimated from its own answers and {@value #PRIOR} more of the
 * precision that all labels have from there on, so that a label with few rows is taken for one like the others. Answers
 * of all labels together must then reach the precision on rows that the thresholds were not found on, in tenfold
 * cross-validation, with the lower end of E. B. Wilson's one-sided 80% interval; until they do, more is asked of each
 * label.
 *
 * @param values the threshold of each group, a label or a level; above 1 where it is never answered
 * @param precision how much the answers reach at least, with 80% certainty; NaN where none are given
 * @param share of the rows that are answered
 * @param isReached whether that is the precision that was wanted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PrecisionThresholds(float[] values, double precision, double share, boolean isReached) {
  private static final int FOLDS = 10;
  private static final double PRIOR = 20;
  /** The normal deviate of one end at 80%. */
  private static final double DEVIATE = 0.8416212335729143;
  /** How much is added to the log-odds of what is asked of each label, step by step. */
  private static final double STEP = 0.1;
  private static final int STEPS = 50;
  private static final float NEVER = 2;

  /**
   * Finds thresholds.
   *
   * @param answers to rows that the model has not learned from
   * @param tree of the labels; flat if thresholds are by label
   * @param wanted the precision, from 0 to below 1
   */
  public static PrecisionThresholds of(HeldOutAnswers answers, Forest tree, double wanted) {
    return new Search(answers, tree).find(wanted);
  }

  /** The group of a label: itself, or its level if labels lie below each other. */
  public static int group(Forest tree, int label) {
    return tree.depth() > 1 ? tree.level(label) - 1 : label;
  }

  private static final class Search {
    private final HeldOutAnswers answers;
    private final Forest tree;
    private final int groups;
    /** By level, from the deepest: its answers, the most probable first. */
    private final int[][] byLevel;
    /** The answer with the node above in the same row; -1 if there is none. */
    private final int[] above;

    Search(HeldOutAnswers answers, Forest tree) {
      this.answers = answers;
      this.tree = tree;
      groups = tree.depth() > 1 ? tree.depth() : tree.size();
      byLevel = new int[Math.max(1, tree.depth())][];
      for (int level = 0; level < byLevel.length; level++) {
        int depth = byLevel.length - level;
        byLevel[level] = IntStream.range(0, answers.size()).boxed()
            .filter(answer -> tree.level(answers.label(answer)) == depth)
            .sorted((a, b) -> Float.compare(answers.confidence(b), answers.confidence(a)))
            .mapToInt(Integer::intValue).toArray();
      }
      above = new int[answers.size()];
      for (int answer = 0; answer < above.length; answer++) {
        int parent = tree.parent(answers.label(answer));
        above[answer] = -1;
        for (int i = answer - 1; parent >= 0 && i >= 0 && answers.row(i) == answers.row(answer); i--) {
          if (answers.label(i) == parent) {
            above[answer] = i;
            break;
          }
        }
      }
    }

    PrecisionThresholds find(double wanted) {
      if (wanted <= 0) {
        return new PrecisionThresholds(new float[groups], 0, 1, true);
      }
      PrecisionThresholds farthest = null;
      double logOdds = Math.log(wanted) - Math.log1p(-wanted);
      // More and more; then less, which tells how far one gets if the answers are too few for what is wanted.
      for (int i = 0; i < 2 * STEPS; i++) {
        int step = i < STEPS ? i : STEPS - 1 - i;
        double asked = 1 / (1 + Math.exp(-(logOdds + step * STEP)));
        var given = new Given();
        for (int fold = 0; fold < FOLDS; fold++) {
          float[] thresholds = thresholds(asked, fold);
          given.add(thresholds, fold);
        }
        double least = given.least();
        if (farthest == null || least > farthest.precision) {
          farthest = new PrecisionThresholds(thresholds(asked, FOLDS), least,
              PrecisionRecall.ratio(given.rows, answers.rows()), least >= wanted);
        }
        if (least >= wanted) {
          return farthest;
        }
      }
      return farthest == null ? new PrecisionThresholds(new float[groups], Double.NaN, 0, false) : farthest;
    }

    /** The thresholds that are found without a fold; with all rows if there is no such fold. */
    private float[] thresholds(double asked, int fold) {
      var thresholds = new float[groups];
      Arrays.fill(thresholds, NEVER);
      var covered = new boolean[answers.size()];
      for (int[] level : byLevel) {
        int[] seen =
            Arrays.stream(level).filter(answer -> !covered[answer] && answers.row(answer) % FOLDS != fold).toArray();
        new Level(seen).find(asked, thresholds);
        // Of other folds too: what is covered there is not looked at.
        for (int answer : level) {
          cover(answer, thresholds, covered);
        }
      }
      return thresholds;
    }

    /** Marks the answers above one that is given, or of which one below it is. */
    private void cover(int answer, float[] thresholds, boolean[] covered) {
      boolean isGiven = answers.confidence(answer) >= thresholds[group(tree, answers.label(answer))];
      if (above[answer] >= 0 && (isGiven || covered[answer])) {
        covered[above[answer]] = true;
      }
    }

    /** What is answered in folds. */
    private final class Given {
      private long right;
      private long all;
      private long rows;
      private final boolean[] covered = new boolean[answers.size()];

      void add(float[] thresholds, int fold) {
        var answered = new boolean[answers.rows()];
        for (int[] level : byLevel) {
          for (int answer : level) {
            if (answers.row(answer) % FOLDS == fold) {
              boolean isGiven = answers.confidence(answer) >= thresholds[group(tree, answers.label(answer))];
              if (isGiven && !covered[answer]) {
                all++;
                right += answers.isRight(answer) ? 1 : 0;
                rows += answered[answers.row(answer)] ? 0 : 1;
                answered[answers.row(answer)] = true;
              }
              cover(answer, thresholds, covered);
            }
          }
        }
      }

      double least() {
        return all == 0 ? 0 : Interval.wilson(right, all, -DEVIATE);
      }
    }

    /** The answers on a level of which none below is given, the most probable first. */
    private final class Level {
      private final int[] seen;
      /** Of all answers down to one, the precision, or that further down if it is higher. */
      private final double[] pooled;

      Level(int[] seen) {
        this.seen = seen;
        pooled = new double[seen.length];
        double right = 0;
        for (int i = 0; i < seen.length; i++) {
          right += answers.isRight(seen[i]) ? 1 : 0;
          pooled[i] = isEnd(i) ? right / (i + 1) : 0;
        }
        for (int i = seen.length - 2; i >= 0; i--) {
          pooled[i] = Math.max(pooled[i], pooled[i + 1]);
        }
      }

      /** Whether the next answer is less probable, so that a threshold can lie between both. */
      private boolean isEnd(int i) {
        return i + 1 == seen.length || answers.confidence(seen[i + 1]) < answers.confidence(seen[i]);
      }

      void find(double asked, float[] thresholds) {
        var own = new int[groups][];
        var counts = new int[groups];
        for (int answer : seen) {
          counts[group(tree, answers.label(answer))]++;
        }
        Arrays.setAll(own, group -> new int[counts[group]]);
        Arrays.fill(counts, 0);
        for (int i = 0; i < seen.length; i++) {
          int group = group(tree, answers.label(seen[i]));
          own[group][counts[group]++] = i;
        }
        if (seen.length == 0) {
          return;
        }
        for (int group = 0; group < groups; group++) {
          // Of a taxonomy, only the level itself.
          if (groups == tree.size() && tree.depth() <= 1 || own[group].length > 0) {
            thresholds[group] = threshold(own[group], asked);
          }
        }
      }

      /**
       * The least threshold of a group.
       *
       * @param own the places of its answers among those of the level
       */
      private float threshold(int[] own, double asked) {
        double right = 0;
        for (int place : own) {
          right += answers.isRight(seen[place]) ? 1 : 0;
        }
        int end = seen.length;
        for (int count = own.length; count >= 0; count--) {
          int begin = count == 0 ? 0 : own[count - 1];
          double needed = (asked * (count + PRIOR) - right) / PRIOR;
          int last = last(needed, begin, end);
          if (last >= 0) {
            return last == seen.length - 1 ? 0 : answers.confidence(seen[last]);
          }
          if (count > 0) {
            right -= answers.isRight(seen[own[count - 1]]) ? 1 : 0;
            end = own[count - 1];
          }
        }
        return NEVER;
      }

      /** The last place from begin to before end at which a threshold can lie and all answers reach a precision; or -1. */
      private int last(double needed, int begin, int end) {
        int low = begin;
        int high = end;
        // The pooled precisions do not rise: those that suffice come first.
        while (low < high) {
          int middle = (low + high) >>> 1;
          if (pooled[middle] >= needed) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        int last = low - 1;
        while (last >= begin && !isEnd(last)) {
          last--;
        }
        return last >= begin ? last : -1;
      }
    }
  }
}
