package crema.cuda;

import java.util.Arrays;

/**
 * How the gradients of tokens are summed by id: the tokens of each id in ascending order, in runs of at most
 * {@link #RUN} that are summed one after the other, so that an id that half of the tokens have does not hold up a warp. What
 * the device reads has a size that depends on the number of tokens alone.
 */
final class GatherPlan {
  /** Tokens that are summed at a time. */
  static final int RUN = 32;

  private static final int DIGIT = 11;

  private final int tokens;
  private final int[] words;
  private final int[] rows;
  private int rowCount;

  /** The plan for the ids of tokens, none of them negative. */
  GatherPlan(int[] ids) {
    tokens = ids.length;
    words = new int[words(tokens)];
    rows = new int[tokens];
    Arrays.fill(rows, -1);
    int[] order = sorted(ids);
    System.arraycopy(order, 0, words, order(), tokens);
    int runs = 0;
    int splits = 0;
    int partials = 0;
    for (int first = 0, next; first < tokens; first = next) {
      int id = ids[order[first]];
      next = first + 1;
      while (next < tokens && ids[order[next]] == id) {
        next++;
      }
      int row = rowCount++;
      rows[row] = id;
      int parts = Math.ceilDiv(next - first, RUN);
      if (parts > 1) {
        int split = splits() + 3 * splits++;
        words[split] = row;
        words[split + 1] = partials;
        words[split + 2] = parts;
      }
      for (int part = 0; part < parts; part++, runs++) {
        words[starts() + runs] = first + part * RUN;
        words[targets() + runs] = parts == 1 ? row : ~partials++;
      }
    }
    words[starts() + runs] = tokens;
    words[0] = runs;
    words[1] = splits;
  }

  /** Stable: tokens with equal ids stay in ascending order. */
  private static int[] sorted(int[] ids) {
    var order = new int[ids.length];
    int greatest = 0;
    for (int i = 0; i < ids.length; i++) {
      order[i] = i;
      greatest = Math.max(greatest, ids[i]);
    }
    var next = new int[ids.length];
    for (int shift = 0; shift < Integer.SIZE && greatest >>> shift > 0; shift += DIGIT) {
      var starts = new int[(1 << DIGIT) + 1];
      for (int id : ids) {
        starts[(id >>> shift & (1 << DIGIT) - 1) + 1]++;
      }
      for (int i = 1; i < starts.length; i++) {
        starts[i] += starts[i - 1];
      }
      for (int token : order) {
        next[starts[ids[token] >>> shift & (1 << DIGIT) - 1]++] = token;
      }
      int[] other = order;
      order = next;
      next = other;
    }
    return order;
  }

  /** What the device reads: the number of runs and of splits, then what the offsets say. */
  int[] words() {
    return words;
  }

  private static int words(int tokens) {
    return 2 + 3 * tokens + 1 + 3 * mostSplits(tokens);
  }

  /** Where the tokens by id begin. */
  int order() {
    return 2;
  }

  /** Where the first places of runs begin. */
  int starts() {
    return order() + tokens;
  }

  /** Where the targets of runs begin. */
  int targets() {
    return starts() + tokens + 1;
  }

  /** Where the ids with several runs begin. */
  int splits() {
    return targets() + tokens;
  }

  /** How many ids may have more tokens than a run. */
  static int mostSplits(int tokens) {
    return tokens / (RUN + 1);
  }

  /** How many runs the ids with several may have: two of 33 tokens, no more than one of 17 on average. */
  static int mostPartials(int tokens) {
    return 2 * tokens / (RUN + 1);
  }

  /** The ids that occur, ascending; behind them -1. */
  int[] rows() {
    return rows;
  }

  /** How many ids occur. */
  int rowCount() {
    return rowCount;
  }
}
