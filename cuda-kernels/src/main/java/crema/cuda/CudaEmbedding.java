package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.DType;
import crema.tensor.EmbeddingOps;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.Arrays;

/**
 * {@link EmbeddingOps} by {@code embedding.cu}. What is done with which rows is planned on the host, which has written the
 * ids and knows them. The tensors of row-sparse gradients are views of ones that would hold all tokens: so their addresses,
 * and all launches, are the same for every batch of a size.
 */
final class CudaEmbedding implements EmbeddingOps {
  private static final String FILE = "embedding";
  private static final int WARPS = 4;
  /** That a warp gathers. */
  private static final int TOKENS = 4;

  /** Warps that a device has, and some more, for each 128 columns. */
  private static final int MOST_RUN_WARPS = 8192;

  private final CudaContext context;

  CudaEmbedding(CudaContext context) {
    this.context = context;
  }

  /** A warp for each row and 128 columns. */
  private static Grid warps(long rows, long columns) {
    return Grid.of(Math.ceilDiv(rows, WARPS), Math.ceilDiv(columns, 128), 32 * WARPS);
  }

  @Override
  public void gather(Tensor table, Tensor ids, float factor, Tensor y) {
    int token = CudaStorage.firstOutside(ids, 0, table.shape().rows());
    if (token >= 0) {
      throw new IllegalArgumentException("id " + CudaStorage.ints(ids)[token] + " of token " + token
          + " is not in a table of " + table.shape().rows() + " rows");
    }
    long features = table.shape().columns();
    if (y.elements() > 0) {
      context.launch(FILE, "gather" + Types.suffix(table.dtype())).in(table).in(ids).f32(factor).out(y)
          .i32(ids.elements())
          .i32(features).run(warps(Math.ceilDiv(ids.elements(), TOKENS), features));
    }
  }

  /** On the host: the table's gradient is planned from these rows. */
  @Override
  public void positions(Tensor ids, Sequences sequences, int padding, Tensor positions) {
    int[] which = CudaStorage.ints(ids);
    for (int sequence = 0; sequence < sequences.count(); sequence++) {
      int next = padding + 1;
      for (int token = sequences.start(sequence); token < sequences.start(sequence + 1); token++) {
        which[token] = which[token] == padding ? padding : next++;
      }
    }
    positions.set(which);
  }

  @Override
  public SparseRows gatherBackward(Tensor ids, Tensor dy, float factor, Scope scope) {
    int tokens = Math.toIntExact(ids.elements());
    long features = dy.shape().columns();
    var plan = new GatherPlan(CudaStorage.ints(ids));
    Tensor rows = first(scope, plan.rowCount(), ints(scope, plan.rows()));
    Tensor all = scope.empty(DType.F32, tokens, features);
    if (all.elements() > 0) {
      try (var words = context.scratch((long) plan.words().length * Integer.BYTES);
          var partials = context.scratch(GatherPlan.mostPartials(tokens) * features * Float.BYTES)) {
        context.write(words.address(), plan.words());
        sumRuns(plan, words, dy, factor, partials, all);
      }
    }
    return new SparseRows(rows, first(scope, plan.rowCount(), all));
  }

  /**
   * Queues the sums of a plan.
   *
   * @param words the plan's, on the device
   * @param partials {@code F32 [GatherPlan.mostPartials(tokens), features]}
   * @param all {@code F32 [tokens, features]}, of which as many rows are written as there are ids
   */
  void sumRuns(GatherPlan plan, Scratch words, Tensor dy, float factor, Scratch partials, Tensor all) {
    int tokens = Math.toIntExact(dy.shape().rows());
    long features = dy.shape().columns();
    // A warp has several runs, since there are mostly far fewer than tokens.
    Grid grid = warps(Math.min(tokens, MOST_RUN_WARPS), features);
    context.launch(FILE, "gather_backward" + Types.suffix(dy)).address(words.address())
        .address(word(words, plan.order())).address(word(words, plan.starts())).address(word(words, plan.targets()))
        .in(dy).f32(factor).out(all).address(partials.address()).i32(features).run(grid);
    if (GatherPlan.mostSplits(tokens) > 0) {
      context.launch(FILE, "gather_backward_splits_f32").address(word(words, 1))
          .address(word(words, plan.splits())).address(partials.address()).f32(factor).inOut(all).i32(features)
          .run(warps(GatherPlan.mostSplits(tokens), features));
    }
  }

  private static long word(Scratch words, int index) {
    return words.address() + (long) index * Integer.BYTES;
  }

  private static Tensor ints(Scope scope, int[] values) {
    return scope.ints(values, values.length);
  }

  /** The first rows of a tensor, which is closed. */
  private static Tensor first(Scope scope, int count, Tensor all) {
    try (all) {
      return scope.adopt(all.rows(0, count));
    }
  }

  @Override
  public SparseRows add(SparseRows a, SparseRows b, Scope scope) {
    int[] left = CudaStorage.ints(a.rows());
    int[] right = CudaStorage.ints(b.rows());
    int most = Math.addExact(most(a), most(b));
    var rows = new int[most];
    Arrays.fill(rows, -1);
    // How many there are, and for each where it is in a and in b, or -1.
    var sources = new int[1 + 2 * most];
    int count = 0;
    for (int i = 0, j = 0; i < left.length || j < right.length; count++) {
      int inLeft = i < left.length ? left[i] : Integer.MAX_VALUE;
      int inRight = j < right.length ? right[j] : Integer.MAX_VALUE;
      rows[count] = Math.min(inLeft, inRight);
      sources[1 + 2 * count] = inLeft <= inRight ? i++ : -1;
      sources[2 + 2 * count] = inRight <= inLeft ? j++ : -1;
    }
    sources[0] = count;
    long columns = a.values().shape().columns();
    Tensor sums = scope.empty(DType.F32, most, columns);
    if (sums.elements() > 0) {
      try (var words = context.scratch((long) sources.length * Integer.BYTES)) {
        context.write(words.address(), sources);
        context.launch(FILE, "add_sparse" + Types.suffix(a.values(), b.values())).address(words.address())
            .address(word(words, 1)).in(a.values()).in(b.values()).out(sums).i32(columns).run(warps(most, columns));
      }
    }
    return new SparseRows(first(scope, count, ints(scope, rows)), first(scope, count, sums));
  }

  /** How many rows there is room for: the same for all batches of a size. */
  private static int most(SparseRows x) {
    return Math.toIntExact(x.rows().storage().elements() - x.rows().offset());
  }

  @Override
  public void scatterAdd(SparseRows x, Tensor y) {
    long columns = y.shape().columns();
    if (x.values().elements() > 0) {
      try (var count = context.scratch(Integer.BYTES)) {
        context.write(count.address(), new int[] {Math.toIntExact(x.rows().elements())});
        context.launch(FILE, "scatter_add" + Types.suffix(x.values(), y)).address(count.address()).in(x.rows())
            .in(x.values()).inOut(y).i32(columns).run(warps(most(x), columns));
      }
    }
  }
}
