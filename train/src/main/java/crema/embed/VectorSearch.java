package crema.embed;

import crema.base.Keyed;
import crema.base.OpenLock;
import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.PackedMatrix;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Exact search for the nearest of a set of vectors: every one is compared, by matrix products on the backend. The answer
 * to a query is the same bits alone and among others, whatever the number of threads.
 */
public final class VectorSearch implements NearestSearch {
  /** Rows that are compared at once: their scores, and a packed copy of them, stay in the caches. */
  private static final int BLOCK_ROWS = 8192;

  /** Queries that are compared at once. */
  private static final int BLOCK_QUERIES = 64;

  private final Backend backend;
  private final Similarity similarity;
  private final int size;
  private final int count;
  private final List<PackedMatrix> blocks = new ArrayList<>();
  private final OpenLock lock = new OpenLock("the search");
  /** Lets one thread at a time use a backend that serves no more. */
  private final Semaphore running;

  /** How near two vectors are. */
  public enum Similarity implements Keyed {
    /** The cosine of the angle between them; 0 where one has no length. */
    COSINE,
    /** The sum of the products of their features. */
    DOT
  }

  /**
   * A vector that was found.
   *
   * @param row its place among those that were searched
   * @param score how near it is
   */
  public record Hit(int row, float score) {}

  /**
   * Prepares vectors for search; a copy of them is kept.
   *
   * @throws UserError when one has a number that is not finite; the message names the row
   */
  public VectorSearch(Vectors vectors, Similarity similarity, ComputeOptions options) {
    this.similarity = similarity;
    size = vectors.size();
    count = vectors.count();
    backend = options.openBackend();
    running = new Semaphore(backend.servesManyThreads() ? Integer.MAX_VALUE : 1);
    try {
      for (int row = 0; row < count; row += BLOCK_ROWS) {
        int end = Math.min(count, row + BLOCK_ROWS);
        try (var scope = new Scope(backend)) {
          blocks.add(backend.ops().matMul().pack(
              scope.floats(prepared(vectors.values(), row, end, "row "), end - row, size)));
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Some rows as they are multiplied: of length 1 for the cosine. */
  private float[] prepared(float[] values, int from, int to, String what) {
    float[] rows = Arrays.copyOfRange(values, from * size, to * size);
    for (int row = 0; row < to - from; row++) {
      double squares = 0;
      for (int i = row * size; i < (row + 1) * size; i++) {
        squares += (double) rows[i] * rows[i];
      }
      if (!Double.isFinite(squares)) {
        throw new UserError(what + (from + row) + " of the vectors has a number that is not finite");
      }
      if (similarity == Similarity.COSINE && squares > 0) {
        double scale = 1 / Math.sqrt(squares);
        for (int i = row * size; i < (row + 1) * size; i++) {
          rows[i] = (float) (rows[i] * scale);
        }
      }
    }
    return rows;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int size() {
    return size;
  }

  /** {@inheritDoc} Of equally near ones the first rows. */
  @Override
  public List<List<Hit>> nearest(Vectors queries, int k) {
    queries.requireQueries(size, k);
    return lock.whileOpen(() -> {
      var hits = new ArrayList<List<Hit>>();
      for (int query = 0; query < queries.count(); query += BLOCK_QUERIES) {
        int end = Math.min(queries.count(), query + BLOCK_QUERIES);
        float[] rows = prepared(queries.values(), query, end, "query ");
        running.acquireUninterruptibly();
        try {
          hits.addAll(nearest(rows, end - query, k));
        } finally {
          running.release();
        }
      }
      return hits;
    });
  }

  private List<List<Hit>> nearest(float[] queries, int number, int k) {
    var best = new ArrayList<Nearest>();
    for (int query = 0; query < number; query++) {
      best.add(new Nearest(Math.min(k, Math.max(1, count))));
    }
    for (int block = 0; block < blocks.size(); block++) {
      try (var scope = new Scope(backend)) {
        PackedMatrix rows = blocks.get(block);
        Tensor scores = scope.empty(DType.F32, number, rows.rows());
        backend.ops().matMul().linear(scope.floats(queries, number, size), rows, null, Activation.IDENTITY, scores);
        float[] values = scores.toFloats();
        int width = (int) rows.rows();
        for (int query = 0; query < number; query++) {
          best.get(query).add(values, query * width, width, block * BLOCK_ROWS);
        }
      }
    }
    return best.stream().map(Nearest::hits).toList();
  }

  /** The nearest so far, in order. */
  private static final class Nearest {
    private final float[] scores;
    private final int[] rows;
    private int found;

    Nearest(int k) {
      scores = new float[k];
      rows = new int[k];
    }

    void add(float[] values, int at, int number, int firstRow) {
      for (int i = 0; i < number; i++) {
        // Rows come in their order, so of equal scores those that are there stay in front.
        if (found < scores.length || values[at + i] > scores[found - 1]) {
          insert(values[at + i], firstRow + i);
        }
      }
    }

    private void insert(float score, int row) {
      int place = found < scores.length ? found++ : found - 1;
      for (; place > 0 && scores[place - 1] < score; place--) {
        scores[place] = scores[place - 1];
        rows[place] = rows[place - 1];
      }
      scores[place] = score;
      rows[place] = row;
    }

    List<Hit> hits() {
      var hits = new ArrayList<Hit>();
      for (int i = 0; i < found; i++) {
        hits.add(new Hit(rows[i], scores[i]));
      }
      return hits;
    }
  }

  @Override
  public void close() {
    lock.close(() -> {
      blocks.forEach(PackedMatrix::close);
      backend.close();
    });
  }
}
