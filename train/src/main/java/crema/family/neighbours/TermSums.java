package crema.family.neighbours;

import crema.linear.SparseMatrix;
import java.util.Arrays;

/**
 * What the texts of categories have of each term: the sums of their TF-IDF vectors, of which a category has few. Nothing of
 * a term is lost here, while a projection keeps little of one that few texts have.
 *
 * @param starts {@code [categories + 1]}, ascending from 0
 * @param terms of all categories, one after the other, of each ascending
 * @param sums one a term, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // large; never compared
record TermSums(int[] starts, int[] terms, float[] sums) {
  /**
   * Those of items.
   *
   * @param features {@code [texts, terms]}
   * @param rows the text of each item
   * @param items the categories of each item
   * @param weights how much each counts
   * @param categories how many there are
   */
  static TermSums of(SparseMatrix features, int[] rows, ItemLabels items, double[] weights, int categories) {
    int[][] byCategory = itemsOf(items, categories);
    var starts = new int[categories + 1];
    var terms = new int[1024];
    var sums = new float[1024];
    var sum = new double[features.sparseColumns()];
    var touched = new int[features.sparseColumns()];
    for (int category = 0; category < categories; category++) {
      int count = 0;
      for (int item : byCategory[category]) {
        for (int at = features.start(rows[item]); at < features.end(rows[item]); at++) {
          int term = features.column(at);
          if (sum[term] == 0) {
            touched[count++] = term;
          }
          sum[term] += weights[item] * features.value(at);
        }
      }
      Arrays.sort(touched, 0, count);
      int end = Math.addExact(starts[category], count);
      if (end > terms.length) {
        int capacity = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2L * terms.length));
        terms = Arrays.copyOf(terms, capacity);
        sums = Arrays.copyOf(sums, capacity);
      }
      for (int i = 0; i < count; i++) {
        terms[starts[category] + i] = touched[i];
        sums[starts[category] + i] = (float) sum[touched[i]];
        sum[touched[i]] = 0;
      }
      starts[category + 1] = end;
    }
    return new TermSums(starts, Arrays.copyOf(terms, starts[categories]), Arrays.copyOf(sums, starts[categories]));
  }

  private static int[][] itemsOf(ItemLabels items, int categories) {
    var counts = new int[categories];
    for (int category : items.categories()) {
      counts[category]++;
    }
    var of = new int[categories][];
    Arrays.setAll(of, category -> new int[counts[category]]);
    for (int item = items.items() - 1; item >= 0; item--) {
      for (int category : items.of(item)) {
        of[category][--counts[category]] = item;
      }
    }
    return of;
  }

  /** Those of categories of whose texts nothing is known. */
  static TermSums none(int categories) {
    return new TermSums(new int[categories + 1], new int[0], new float[0]);
  }

  /** How many categories. */
  int categories() {
    return starts.length - 1;
  }

  /** Those of the first categories. */
  TermSums first(int number) {
    return number == categories() ? this : new TermSums(Arrays.copyOf(starts, number + 1),
        Arrays.copyOf(terms, starts[number]), Arrays.copyOf(sums, starts[number]));
  }

  /** These, and after them those of other categories. */
  TermSums and(TermSums others) {
    int[] longer = Arrays.copyOf(starts, starts.length + others.categories());
    for (int category = 0; category < others.categories(); category++) {
      longer[starts.length + category] = Math.addExact(terms.length, others.starts[category + 1]);
    }
    int[] allTerms = Arrays.copyOf(terms, terms.length + others.terms.length);
    System.arraycopy(others.terms, 0, allTerms, terms.length, others.terms.length);
    float[] allSums = Arrays.copyOf(sums, sums.length + others.sums.length);
    System.arraycopy(others.sums, 0, allSums, sums.length, others.sums.length);
    return new TermSums(longer, allTerms, allSums);
  }

  /** Whether this is what it says, of so many terms. */
  boolean isValid(int termCount) {
    if (starts.length == 0 || starts[0] != 0 || starts[starts.length - 1] != terms.length
        || sums.length != terms.length) {
      return false;
    }
    for (int category = 0; category < categories(); category++) {
      if (starts[category + 1] < starts[category] || starts[category + 1] > terms.length) {
        return false;
      }
      int last = -1;
      for (int at = starts[category]; at < starts[category + 1]; at++) {
        if (terms[at] <= last || terms[at] >= termCount || !(sums[at] >= 0) || Float.isInfinite(sums[at])) {
          return false;
        }
        last = terms[at];
      }
    }
    return true;
  }
}
