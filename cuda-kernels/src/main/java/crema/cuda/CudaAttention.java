package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.reference.Fallback;
import crema.tensor.reference.FallbackAttention;
import org.jspecify.annotations.Nullable;

/**
 * {@link crema.tensor.AttentionOps} by {@code rope.cu} and {@code attention.cu}, and by {@link TensorCoreAttention}. Grids depend on the number of sequences
 * and the longest one alone, and kernels read the lengths from device memory.
 */
final class CudaAttention extends FallbackAttention {
  private static final String FILE = "attention";
  private static final int THREADS = 64;
  private static final int MOST_FEATURES = 256;
  private static final int ROPE_THREADS = 128;
  private static final int ROPE_POSITIONS = 8;
  private static final int DOT_WARPS = 8;

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

  private void rotate(Tensor x, Sequences sequences, int headDim, double theta, int turn, Tensor y) {
    long table = context.ropeTables().address(sequences.longest(), headDim, theta);
    context.launch("rope", "rope" + Types.suffix(x, y)).in(x).in(sequences.cuSeqlens()).address(table).out(y)
        .i32(x.shape().columns() / headDim).i32(headDim).f32(turn)
        .run(Grid.of(ceilingDivide(sequences.longest(), ROPE_POSITIONS), sequences.count(), ROPE_THREADS));
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
    if (spec.headDim() > MOST_FEATURES) {
      super.attention(q, k, v, sequences, spec, y, logSumExp);
      return;
    }
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
  public void attentionBackward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    if (spec.headDim() > MOST_FEATURES) {
      super.attentionBackward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv);
      return;
    }
    if (tensorCores.supports(spec, q, k, v, y, dy, dq, dk, dv)) {
      tensorCores.backward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv);
      return;
    }
    String suffix = Types.suffix(q, k, v, y, dy, dq, dk, dv);
    long rows = (long) sequences.tokens() * spec.numHeads();
    long dots = context.pool().take(rows * Float.BYTES, "attention gradients");
    context.launch(FILE, "attention_dots" + suffix).in(y).in(dy).address(dots).i64(rows).i32(spec.headDim())
        .run(Grid.of((rows + DOT_WARPS - 1) / DOT_WARPS, 32 * DOT_WARPS));
    var tile = Tile.of(spec);
    Launch keys = context.launch(FILE, tile.entry("attention_backward_keys", suffix))
        .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots).in(sequences.cuSeqlens()).out(dk).out(dv);
    run(keys, tile, spec, sequences, spec.numKeyValueHeads());
    Launch queries = context.launch(FILE, tile.entry("attention_backward_queries", suffix))
        .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots).in(sequences.cuSeqlens()).out(dq);
    run(queries, tile, spec, sequences, spec.numHeads());
    context.pool().give(dots, rows * Float.BYTES);
  }

  /** Adds what follows the tensors, and queues a block for each tile, sequence and head. */
  private static void run(Launch launch, Tile tile, AttentionSpec spec, Sequences sequences, int heads) {
    int tiles = ceilingDivide(sequences.longest(), tile.rows);
    specification(launch, spec, sequences).i32(tiles)
        .run(Grid.of((long) tiles * sequences.count(), heads, THREADS));
  }

  /** Adds the parameters that all kernels of attention share. */
  static Launch specification(Launch launch, AttentionSpec spec, Sequences sequences) {
    return launch.i32(spec.numHeads()).i32(spec.numKeyValueHeads()).i32(spec.headDim()).i32(sequences.longest())
        .i32(spec.causal() ? 1 : 0).i32(spec.window()).f32(spec.scale()).f32(spec.dropout())
        .f32(1 / (1.0 - spec.dropout())).random(spec.random());
  }

  private static int ceilingDivide(int count, int divisor) {
    return (count + divisor - 1) / divisor;
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

    String entry(String name, String suffix) {
      return name + "_" + features + suffix;
    }
  }
}
