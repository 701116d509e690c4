package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.AttentionSpec;
import crema.tensor.RelativePositions;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.reference.Fallback;
import crema.tensor.reference.FallbackAttention;
import org.jspecify.annotations.Nullable;

/**
 * {@link crema.tensor.AttentionOps} by {@code rope.cu}, {@code attention.cu} and {@code relative_attention.cu}, and by
 * {@link TensorCoreAttention}. Grids depend on the number of sequences
 * and the longest one alone, and kernels read the lengths from device memory.
 */
final class CudaAttention extends FallbackAttention {
  private static final String FILE = "attention";
  private static final String RELATIVE_FILE = "relative_attention";
  private static final int THREADS = 64;
  private static final int WARP = 32;
  private static final int MOST_FEATURES = 256;
  private static final int MOST_RELATIVE_FEATURES = 128;
  /** Blocks that keep a device busy: so many sum gradients of tables, at the price of their partial sums. */
  private static final int TABLE_BLOCKS = 2048;
  private static final int TABLE_THREADS = 128;
  private static final int MOST_ROPE_THREADS = 256;
  private static final int ROPE_POSITIONS = 4;
  private static final int DOT_WARPS = 8;
  /** What the longest sequence is rounded up to where there is dropout, which numbers the keys of a query with such gaps. */
  private static final int DROPOUT_STEP = 4;

  private final CudaContext context;
  private final TensorCoreAttention tensorCores;

  CudaAttention(CudaContext context, Fallback fallback) {
    super(fallback);
    this.context = context;
    tensorCores = new TensorCoreAttention(context);
  }

  @Override
  public void rope(Tensor x, Sequences sequences, int headDim, double theta, Tensor y) {
    rotate(x, sequences, headDim, theta, 1, y);
  }

  @Override
  public void ropeBackward(Tensor dy, Sequences sequences, int headDim, double theta, Tensor dx) {
    rotate(dy, sequences, headDim, theta, -1, dx);
  }

  private void rotate(Tensor x, Sequences exact, int headDim, double theta, int turn, Tensor y) {
    Sequences sequences = exact.withLongest(Sequences.roundedUp(exact.longest()));
    long table = context.ropeTables().address(sequences.longest(), headDim, theta);
    long heads = x.shape().columns() / headDim;
    int tiles = Math.ceilDiv(sequences.longest(), ROPE_POSITIONS);
    int fours = Math.toIntExact(Math.min(MOST_ROPE_THREADS, ROPE_POSITIONS * heads * Math.ceilDiv(headDim / 2, 4)));
    context.launch("rope", "rope" + Types.suffix(x, y)).in(x).in(sequences.cuSeqlens()).address(table).out(y)
        .i32(heads).i32(headDim).f32(turn).i32(tiles)
        .run(Grid.of((long) tiles * sequences.count(), WARP * Math.ceilDiv(fours, WARP)));
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, Sequences exact, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
    if (spec.headDim() > MOST_FEATURES) {
      super.attention(q, k, v, exact, spec, y, logSumExp);
      return;
    }
    Sequences sequences = bounded(exact, spec);
    if (tensorCores.supports(spec, q, k, v, y)) {
      tensorCores.forward(q, k, v, sequences, spec, y, logSumExp);
      return;
    }
    var tile = Tile.of(spec);
    Launch launch = context.launch(FILE, tile.entry("attention", Types.suffix(q, k, v, y)))
        .in(q).in(k).in(v).in(sequences.cuSeqlens()).out(y).out(logSumExp);
    run(launch, tile, spec, sequences, spec.numHeads());
  }

