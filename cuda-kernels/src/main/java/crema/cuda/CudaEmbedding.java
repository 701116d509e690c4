package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.DType;
import crema.tensor.EmbeddingOps;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.Arrays;

/** {@link EmbeddingOps} by {@code embedding.cu}; which rows have a gradient is planned on the host, which knows the ids. */
final class CudaEmbedding implements EmbeddingOps {
  private static final String FILE = "embedding";
  private static final int WARPS = 4;

  private final CudaContext context;

  CudaEmbedding(CudaContext context) {
    this.context = context;
  }

  @Override
  public void gather(Tensor table, Tensor ids, float factor, Tensor y) {
    int[] known = CudaStorage.knownInts(ids);
    if (known != null) {
      requireRows(known, table.shape().rows());
    }
    long tokens = ids.elements();
    if (tokens > 0) {
      context.launch(FILE, "gather" + Types.suffix(table)).in(table).in(ids).f32(factor).out(y).i32(tokens)
          .i32(table.shape().columns()).run(Grid.of(Math.ceilDiv(tokens, WARPS), 32 * WARPS));
    }
  }

  private static void requireRows(int[] ids, long rows) {
    for (int token = 0; token < ids.length; token++) {
      if (ids[token] < 0 || ids[token] >= rows) {
        throw new IllegalArgumentException("id " + ids[token] + " of token " + token + " is not in a table of " + rows
            + " rows");
      }
    }
  }

  @Override
  public void positions(Tensor ids, Sequences sequences, int padding, Tensor positions) {
    context.launch(FILE, "positions").in(ids).in(sequences.cuSeqlens()).i32(padding).out(positions)
        .run(Grid.of(sequences.count(), 128));
  }

  @Override
  public SparseRows gatherBackward(Tensor ids, Tensor dy, float factor, Scope scope) {
    // How many rows have a gradient differs from batch to batch.
    context.queue().cut();
    int[] which = CudaStorage.ints(ids);
    var occurrences = new long[which.length];
    for (int token = 0; token < which.length; token++) {
      occurrences[token] = (long) which[token] << Integer.SIZE | token;
    }
    // Sorted, the tokens of an id follow each other in ascending order.
    Arrays.sort(occurrences);
    var rows = new int[which.length];
    var starts = new int[which.length + 1];
    var order = new int[which.length];
    int count = 0;
    for (int i = 0; i < which.length; i++) {
      int id = (int) (occurrences[i] >>> Integer.SIZE);
      order[i] = (int) occurrences[i];
      if (count == 0 || id != rows[count - 1]) {
        starts[count] = i;
        rows[count++] = id;
      }
    }
    starts[count] = which.length;
    Tensor rowIds = scope.ints(Arrays.copyOf(rows, count), count);
    long features = dy.shape().columns();
    Tensor values = scope.empty(DType.F32, count, features);
    try (Tensor cut = scope.ints(Arrays.copyOf(starts, count + 1), count + 1);
        Tensor tokens = scope.ints(order, order.length)) {
      if (count > 0) {
        context.launch(FILE, "gather_backward").in(cut).in(tokens).in(dy).f32(factor).out(values).i32(features)
            .run(Grid.of(count, Math.ceilDiv(features, 128), 256));
      }
    }
    return new SparseRows(rowIds, values);
  }

  @Override
  public SparseRows add(SparseRows a, SparseRows b, Scope scope) {
    int[] left = CudaStorage.ints(a.rows());
    int[] right = CudaStorage.ints(b.rows());
    int[] rows = new int[left.length + right.length];
    int count = 0;
    int[] leftPlaces = new int[left.length];
    int[] rightPlaces = new int[right.length];
    for (int i = 0, j = 0; i < left.length || j < right.length; count++) {
      int inLeft = i < left.length ? left[i] : Integer.MAX_VALUE;
      int inRight = j < right.length ? right[j] : Integer.MAX_VALUE;
      rows[count] = Math.min(inLeft, inRight);
      if (inLeft <= inRight) {
        leftPlaces[i++] = count;
      }
      if (inRight <= inLeft) {
        rightPlaces[j++] = count;
      }
    }
    Tensor rowIds = scope.ints(Arrays.copyOf(rows, count), count);
    Tensor values = scope.zeros(DType.F32, count, a.values().shape().columns());
    scatterAdd(leftPlaces, a.values(), values, scope);
    scatterAdd(rightPlaces, b.values(), values, scope);
    return new SparseRows(rowIds, values);
  }

  private void scatterAdd(int[] places, Tensor from, Tensor to, Scope scope) {
    try (Tensor rows = scope.ints(places, places.length)) {
      scatterAdd(new SparseRows(rows, from), to);
    }
  }

  @Override
  public void scatterAdd(SparseRows x, Tensor y) {
    if (x.rows().elements() > 0) {
      context.launch(FILE, "scatter_add").in(x.rows()).in(x.values()).inOut(y).i32(y.shape().columns())
          .run(Grid.of(x.rows().elements(), 128));
    }
  }
}
