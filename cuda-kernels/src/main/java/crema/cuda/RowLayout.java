package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How the blocks of {@code rows.cuh} work on rows that some tensors have in common.
 *
 * @param rows how many there are
 * @param features of a row
 * @param vectors whether four elements may be loaded at once
 * @param threads threads of a row
 * @param rowsAtOnce rows that a block has at a time
 */
record RowLayout(int rows, int features, boolean vectors, int threads, int rowsAtOnce) {
  private static final int FEATURES_OF_WARP = 384;
  private static final int WARPS = 8;
  private static final int MOST_FEATURES = 16 * FEATURES_OF_WARP;

  /** The layout for rows of a tensor, of others of its shape, and of such with one row. */
  static RowLayout of(Tensor x, @Nullable Tensor... others) {
    int features = Math.toIntExact(x.shape().columns());
    if (features > MOST_FEATURES) {
      throw new IllegalArgumentException("CUDA devices normalize rows of up to " + MOST_FEATURES + " features, not "
          + features + "; use --device cpu");
    }
    boolean vectors = features % 4 == 0 && isAligned(x);
    for (Tensor other : others) {
      vectors = vectors && (other == null || isAligned(other));
    }
    int warps = Math.max(1, Math.ceilDiv(features, FEATURES_OF_WARP));
    int rows = Math.toIntExact(x.elements() / Math.max(1, features));
    return new RowLayout(rows, features, vectors, 32 * warps, Math.max(1, WARPS / warps));
  }

  private static boolean isAligned(Tensor tensor) {
    return tensor.offset() % 4 == 0;
  }

  /** Queues a kernel that does each row on its own, its parameters those packed so far, then what kernels on rows have. */
  void run(Launch launch) {
    if (rows > 0) {
      pack(launch).run(new Grid(Math.ceilDiv(rows, rowsAtOnce), 1, 1, threads, rowsAtOnce, 0));
    }
  }

  /** Queues a kernel that sums over rows, a block the rows of a part. */
  void run(Launch launch, Parts parts) {
    pack(launch).i32(parts.size()).run(new Grid(parts.count(), 1, 1, threads, rowsAtOnce, 0));
  }

  private Launch pack(Launch launch) {
    return launch.i32(rows).i32(features).i32(vectors ? 1 : 0);
  }
}
