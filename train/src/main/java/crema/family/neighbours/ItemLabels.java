package crema.family.neighbours;

import java.util.Arrays;
import java.util.List;

/**
 * The categories of items: item {@code i} has those from {@code starts[i]} to before {@code starts[i + 1]}.
 *
 * @param starts {@code [items + 1]}, ascending from 0
 * @param categories of all items, one after the other
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ItemLabels(int[] starts, int[] categories) {
  static final ItemLabels NONE = new ItemLabels(new int[1], new int[0]);

  /** Those of a list. */
  static ItemLabels of(List<int[]> items) {
    var starts = new int[items.size() + 1];
    for (int item = 0; item < items.size(); item++) {
      starts[item + 1] = Math.addExact(starts[item], items.get(item).length);
    }
    var categories = new int[starts[items.size()]];
    for (int item = 0; item < items.size(); item++) {
      System.arraycopy(items.get(item), 0, categories, starts[item], items.get(item).length);
    }
    return new ItemLabels(starts, categories);
  }

  /** How many items. */
  int items() {
    return starts.length - 1;
  }

  /** The categories of an item. */
  int[] of(int item) {
    return Arrays.copyOfRange(categories, starts[item], starts[item + 1]);
  }

  /** These, and after them those of other items. */
  ItemLabels and(ItemLabels others) {
    int[] longer = Arrays.copyOf(starts, starts.length + others.items());
    for (int item = 0; item < others.items(); item++) {
      longer[starts.length + item] = categories.length + others.starts[item + 1];
    }
    int[] all = Arrays.copyOf(categories, categories.length + others.categories.length);
    System.arraycopy(others.categories, 0, all, categories.length, others.categories.length);
    return new ItemLabels(longer, all);
  }

  /** Whether this says of each item which categories it has, of so many. */
  boolean isValid(int categoryCount) {
    if (starts.length == 0 || starts[0] != 0 || starts[starts.length - 1] != categories.length) {
      return false;
    }
    for (int item = 0; item + 1 < starts.length; item++) {
      if (starts[item + 1] < starts[item] || starts[item + 1] > categories.length) {
        return false;
      }
    }
    for (int category : categories) {
      if (category < 0 || category >= categoryCount) {
        return false;
      }
    }
    return true;
  }
}
