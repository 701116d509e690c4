package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.AttentionSpec;
import crema.tensor.DType;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Attention in BF16 on tensor cores, from capability 8.0 on: by {@code attention_mma.cu}, or on Hopper by {@link
 * WgmmaAttention}.
 */
final class TensorCoreAttention {
  private static final String FILE = "attention_mma";
  private static final int WARP_ROWS = 16;
  private static final int MOST_WARPS = 4;
  /** Of a forward block whose warps have 16 rows. */
  private static final int MOST_FORWARD_WARPS = 6;
  /** Keys, or rows of queries, of a tile that all warps of a block read. */
  private static final int TILE = 64;
  private static final int ALIGNMENT = 16;
  /** From which length on a warp of the forward pass has twice the rows: it reads half as much of shared memory. */
  private static final int LONG = 128;
  /**
   * From how many rows of the longest sequence on {@code wgmma} is faster, a row being a query of one of the heads that share
   * a key head. With 192 rows an H100 took 0.89 of the time of {@code mma.sync}, with 768 0.64, in each pass less; with titles
   * of up to 120 rows, which leave most of a block empty, 1.19.
   */
  private static final int ROWS_FOR_WGMMA = 192;

  /** Which kernels compute it. */
  enum Way {
    /**
     * Whichever is the fastest for the length of the longest sequence: a bound that batches share which are computed alike, so
     * that it is known when a step is recorded.
     */
    BY_LENGTH,
    /** {@code mma.sync}, warps of 16 rows in the forward pass. */
    NARROW,
    /** {@code mma.sync}, warps of 32 rows in the forward pass. */
    WIDE,
    /** {@code wgmma}, where there are kernels. */
    WGMMA
  }

  private final CudaContext context;
  private final WgmmaAttention wgmma;
  private final Way way;

  TensorCoreAttention(CudaContext context) {
    this(context, Way.BY_LENGTH);
  }

  /** Attention that goes one way for all lengths, where it can. */
  TensorCoreAttention(CudaContext context, Way way) {
    this.context = context;
    this.way = way;
    wgmma = new WgmmaAttention(context);
  }

  /** Whether there is a kernel for an attention whose activations are these. */
  boolean supports(AttentionSpec spec, Tensor... activations) {
    if (context.kernels().target() == Kernels.Target.SM_75 || spec.headDim() % 8 != 0 || spec.headDim() > 128
        || !(spec.scale() > 0)) {
      return false;
    }
    if (activations[0].shape().rows() * spec.numHeads() > Integer.MAX_VALUE) {
      return false;
    }
    for (Tensor tensor : activations) {
      if (tensor.dtype() != DType.BF16 || CudaStorage.address(tensor) % ALIGNMENT != 0) {
        return false;
      }
    }
    return true;
  }

