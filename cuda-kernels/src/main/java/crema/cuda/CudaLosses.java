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
        int threads = threads(classes);
        context.launch(FILE, "cross_entropy_" + threads + Types.suffix(logits)).in(logits).in(labels).in(classWeights)
            .f32(smoothing).address(factors.address()).i32(rows).i32(classes).address(rowLosses.address()).out(dlogits)
            .run(threads == 32 ? Grid.of(Math.ceilDiv(rows, WARPS), 32 * WARPS) : Grid.of(rows, threads));
      }
      context.launch(FILE, "cross_entropy_mean").address(rowLosses.address()).i32(rows).address(factors.address())
          .out(loss).run(Grid.of(1, SUM_THREADS));
    }
  }

  /** How many threads share a row. */
  private static int threads(long classes) {
    return classes <= 256 ? 32 : classes <= 8192 ? 256 : 1024;
  }

  private static void requireClasses(Tensor labels, long classes) {
    int row = CudaStorage.firstOutside(labels, Integer.MIN_VALUE, classes);
    if (row >= 0) {
      throw new IllegalArgumentException("label " + CudaStorage.ints(labels)[row] + " of row " + row
          + " is not one of " + classes + " classes, 0 to " + (classes - 1));
    }
  }
}
