package crema.audit;

import crema.classify.ComputeOptions;
import crema.classify.TrainingListener;
import crema.embed.VectorSearch;
import crema.embed.Vectors;
import crema.linear.SparseMatrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Exact search for the texts that are nearest by their terms: all are compared by their sketches, the best by their terms. */
final class NearRows implements AutoCloseable {
  /** Rows that are compared with all at a time. */
  private static final int BATCH = 1024;
  /** A sketch finds so many times the rows that are wanted. */
  private static final int CANDIDATES = 4;

  private final SparseMatrix vectors;
  private final VectorSearch search;

  /** Rows that are searched. */
  NearRows(SparseMatrix vectors, int threads) {
    this.vectors = vectors;
    search = new VectorSearch(TermVectors.sketches(vectors), VectorSearch.Similarity.COSINE,
        ComputeOptions.threads(threads));
  }

  /**
   * A row that is near.
   *
   * @param row its number
   * @param similarity the cosine of the terms
   */
  record Near(int row, double similarity) {}

  /**
   * The nearest of each of some rows, the nearest first.
   *
   * @param queries {@code [queries, terms]}, of the same terms
   * @param k how many
   */
  List<List<Near>> nearest(SparseMatrix queries, int k, TrainingListener listener) {
    Vectors sketches = TermVectors.sketches(queries);
    var found = new ArrayList<List<Near>>();
    for (int from = 0; from < queries.rows(); from += BATCH) {
      int to = Math.min(queries.rows(), from + BATCH);
      var some = new int[to - from];
      for (int i = 0; i < some.length; i++) {
        some[i] = from + i;
      }
      List<List<VectorSearch.Hit>> hits =
          search.nearest(new Vectors(sketches.size(), sketches.rows(some)), CANDIDATES * k);
      for (int i = 0; i < some.length; i++) {
        int query = some[i];
        found.add(hits.get(i).stream()
            .map(hit -> new Near(hit.row(), TermVectors.cosine(queries, query, vectors, hit.row())))
            .sorted(Comparator.comparingDouble((Near near) -> -near.similarity).thenComparingInt(Near::row))
            .limit(k).toList());
      }
      listener.progress(to, queries.rows());
    }
    return found;
  }

  @Override
  public void close() {
    search.close();
  }
}