  @Override
  public void attentionBackward(Tensor q, Tensor k, Tensor v, Sequences exact, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    if (spec.headDim() > MOST_FEATURES) {
      super.attentionBackward(q, k, v, exact, spec, y, logSumExp, dy, dq, dk, dv);
      return;
    }
    Sequences sequences = bounded(exact, spec);
    if (tensorCores.supports(spec, q, k, v, y, dy, dq, dk, dv)) {
      tensorCores.backward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv);
      return;
    }
    String suffix = Types.suffix(q, k, v, y, dy, dq, dk, dv);
    var tile = Tile.of(spec);
    try (var dots = dots(y, dy, spec, sequences)) {
      Launch keys = context.launch(FILE, tile.entry("attention_backward_keys", suffix))
          .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots.address()).in(sequences.cuSeqlens()).out(dk).out(dv);
      run(keys, tile, spec, sequences, spec.numKeyValueHeads());
      Launch queries = context.launch(FILE, tile.entry("attention_backward_queries", suffix))
          .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots.address()).in(sequences.cuSeqlens()).out(dq);
      run(queries, tile, spec, sequences, spec.numHeads());
    }
  }

  /** With a longest sequence that batches share whose sizes are alike. */
  private static Sequences bounded(Sequences exact, AttentionSpec spec) {
    return exact.withLongest(spec.dropout() == 0 ? Sequences.roundedUp(exact.longest())
        : Math.ceilDiv(exact.longest(), DROPOUT_STEP) * DROPOUT_STEP);
  }

  /** The products of dy and y of each token and head. */
  private Scratch dots(Tensor y, Tensor dy, AttentionSpec spec, Sequences sequences) {
    long rows = rows(spec, sequences);
    Scratch dots = context.scratch(rows * Float.BYTES);
    try {
      context.launch(FILE, "attention_dots" + Types.suffix(y, dy)).in(y).in(dy).address(dots.address()).i64(rows)
          .i32(spec.headDim()).run(Grid.of(Math.ceilDiv(rows, DOT_WARPS), WARP * DOT_WARPS));
      return dots;
    } catch (RuntimeException | Error e) {
      dots.close();
      throw e;
    }
  }

  private static long rows(AttentionSpec spec, Sequences sequences) {
    return (long) sequences.tokens() * spec.numHeads();
  }

  @Override
  public void relativeAttention(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, @Nullable Tensor logSumExp) {
    if (spec.headDim() > MOST_RELATIVE_FEATURES) {
      super.relativeAttention(q, k, v, relative, sequences, spec, y, logSumExp);
      return;
    }
    var tile = Tile.ofRelative(spec);
    Launch launch = context.launch(RELATIVE_FILE, tile.entry("relative_attention", Types.suffix(q, k, v, y)))
        .in(q).in(k).in(v);
    run(terms(launch, relative).in(sequences.cuSeqlens()).out(y).out(logSumExp), tile, spec, sequences,
        spec.numHeads());
  }

  @Override
  public void relativeAttentionBackward(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv,
      RelativePositions gradients) {
    if (spec.headDim() > MOST_RELATIVE_FEATURES) {
      super.relativeAttentionBackward(q, k, v, relative, sequences, spec, y, logSumExp, dy, dq, dk, dv, gradients);
      return;
    }
    String suffix = Types.suffix(q, k, v, y, dy, dq, dk, dv);
    var tile = Tile.ofRelative(spec);
    try (var dots = dots(y, dy, spec, sequences)) {
      Launch keys = context.launch(RELATIVE_FILE, tile.entry("relative_attention_backward_keys", suffix))
          .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots.address());
      run(terms(keys, relative).in(sequences.cuSeqlens()).out(dk).out(dv), tile, spec, sequences, spec.numHeads());
      Launch queries = context.launch(RELATIVE_FILE, tile.entry("relative_attention_backward_queries", suffix))
          .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots.address());
      run(terms(queries, relative).in(sequences.cuSeqlens()).out(dq), tile, spec, sequences, spec.numHeads());

      int distances = 2 * sequences.longest() - 1;
      int tiles = Math.ceilDiv(distances, tile.rows);
      int runs = Math.clamp(TABLE_BLOCKS / ((long) tiles * spec.numHeads()), 1, sequences.count());
      var partials = new Partials(relative.buckets(), runs, spec.numHeads(), distances);
      try (var ofKeys = partials.memory(gradients.keys(), spec.headDim());
          var ofQueries = partials.memory(gradients.queries(), spec.headDim());
          var ofBias = partials.memory(gradients.bias(), 1)) {
        Launch tables = context.launch(RELATIVE_FILE, tile.entry("relative_attention_backward_tables", suffix))
            .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots.address());
        terms(tables, relative).in(sequences.cuSeqlens()).address(ofKeys.address()).address(ofQueries.address())
            .address(ofBias.address());
        specification(tables, spec, sequences).i32(tiles).i32(sequences.count()).i32(runs)
            .run(Grid.of((long) tiles * runs, spec.numHeads(), THREADS));
        partials.sum(ofKeys, gradients.keys(), spec.headDim());
        partials.sum(ofQueries, gradients.queries(), spec.headDim());
        partials.sum(ofBias, gradients.bias(), 1);
      }
    }
  }

  private static Launch terms(Launch launch, RelativePositions relative) {
    return launch.in(relative.buckets()).in(relative.keys()).in(relative.queries()).in(relative.bias());
  }

  /** Sums for the gradient of a table by distance, {@code [runs, heads, distances, features]}. */
  private final class Partials {
    private final Tensor buckets;
    private final int runs;
    private final int heads;
    private final int distances;

    Partials(Tensor buckets, int runs, int heads, int distances) {
      this.buckets = buckets;
      this.runs = runs;
      this.heads = heads;
      this.distances = distances;
    }

    /** Memory for the sums of a table; none, whose address is 0, without a table. */
    Scratch memory(@Nullable Tensor table, int features) {
      return context.scratch(table == null ? 0 : (long) runs * heads * distances * features * Float.BYTES);
    }

    /** Adds up what belongs to each bucket. */
    void sum(Scratch partials, @Nullable Tensor table, int features) {
      if (table != null) {
        context.launch(RELATIVE_FILE, "relative_attention_table_f32").address(partials.address()).in(buckets).out(table)
            .i32(runs).i32(heads).i32(distances).i32(features)
            .run(Grid.of(table.shape().extent(0), heads, TABLE_THREADS));
      }
    }
  }

  /** Adds what follows the tensors, and queues a block for each tile, sequence and head. */
  private static void run(Launch launch, Tile tile, AttentionSpec spec, Sequences sequences, int heads) {
    int tiles = Math.ceilDiv(sequences.longest(), tile.rows);
    specification(launch, spec, sequences).i32(tiles)
        .run(Grid.of((long) tiles * sequences.count(), heads, THREADS));
  }

  /** Adds the parameters that all kernels of attention share. */
  static Launch specification(Launch launch, AttentionSpec spec, Sequences sequences) {
    return launch.i32(spec.numHeads()).i32(spec.numKeyValueHeads()).i32(spec.headDim()).i32(sequences.longest())
        .i32(spec.causal() ? 1 : 0).i32(spec.window()).f32(spec.scale()).f32(spec.dropout())
        .f32(1 / (1.0 - spec.dropout())).random(spec.random());
  }

  /**
   * A variant of the kernels.
   *
   * @param features the most that a head may have
   * @param rows queries, or keys, of a tile
   */
  private record Tile(int features, int rows) {
    static Tile of(AttentionSpec spec) {
      int features = spec.headDim();
      return features <= 32 ? new Tile(32, 32)
          : features <= 64 ? new Tile(64, 32) : features <= 128 ? new Tile(128, 16) : new Tile(256, 8);
    }

    static Tile ofRelative(AttentionSpec spec) {
      return spec.headDim() <= 64 ? new Tile(64, 16) : new Tile(128, 8);
    }

    String entry(String name, String suffix) {
      return name + "_" + features + suffix;
    }
  }
}
