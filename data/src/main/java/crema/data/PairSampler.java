package crema.data;

import crema.base.Permutation;
import java.util.Arrays;
import java.util.Locale;

/**
 * Pairs of examples for an epoch, in turns of the same label and of different ones. Of each kind as many are drawn; no
 * pair comes twice as long as there are others of its kind, and where there are fewer of one kind, all of it come once
 * more, in another order. Every draw is a function of the seed, the epoch and the position, so an epoch can be entered
 * anywhere. Needs memory for the examples, not for the pairs.
 *
 * <p>This is how SetFit draws them (Tunstall et al., arXiv 2209.11055, section 3.1), which takes R pairs of each kind an
 * example.
 */
public final class PairSampler {
  /** So many examples have as many pairs as there are ints. */
  public static final int MOST_EXAMPLES = 65_536;

  private final long seed;
  /** The examples, those of a label together. */
  private final int[] byLabel;
  /** Where the examples of each label begin, and at last their number. */
  private final int[] labelStarts;
  /** How many pairs are within labels before each label, and at last in all. */
  private final int[] similarStarts;
  /** How many pairs are of an example of an earlier label and one of a later one, before each label, and in all. */
  private final int[] otherStarts;
  private final int drawn;

  /**
   * A pair of examples.
   *
   * @param first an example
   * @param second another one
   * @param isSimilar whether both have the same label
   */
  public record Pair(int first, int second, boolean isSimilar) {}

  /**
   * Pairs of examples.
   *
   * @param labels {@code [examples]}: the label of each, from 0
   * @param iterations the most pairs of each kind that are drawn an example; 0 for all that there are
   * @throws DataException if no two examples have the same label, or all have, or there are too many of them
   */
  public PairSampler(int[] labels, int iterations, long seed) {
    if (labels.length > MOST_EXAMPLES) {
      throw new DataException(String.format(Locale.ROOT,
          "pairs are drawn from at most %,d rows, not %,d", MOST_EXAMPLES, labels.length));
    }
    this.seed = seed;
    int count = Arrays.stream(labels).max().orElse(-1) + 1;
    labelStarts = new int[count + 1];
    for (int label : labels) {
      labelStarts[label + 1]++;
    }
    Arrays.parallelPrefix(labelStarts, Integer::sum);
    byLabel = new int[labels.length];
    int[] next = labelStarts.clone();
    for (int example = 0; example < labels.length; example++) {
      byLabel[next[labels[example]]++] = example;
    }
    similarStarts = new int[count + 1];
    otherStarts = new int[count + 1];
    for (int label = 0; label < count; label++) {
      long size = labelStarts[label + 1] - labelStarts[label];
      long later = labels.length - labelStarts[label + 1];
      similarStarts[label + 1] = Math.toIntExact(similarStarts[label] + size * (size - 1) / 2);
      otherStarts[label + 1] = Math.toIntExact(otherStarts[label] + size * later);
    }
    if (similarPairs() == 0) {
      throw new DataException("no label has two rows, so there are no pairs of similar texts: give each label at least "
          + "two rows");
    }
    if (otherPairs() == 0) {
      throw new DataException("all rows have one label, so there are no texts to tell apart: give rows of another one");
    }
    long most = Math.max(similarPairs(), otherPairs());
    drawn = (int) (iterations == 0 ? most : Math.min(most, (long) iterations * labels.length));
    if (drawn > Integer.MAX_VALUE / 2) {
      throw new DataException(String.format(Locale.ROOT,
          "%,d pairs are too many for an epoch: draw fewer of them", 2L * drawn));
    }
  }

  /** How many pairs there are of examples of the same label. */
  public int similarPairs() {
    return similarStarts[similarStarts.length - 1];
  }

  /** How many pairs there are of examples of different labels. */
  public int otherPairs() {
    return otherStarts[otherStarts.length - 1];
  }

  /** The number of pairs of an epoch. */
  public int size() {
    return 2 * drawn;
  }

  /** The pairs of an epoch, by position from 0 up to, without, {@link #size}. */
  public Order order(long epoch) {
    return position -> {
      boolean isSimilar = position % 2 == 0;
      int kind = isSimilar ? similarPairs() : otherPairs();
      int draw = position / 2;
      // Streams of one seed: the epoch, how often all pairs of the kind have come, and the kind.
      long stream = (epoch << 32 | draw / kind) << 1 | (isSimilar ? 1 : 0);
      int number = new Permutation(kind, seed, stream).at(draw % kind);
      return isSimilar ? similar(number) : other(number);
    };
  }

  /** The pairs of an epoch. */
  @FunctionalInterface
  public interface Order {
    /** The pair at a position. */
    Pair at(int position);
  }

  private Pair similar(int number) {
    int label = blockOf(similarStarts, number);
    int within = number - similarStarts[label];
    // Pairs (0, 1), (0, 2), (1, 2), (0, 3), …: those before second are second · (second − 1) / 2.
    int second = (int) ((1 + Math.sqrt(1 + 8.0 * within)) / 2);
    while (triangle(second) > within) {
      second--;
    }
    while (triangle(second + 1) <= within) {
      second++;
    }
    int start = labelStarts[label];
    return new Pair(byLabel[start + (int) (within - triangle(second))], byLabel[start + second], true);
  }

  private static long triangle(long second) {
    return second * (second - 1) / 2;
  }

  private Pair other(int number) {
    int label = blockOf(otherStarts, number);
    int within = number - otherStarts[label];
    int firstLater = labelStarts[label + 1];
    int later = byLabel.length - firstLater;
    return new Pair(byLabel[labelStarts[label] + within / later], byLabel[firstLater + within % later], false);
  }

  /** The last block that starts at or before a number: those before it that start there too are empty. */
  private static int blockOf(int[] starts, int number) {
    int low = 0;
    int high = starts.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= number) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
