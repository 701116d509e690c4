package crema.linear;

import crema.base.Rng;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Texts dealt out to folds in random order, those with the same rarest label after each other: so each fold has nearly
 * the same share of each label. What goes where depends on the targets and the seed.
 */
final class Folds {
  /** A stream that no label's training uses. */
  private static final int STREAM = -1;

  private final int[] foldOfRow;

  Folds(LabelTargets targets, int folds, long seed) {
    Rng.Stream random = new Rng(seed, 0).stream(STREAM);
    int[] keys = IntStream.range(0, targets.rows()).map(random::bits).toArray();
    int[] group = IntStream.range(0, targets.rows()).map(row -> rarestLabel(targets, row)).toArray();
    foldOfRow = new int[targets.rows()];
    int[] order = IntStream.range(0, targets.rows()).boxed()
        .sorted(Comparator.<Integer>comparingInt(row -> group[row]).thenComparingInt(row -> keys[row]))
        .mapToInt(Integer::intValue).toArray();
    for (int place = 0; place < order.length; place++) {
      foldOfRow[order[place]] = place % folds;
    }
  }

  /** A text's label with the fewest texts; texts without a label are a group of their own. */
  private static int rarestLabel(LabelTargets targets, int row) {
    return Arrays.stream(targets.labelsOf(row)).boxed()
        .min(Comparator.comparingInt(targets::count))
        .orElse(targets.labels());
  }

  /** The texts of a fold, ascending. */
  int[] inside(int fold) {
    return IntStream.range(0, foldOfRow.length).filter(row -> foldOfRow[row] == fold).toArray();
  }

  /** The texts of all other folds, ascending. */
  int[] outside(int fold) {
    return IntStream.range(0, foldOfRow.length).filter(row -> foldOfRow[row] != fold).toArray();
  }
}