  void forward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
    if (goesByWgmma(spec, sequences.longest())) {
      wgmma.forward(q, k, v, sequences, spec, y, logSumExp);
      return;
    }
    int features = features(spec);
    boolean wide = way == Way.WIDE || way == Way.BY_LENGTH && sequences.longest() >= LONG;
    int blocks = features <= 64 && wide ? 2 : 1;
    long rows = (long) sequences.longest() * group(spec);
    int mostWarps = blocks == 1 ? MOST_FORWARD_WARPS : MOST_WARPS;
    int warps = warps(rows, WARP_ROWS * blocks, mostWarps);
    int blockRows = warps * WARP_ROWS * blocks;
    int buffered = buffered(sequences.longest());
    Launch launch = context
        .launch(FILE, "attention_mma_" + features + "_" + blocks + "_bf16",
            forwardBytes(features, mostWarps * WARP_ROWS * blocks, 2 * TILE))
        .in(q).in(k).in(v).in(sequences.cuSeqlens()).out(y).out(logSumExp);
    run(launch, spec, sequences, rows, blockRows, warps, buffered, forwardBytes(features, blockRows, buffered));
  }

  /** Whether {@link WgmmaAttention} computes an attention that is supported, of sequences up to so long. */
  boolean goesByWgmma(AttentionSpec spec, int longest) {
    boolean wanted = switch (way) {
      case BY_LENGTH -> (long) longest * group(spec) >= ROWS_FOR_WGMMA;
      case WGMMA -> true;
      case NARROW, WIDE -> false;
    };
    return wanted && wgmma.supports(spec);
  }

  void backward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y, Tensor logSumExp,
      Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    try (var dots = context.scratch((long) sequences.tokens() * spec.numHeads() * Float.BYTES)) {
      backwardQueries(q, k, v, sequences, spec, y, logSumExp, dy, dots.address(), dq);
      backwardKeys(q, k, v, sequences, spec, logSumExp, dy, dots.address(), dk, dv);
    }
  }

  /** Makes dq, and the products of dy and y at {@code dots}, {@code F32 [tokens, heads]}. */
  void backwardQueries(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, long dots, Tensor dq) {
    if (goesByWgmma(spec, sequences.longest())) {
      wgmma.backwardQueries(q, k, v, sequences, spec, y, logSumExp, dy, dots, dq);
      return;
    }
    int features = features(spec);
    long rows = (long) sequences.longest() * group(spec);
    int warps = warps(rows, WARP_ROWS, MOST_WARPS);
    int buffered = buffered(sequences.longest());
    Launch queries = context
        .launch(FILE, "attention_mma_backward_queries_" + features + "_bf16",
            queriesBytes(features, MOST_WARPS * WARP_ROWS, 2 * TILE))
        .in(q).in(k).in(v).in(y).in(dy).in(logSumExp).address(dots).in(sequences.cuSeqlens()).out(dq);
    run(queries, spec, sequences, rows, warps * WARP_ROWS, warps, buffered,
        queriesBytes(features, warps * WARP_ROWS, buffered));
  }

  /** Makes dk and dv. */
  void backwardKeys(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor logSumExp, Tensor dy,
      long dots, Tensor dk, Tensor dv) {
    if (goesByWgmma(spec, sequences.longest())) {
      wgmma.backwardKeys(q, k, v, sequences, spec, logSumExp, dy, dots, dk, dv);
      return;
    }
    int features = features(spec);
    int keyWarps = warps(sequences.longest(), WARP_ROWS, MOST_WARPS);
    int bufferedRows = buffered((long) sequences.longest() * group(spec));
    Launch keys = context
        .launch(FILE, "attention_mma_backward_keys_" + features + "_bf16",
            keysBytes(features, MOST_WARPS * WARP_ROWS, 2 * TILE))
        .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots).in(sequences.cuSeqlens()).out(dk).out(dv);
    run(keys, spec, sequences, sequences.longest(), keyWarps * WARP_ROWS, keyWarps, bufferedRows,
        keysBytes(features, keyWarps * WARP_ROWS, bufferedRows));
  }

  /** Adds what follows the tensors, and queues a block for each tile, sequence and key head. */
  private static void run(Launch launch, AttentionSpec spec, Sequences sequences, long rows, int blockRows, int warps,
      int buffered, int sharedBytes) {
    long tiles = (rows + blockRows - 1) / blockRows;
    CudaAttention.specification(launch, spec, sequences).i32(tiles).i32(buffered)
        .run(Grid.of(tiles * sequences.count(), spec.numKeyValueHeads(), 32 * warps).withShared(sharedBytes));
  }

  private static int group(AttentionSpec spec) {
    return spec.numHeads() / spec.numKeyValueHeads();
  }

  /** Features of a head in shared memory. */
  private static int features(AttentionSpec spec) {
    return spec.headDim() <= 32 ? 32 : spec.headDim() <= 64 ? 64 : 128;
  }

  /** Warps of a block, so that blocks are as few as they can be and then as small. */
  private static int warps(long rows, int warpRows, int most) {
    long warps = (rows + warpRows - 1) / warpRows;
    long blocks = (warps + most - 1) / most;
    return (int) ((warps + blocks - 1) / blocks);
  }

  /** Rows of tiles in shared memory: two tiles, one being copied while the other is read, unless there is but one. */
  private static int buffered(long length) {
    return length <= TILE / 2 ? TILE / 2 : length <= TILE ? TILE : 2 * TILE;
  }

  private static int bytes(int features, int rows) {
    return rows * features * DType.BF16.bytes();
  }

  private static int forwardBytes(int features, int blockRows, int buffered) {
    return bytes(features, blockRows) + 2 * bytes(features, buffered);
  }

  private static int queriesBytes(int features, int blockRows, int buffered) {
    return 3 * bytes(features, blockRows) + 2 * bytes(features, buffered);
  }

  private static int keysBytes(int features, int blockKeys, int buffered) {
    return 2 * bytes(features, blockKeys) + 2 * (bytes(features, buffered) + buffered * Float.BYTES);
  }
}
