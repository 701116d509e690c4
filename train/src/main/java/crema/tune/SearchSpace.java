package crema.tune;

import crema.base.Rng;
import crema.settings.Assignment;
import java.util.ArrayList;
import java.util.List;

/**
 * The points that are tried, in an order that covers the ranges evenly however many of them are taken: the additive
 * recurrence of Roberts ("The unreasonable effectiveness of quasirandom sequences", 2018), which begins at a point of the
 * seed. A point depends on the seed, its number and the ranges alone, so that more trials leave the first ones as they are.
 *
 * @param ranges at least one
 * @param seed where the sequence begins
 */
record SearchSpace(List<SearchRange> ranges, long seed) {
  private static final int STREAM = 0x74756e65;

  /** Copies the list. */
  SearchSpace {
    ranges = List.copyOf(ranges);
  }

  /** The values of a point. */
  List<Assignment> point(long number) {
    Rng.Stream begin = new Rng(seed, 0).stream(STREAM);
    double root = root(ranges.size());
    double step = 1;
    var values = new ArrayList<Assignment>();
    for (int i = 0; i < ranges.size(); i++) {
      step /= root;
      double place = (begin.uniform(i) + number * step) % 1;
      values.add(ranges.get(i).at(place));
    }
    return values;
  }

  /** The positive root of x^(d+1) = x + 1, which generalizes the golden ratio. */
  private static double root(int dimensions) {
    double root = 2;
    for (int i = 0; i < 64; i++) {
      root = Math.pow(1 + root, 1.0 / (dimensions + 1));
    }
    return root;
  }
}
