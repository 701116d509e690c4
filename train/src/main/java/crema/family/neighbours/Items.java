package crema.family.neighbours;

import crema.classify.ComputeOptions;
import crema.embed.VectorSearch;
import crema.embed.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Texts whose categories are known.
 *
 * @param vectors of length 1, or 0
 * @param labels their categories, one entry a vector
 * @param weights how much each counts in what is learned of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Items(Vectors vectors, ItemLabels labels, double[] weights) {
  Items {
    if (vectors.count() != labels.items() || vectors.count() != weights.length) {
      throw new IllegalArgumentException(vectors.count() + " vectors for the labels of " + labels.items());
    }
  }

  /** Items that count alike. */
  Items(Vectors vectors, ItemLabels labels) {
    this(vectors, labels, new double[labels.items()]);
    Arrays.fill(weights, 1);
  }

  /** The same with other vectors. */
  Items with(Vectors others) {
    return new Items(others, labels, weights);
  }

  /** No items, of vectors of a size. */
  static Items none(int size) {
    return new Items(new Vectors(size, new float[0]), ItemLabels.NONE);
  }

  /** How many. */
  int count() {
    return vectors.count();
  }

  /**
   * Some items.
   *
   * @param items these
   * @param rows where each was
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Some(Items items, int[] rows) {}

  /**
   * Some of them.
   *
   * @param rows which, in their order
   * @param limits how many items a category has at most; an item that is left without one is left out
   */
  Some only(int[] rows, int[] limits) {
    int[] left = limits.clone();
    var kept = new int[rows.length];
    var lists = new ArrayList<int[]>();
    for (int row : rows) {
      int[] own = Arrays.stream(labels.of(row)).filter(category -> left[category]-- > 0).toArray();
      if (own.length > 0 || labels.of(row).length == 0) {
        kept[lists.size()] = row;
        lists.add(own);
      }
    }
    int[] some = Arrays.copyOf(kept, lists.size());
    return new Some(new Items(new Vectors(vectors.size(), vectors.rows(some)), ItemLabels.of(lists),
        Arrays.stream(some).mapToDouble(row -> weights[row]).toArray()), some);
  }

  /** An exact search among them. */
  VectorSearch search(ComputeOptions compute) {
    return new VectorSearch(vectors, VectorSearch.Similarity.DOT, compute);
  }

  /** Those with a category below a number, and of their categories these. */
  Items below(int categories) {
    if (labels.isValid(categories)) {
      return this;
    }
    var limits = new int[Arrays.stream(labels.categories()).max().orElse(0) + 1];
    Arrays.fill(limits, 0, categories, Integer.MAX_VALUE);
    return only(IntStream.range(0, count()).toArray(), limits).items();
  }

  /** These, and after them others. */
  Items and(Items others) {
    float[] first = vectors.rows(IntStream.range(0, count()).toArray());
    float[] more = others.vectors.rows(IntStream.range(0, others.count()).toArray());
    float[] all = Arrays.copyOf(first, Math.addExact(first.length, more.length));
    System.arraycopy(more, 0, all, first.length, more.length);
    return new Items(new Vectors(vectors.size(), all), labels.and(others.labels));
  }
}
