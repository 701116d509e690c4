package crema.cuda;

import crema.cuda.WgmmaTile.Cut;
import crema.tensor.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long products take by {@code gemm_wgmma.cuh}, and so how they are cut: a model whose constants were fitted to what an
 * H100 took for 149 products and cuts ({@code lab/001-gemm}). A choice is a function of shapes alone, so that sums have the
 * same order on any device.
 *
 * <p>A launch takes a start; then the longest of what the tensor cores of a multiprocessor do, of what is copied to it, and of
 * what all of them copy from the L2 cache; and what stores the tiles of a multiprocessor. Times are in nanoseconds.
 */
final class WgmmaTimes {
  private static final double START = 2500;
  /** To multiply a column of a tile's step along k. */
  private static final double MULTIPLYING = 2.27;
  /** To copy a row or a column of a step to a multiprocessor: 128 bytes. */
  private static final double COPYING = 1.22;
  /** The same, from the L2 cache to whichever multiprocessor. */
  private static final double COPYING_ANYWHERE = 0.0146;
  /** To store a column of a tile, a byte of an element. */
  private static final double STORING = 3.5;
  /** What clusters take to begin, wait for each other, and add up: by itself, a block of a cluster, and a column. */
  private static final double CLUSTER = 2300;
  private static final double CLUSTER_BLOCK = 207;
  private static final double CLUSTER_COLUMN = 12.6;
  /** To make a column of a tile of y from gate and up. */
  private static final double GATING = 5;
  /** A kernel that reads and writes what is, up to a size, in the L2 cache. */
  private static final double LEAST_OF_KERNEL = 2000;
  private static final double BYTES_IN_CACHE = 25e6;
  private static final double CACHE_BYTES = 6200;
  private static final double MEMORY_BYTES = 3000;

  private WgmmaTimes() {}

  /**
   * The shape of a product.
   *
   * @param steps along k, of {@link WgmmaTile#K_OF_STAGE} each, over all terms
   */
  record Shape(long m, long n, long steps) {
    static Shape of(GemmProblem problem) {
      return new Shape(problem.m(), problem.n(), WgmmaTile.steps(problem));
    }

    private long tiles(int columns) {
      return Math.ceilDiv(m, WgmmaTile.ROWS) * Math.ceilDiv(n, columns);
    }
  }

  /** The cut of products of one launch that should take the least time. */
  static Cut best(List<Shape> products, DType output) {
    Cut best = Cut.all().getFirst();
    double least = Double.POSITIVE_INFINITY;
    long steps = products.stream().mapToLong(Shape::steps).max().orElseThrow();
    for (Cut cut : Cut.all()) {
      double time = nanoseconds(products, output, cut);
      if (time < least && cut.parts() <= Math.max(1, steps)) {
        least = time;
        best = cut;
      }
    }
    return best;
  }

  /** The tile for SwiGLU of two products, each m by n, in one kernel; null where a kernel of its own takes less time. */
  static @Nullable WgmmaTile bestGated(Shape each) {
    WgmmaTile best = null;
    List<Shape> both = List.of(each, each);
    double least = nanoseconds(both, DType.BF16, best(both, DType.BF16)) + swiglu(each);
    for (WgmmaTile tile : WgmmaTile.GATED) {
      double time = nanosecondsGated(each, tile);
      if (time < least) {
        least = time;
        best = tile;
      }
    }
    return best;
  }

  /** What products of one launch take, cut so. */
  static double nanoseconds(List<Shape> products, DType output, Cut cut) {
    int columns = cut.tile().columns();
    long tiles = 0;
    long stepsOfAll = 0;
    long steps = 0;
    for (Shape product : products) {
      long count = product.tiles(columns);
      tiles += count;
      stepsOfAll += count * product.steps;
      steps = Math.max(steps, product.steps);
    }
    long rounds = Math.ceilDiv(tiles, clusters(cut.parts()));
    double work = work(rounds * Math.ceilDiv(steps, cut.parts()), stepsOfAll, columns);
    if (cut.parts() == 1) {
      return START + work + rounds * columns * STORING * output.bytes();
    }
    long waits = Math.ceilDiv(rounds, cut.tile().blocks(tiles * cut.parts()));
    return START + work
        + waits * (CLUSTER + cut.parts() * CLUSTER_BLOCK + columns * CLUSTER_COLUMN);
  }

  /** What SwiGLU of two products takes, half of a tile's columns being each's. */
  static double nanosecondsGated(Shape each, WgmmaTile tile) {
    int ofEach = tile.columns() / 2;
    long tiles = each.tiles(ofEach);
    long rounds = Math.ceilDiv(tiles, WgmmaTile.MULTIPROCESSORS);
    return START + work(rounds * each.steps, tiles * each.steps, tile.columns())
        + rounds * ofEach * (3 * STORING * DType.BF16.bytes() + GATING);
  }

  /** What SwiGLU takes by itself. */
  static double swiglu(Shape each) {
    double bytes = 3.0 * each.m * each.n * DType.BF16.bytes();
    double cached = Math.min(bytes, BYTES_IN_CACHE);
    return Math.max(LEAST_OF_KERNEL, cached / CACHE_BYTES + (bytes - cached) / MEMORY_BYTES);
  }

  /**
   * What multiplying takes.
   *
   * @param steps of the busiest multiprocessor
   * @param stepsOfAll of all tiles
   */
  private static double work(long steps, long stepsOfAll, int columns) {
    int copied = WgmmaTile.ROWS + columns;
    return Math.max(steps * Math.max(columns * MULTIPLYING, copied * COPYING), stepsOfAll * copied * COPYING_ANYWHERE);
  }

  /**
   * How many clusters of so many blocks run at once. The multiprocessors among which one is placed come in groups of mostly 16
   * or 18; 32 clusters of four took two rounds.
   */
  private static int clusters(int parts) {
    return switch (parts) {
      case 1 -> WgmmaTile.MULTIPROCESSORS;
      case 2 -> WgmmaTile.MULTIPROCESSORS / 2;
      case 4 -> 30;
      case 8 -> 14;
      default -> throw new IllegalArgumentException("no cluster has " + parts + " blocks");
    };
  }
}
