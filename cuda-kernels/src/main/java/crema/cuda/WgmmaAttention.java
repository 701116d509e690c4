package crema.cuda;

import crema.cuda.driver.Grid;
import crema.cuda.driver.MatrixMap;
import crema.tensor.AttentionSpec;
import crema.tensor.DType;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Launches of {@code attention_wgmma.cu}: heads of 64 features, in BF16, on Hopper. */
final class WgmmaAttention {
  private static final String FILE = "attention_wgmma";
  private static final int HEAD_DIM = 64;
  private static final int THREADS = 256;
  /** Rows of queries, or keys, of a block. */
  private static final int ROWS = 128;
  /** Keys, or rows of queries, of a tile. */
  private static final int TILE = 64;
  private static final int STAGES = 4;
  /** Of tiles of rows, in the pass over keys. */
  private static final int ROW_STAGES = 3;
  private static final int ROW_BYTES = HEAD_DIM * DType.BF16.bytes();
  private static final int FORWARD_BYTES = (ROWS + 2 * STAGES * TILE) * ROW_BYTES;
  private static final int QUERIES_BYTES = (2 * ROWS + 2 * STAGES * TILE) * ROW_BYTES;
  private static final int KEYS_BYTES = 2 * ROWS * ROW_BYTES + 2 * ROW_STAGES * TILE * (ROW_BYTES + Float.BYTES);
  private static final int SWIZZLE_BYTES = 128;

  private final CudaContext context;
  private final MatrixMaps maps;

  WgmmaAttention(CudaContext context) {
    this.context = context;
    maps = new MatrixMaps(context.driver());
  }

  /** Whether there is a kernel, given that {@link TensorCoreAttention} supports the activations. */
  boolean supports(AttentionSpec spec) {
    return context.kernels().target() == Kernels.Target.SM_90A && spec.headDim() == HEAD_DIM;
  }

  void forward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
    Launch launch = tiles(launch(spec, "", FORWARD_BYTES), spec, k, v).in(q).in(sequences.cuSeqlens()).out(y)
        .out(logSumExp);
    run(launch, spec, sequences, rows(spec, sequences), FORWARD_BYTES);
  }

  /** See {@link TensorCoreAttention#backwardQueries}. */
  void backwardQueries(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, long dots, Tensor dq) {
    Launch launch = tiles(launch(spec, "_backward_queries", QUERIES_BYTES), spec, k, v)
        .in(q).in(y).in(dy).in(logSumExp).address(dots).in(sequences.cuSeqlens()).out(dq);
    run(launch, spec, sequences, rows(spec, sequences), QUERIES_BYTES);
  }

  /** See {@link TensorCoreAttention#backwardKeys}. */
  void backwardKeys(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor logSumExp, Tensor dy,
      long dots, Tensor dk, Tensor dv) {
    Launch launch = launch(spec, "_backward_keys", KEYS_BYTES)
        .in(q).in(k).in(v).in(dy).in(logSumExp).address(dots).in(sequences.cuSeqlens()).out(dk).out(dv);
    run(launch, spec, sequences, sequences.longest(), KEYS_BYTES);
  }

  private Launch launch(AttentionSpec spec, String pass, int sharedBytes) {
    return context.launch(FILE, FILE + (spec.dropout() > 0 ? "_dropout" : "") + pass + "_64_bf16", sharedBytes);
  }

  private static long rows(AttentionSpec spec, Sequences sequences) {
    return (long) sequences.longest() * spec.numHeads() / spec.numKeyValueHeads();
  }

  /** Adds what follows the tensors, and queues a block for each tile of so many rows, sequence and key head. */
  private static void run(Launch launch, AttentionSpec spec, Sequences sequences, long rows, int sharedBytes) {
    long tiles = Math.ceilDiv(rows, ROWS);
    CudaAttention.specification(launch, spec, sequences).i32(tiles)
        .run(Grid.of(tiles * sequences.count(), spec.numKeyValueHeads(), THREADS).withShared(sharedBytes));
  }

  /** Describes keys and values, to be copied in tiles of one head. */
  private Launch tiles(Launch launch, AttentionSpec spec, Tensor k, Tensor v) {
    for (Tensor tensor : new Tensor[] {k, v}) {
      long columns = (long) spec.numKeyValueHeads() * HEAD_DIM;
      var matrix = new MatrixMap(DType.BF16, CudaStorage.address(tensor), tensor.shape().rows(), columns,
          columns * DType.BF16.bytes(), TILE, HEAD_DIM, SWIZZLE_BYTES);
      launch.bytes(maps.encode(matrix), MatrixMaps.ALIGNMENT);
    }
    return launch;
  }
}
