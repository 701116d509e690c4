package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.LossOps;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@link LossOps} by {@code losses.cu}. */
final class CudaLosses implements LossOps {
  private static final String FILE = "losses";
  private static final int THREADS = 256;

  private final CudaContext context;

  CudaLosses(CudaContext context) {
    this.context = context;
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor labels, @Nullable Tensor classWeights, float smoothing, Tensor loss,
      @Nullable Tensor dlogits) {
    long rows = logits.shape().extent(0);
    long classes = logits.shape().extent(1);
    int[] known = CudaStorage.knownInts(labels);
    if (known != null) {
      for (int row = 0; row < known.length; row++) {
        if (known[row] >= classes) {
          throw new IllegalArgumentException("label " + known[row] + " of row " + row + " is not one of " + classes);
        }
      }
    }
    try (Scratch total = context.scratch(Float.BYTES); Scratch losses = context.scratch(4 * rows)) {
      context.launch(FILE, "cross_entropy_weight").in(labels).in(classWeights).i32(rows).address(total.address())
          .run(Grid.of(1, THREADS));
      if (rows > 0) {
        context.launch(FILE, "cross_entropy").in(logits).in(labels).in(classWeights).f32(smoothing)
            .address(total.address()).address(losses.address()).out(dlogits).i32(classes).run(Grid.of(rows, THREADS));
      }
      context.launch(FILE, "cross_entropy_mean").address(losses.address()).i32(rows).address(total.address()).out(loss)
          .run(Grid.of(1, THREADS));
    }
  }
}
