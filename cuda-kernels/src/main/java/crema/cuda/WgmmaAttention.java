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
  static final int HEAD_DIM = 64;
  private static final int THREADS = 256;
  /** Rows of queries of a block. */
  private static final int ROWS = 128;
  /** Keys of a tile. */
  private static final int KEYS = 64;
  private static final int STAGES = 4;
  private static final int ROW_BYTES = HEAD_DIM * DType.BF16.bytes();
  private static final int SHARED_BYTES = (ROWS + 2 * STAGES * KEYS) * ROW_BYTES;
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
    long rows = (long) sequences.longest() * spec.numHeads() / spec.numKeyValueHeads();
    long tiles = Math.ceilDiv(rows, ROWS);
    Launch launch =
        context.launch(FILE, spec.dropout() > 0 ? "attention_wgmma_dropout_64_bf16" : "attention_wgmma_64_bf16",
            SHARED_BYTES);
    tiles(launch, k, spec.numKeyValueHeads());
    tiles(launch, v, spec.numKeyValueHeads());
    launch.in(q).in(sequences.cuSeqlens()).out(y).out(logSumExp);
    CudaAttention.specification(launch, spec, sequences).i32(tiles)
        .run(Grid.of(tiles * sequences.count(), spec.numKeyValueHeads(), THREADS).withShared(SHARED_BYTES));
  }

  /** Describes an array of heads, to be copied in tiles of one head. */
  private void tiles(Launch launch, Tensor tensor, int heads) {
    long columns = (long) heads * HEAD_DIM;
    var matrix = new MatrixMap(DType.BF16, CudaStorage.address(tensor), tensor.shape().rows(), columns,
        columns * DType.BF16.bytes(), KEYS, HEAD_DIM, SWIZZLE_BYTES);
    launch.bytes(maps.encode(matrix), MatrixMaps.ALIGNMENT);
  }
}
