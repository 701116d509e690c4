package crema.embed;

import crema.embed.VectorSearch.Hit;
import java.util.ArrayList;
import java.util.List;

/**
 * A search for the nearest of a set of vectors. Safe for use by many threads at once. Once it is closed, which waits for
 * running calls, every search is an {@link IllegalStateException}.
 */
public interface NearestSearch extends AutoCloseable {
  /** How many vectors are searched. */
  int count();

  /** The number of features of each. */
  int size();

  /**
   * The nearest of several vectors. The answer to a query is the same bits alone and among others.
   *
   * @param k how many, at least 1; fewer where fewer are searched
   * @return for each query its hits, the nearest first
   * @throws IllegalArgumentException when k is below 1
   * @throws crema.base.UserError when the queries are of another size, or one is not finite
   */
  List<List<Hit>> nearest(Vectors queries, int k);

  /** The nearest of one vector: {@code [size]}, the nearest first. */
  default List<Hit> nearest(float[] query, int k) {
    return nearest(new Vectors(query.length, query), k).getFirst();
  }

  /**
   * The search of these vectors and of others, whose rows come after these. Both are closed together.
   *
   * @param others vectors of the same size
   */
  default NearestSearch and(NearestSearch others) {
    NearestSearch first = this;
    return new NearestSearch() {
      @Override
      public int count() {
        return first.count() + others.count();
      }

      @Override
      public int size() {
        return first.size();
      }

      @Override
      public List<List<Hit>> nearest(Vectors queries, int k) {
        List<List<Hit>> near = first.nearest(queries, k);
        List<List<Hit>> more = others.nearest(queries, k);
        var merged = new ArrayList<List<Hit>>();
        for (int query = 0; query < near.size(); query++) {
          merged.add(merge(near.get(query), more.get(query), first.count(), k));
        }
        return merged;
      }

      @Override
      public void close() {
        first.close();
        others.close();
      }
    };
  }

  private static List<Hit> merge(List<Hit> near, List<Hit> more, int offset, int k) {
    var hits = new ArrayList<Hit>();
    int first = 0;
    int second = 0;
    while (hits.size() < k && (first < near.size() || second < more.size())) {
      boolean takesFirst = second == more.size()
          || first < near.size() && near.get(first).score() >= more.get(second).score();
      hits.add(takesFirst ? near.get(first++)
          : new Hit(offset + more.get(second).row(), more.get(second++).score()));
    }
    return hits;
  }

  @Override
  void close();
}
