package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.ints;

import crema.tensor.RelativePositions;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tables of {@link RelativePositions} as the passes of attention read them. Distances of a sequence fall into a run
 * of buckets, so only those rows of a table are multiplied.
 */
final class RelativeTerms {
  final @Nullable Table keys;
  final @Nullable Table queries;
  final @Nullable Table bias;
  private final int[] buckets;
  private final int center;

  /** A table's elements, its row stride and where it starts. */
  record Table(float[] array, int start, int stride) {
    static @Nullable Table of(@Nullable Tensor tensor) {
      return tensor == null ? null
          : new Table(floats(tensor), CpuStorage.start(tensor), (int) tensor.shape().columns());
    }

    int at(int bucket, int column) {
      return start + bucket * stride + column;
    }
  }

  /** The buckets from {@code first} on that the distances of a sequence fall into. */
  record Run(int first, int count) {
    /** The buckets in whole panels. */
    int width() {
      return TileKernels.padded(count);
    }
  }

  RelativeTerms(RelativePositions relative, Sequences sequences) {
    keys = Table.of(relative.keys());
    queries = Table.of(relative.queries());
    bias = Table.of(relative.bias());
    buckets = ints(relative.buckets());
    center = CpuStorage.start(relative.buckets()) + sequences.longest() - 1;
    int rows = rows(relative);
    for (int i = center - sequences.longest() + 1; i < center + sequences.longest(); i++) {
      if (buckets[i] < 0 || buckets[i] >= rows) {
        throw new IllegalArgumentException("bucket " + buckets[i] + " is not in a table of " + rows + " rows");
      }
    }
  }

  private static int rows(RelativePositions relative) {
    long rows = Integer.MAX_VALUE;
    for (Tensor table : new @Nullable Tensor[] {relative.keys(), relative.queries(), relative.bias()}) {
      rows = table == null ? rows : Math.min(rows, table.shape().rows());
    }
    return (int) rows;
  }

  /** The buckets of a sequence of the given length. */
  Run run(int length) {
    int least = Integer.MAX_VALUE;
    int greatest = 0;
    for (int i = center - length + 1; i < center + length; i++) {
      least = Math.min(least, buckets[i]);
      greatest = Math.max(greatest, buckets[i]);
    }
    return new Run(least, greatest - least + 1);
  }

  /** products = x · rowsᵀ for the rows of a table in a run, which were packed by {@code packTransposed}. */
  static void multiply(float[] x, int xo, int ldx, int rows, int headDim, float[] scratch, int packed, Run run,
      int products) {
    Arrays.fill(scratch, products, products + rows * run.width(), 0);
    Kernels.TILE.multiplyAdd(rows, run.width(), headDim, x, xo, ldx, 1, scratch, packed, headDim * TileKernels.PANEL,
        scratch, products, run.width());
  }

  /**
   * Adds the terms of a query to its scores, which are not scaled yet.
   *
   * @param query the query's position
   * @param first the key of the row's first score
   * @param keys how many scores
   * @param byQuery where the products of the query with the keys' table are, or −1
   * @param byKey where the products of key 0 with the queries' table are, those of the others after them; or −1
   */
  void add(Run run, int query, int first, int keys, int head, float scale, float[] scratch, int row, int byQuery,
      int byKey) {
    int width = run.width();
    for (int j = 0; j < keys; j++) {
      int bucket = buckets[center + query - first - j];
      int place = bucket - run.first;
      float term = 0;
      if (byQuery >= 0) {
        term += scratch[byQuery + place];
      }
      if (byKey >= 0) {
        term += scratch[byKey + (first + j) * width + place];
      }
      if (bias != null) {
        term += bias.array[bias.at(bucket, head)] / scale;
      }
      scratch[row + j] += term;
    }
  }

  /**
   * Adds the gradients of a query's scores up by bucket.
   *
   * @param byQuery where the sums over the keys go, or −1
   * @param byKey where those of key 0 go, or −1
   * @param biasSums where those of the bias go, divided by the scale, or −1
   */
  void addGradients(Run run, int query, int first, int keys, float scale, float[] scratch, int row, int byQuery,
      int byKey, int biasSums) {
    int width = run.width();
    for (int j = 0; j < keys; j++) {
      int place = buckets[center + query - first - j] - run.first;
      float gradient = scratch[row + j];
      if (byQuery >= 0) {
        scratch[byQuery + place] += gradient;
      }
      if (byKey >= 0) {
        scratch[byKey + (first + j) * width + place] += gradient;
      }
      if (biasSums >= 0) {
        scratch[biasSums + place] += gradient / scale;
      }
    }
  }
}
