package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.LossOps;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@link LossOps} by {@code losses.cu}. */
final class CudaLosses implements LossOps {
  private static final String FILE = "losses";
  private static final int SUM_THREADS = 1024;
  private static final int WARPS = 4;

  private final CudaContext context;

  CudaLosses(CudaContext context) {
    this.context = context;
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor labels, @Nullable Tensor classWeights, float smoothing, Tensor loss,
      @Nullable Tensor dlogits) {
    long rows = logits.shape().rows();
    long classes = logits.shape().columns();
    requireClasses(labels, classes);
    try (var factors = context.scratch(2 * Double.BYTES); var rowLosses = context.scratch(rows * Float.BYTES)) {
      context.launch(FILE, "cross_entropy_factors").in(labels).in(classWeights).i32(rows).i32(classes)
          .address(factors.address()).run(Grid.of(1, SUM_THREADS));
      if (rows > 0) {
        Variant variant = variant(logits, dlogits, classes);
        context.launch(FILE, "cross_entropy_" + variant.name + Types.suffix(logits), variant.sharedBytes).in(logits)
            .in(labels).in(classWeights).f32(smoothing).address(factors.address()).i32(rows).i32(classes)
            .address(rowLosses.address()).out(dlogits)
            .run(variant.threads == 32 ? Grid.of(Math.ceilDiv(rows, WARPS), 32 * WARPS)
                : Grid.of(rows, variant.threads).withShared(variant.sharedBytes));
      }
      context.launch(FILE, "cross_entropy_mean").address(rowLosses.address()).i32(rows).address(factors.address())
          .out(loss).run(Grid.of(1, SUM_THREADS));
    }
  }

  /**
   * A kernel of {@code losses.cu}.
   *
   * @param name what its name has between {@code cross_entropy_} and the type
   * @param threads that share a row
   * @param sharedBytes of a block
   */
  private record Variant(String name, int threads, int sharedBytes) {
    private static final Variant WARP = new Variant("32", 32, 0);
    private static final Variant BLOCK = new Variant("256", 256, 0);
    private static final Variant LARGE_BLOCK = new Variant("1024", 1024, 0);
    private static final Variant HELD_8192 = new Variant("held_8192", 256, 0);
    private static final Variant HELD_16384 = new Variant("held_16384", 512, 0);
    private static final Variant HELD_32768 = new Variant("held_32768", 512, 10 * 512 * 4 * Float.BYTES);
  }

  /** The kernel for rows of so many classes: one that holds them, if they fit and four of them may be loaded at once. */
  private Variant variant(Tensor logits, @Nullable Tensor dlogits, long classes) {
    if (classes <= 256) {
      return Variant.WARP;
    }
    if (classes % 4 == 0 && logits.offset() % 4 == 0 && (dlogits == null || dlogits.offset() % 4 == 0)) {
      if (classes <= 8192) {
        return Variant.HELD_8192;
      }
      if (classes <= 16_384) {
        return Variant.HELD_16384;
      }
      // A multiprocessor of capability 7.5 has no more than 64 KiB of shared memory.
      if (classes <= 32_768 && context.kernels().target() != Kernels.Target.SM_75) {
        return Variant.HELD_32768;
      }
    }
    return classes <= 8192 ? Variant.BLOCK : Variant.LARGE_BLOCK;
  }

  private static void requireClasses(Tensor labels, long classes) {
    int row = CudaStorage.firstOutside(labels, Integer.MIN_VALUE, classes);
    if (row >= 0) {
      throw new IllegalArgumentException("label " + CudaStorage.ints(labels)[row] + " of row " + row
          + " is not one of " + classes + " classes, 0 to " + (classes - 1));
    }
  }
}
