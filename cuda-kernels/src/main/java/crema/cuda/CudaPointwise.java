package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.Tensor;
import crema.tensor.reference.Fallback;
import crema.tensor.reference.FallbackPointwise;

/** {@link crema.tensor.PointwiseOps} by {@code pointwise.cu}. */
final class CudaPointwise extends FallbackPointwise {
  private static final String FILE = "pointwise";
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 1024;

  private final CudaContext context;

  CudaPointwise(CudaContext context, Fallback fallback) {
    super(fallback);
    this.context = context;
  }

  /** Blocks for a loop over so many elements in which each thread takes four at a time. */
  static Grid elements(long count) {
    return Grid.of(Math.clamp((count + 4 * THREADS - 1) / (4 * THREADS), 1, MOST_BLOCKS), THREADS);
  }

  @Override
  public void scale(double factor, Tensor x, Tensor y) {
    context.launch(FILE, "scale" + Types.suffix(x, y)).f32(factor).in(x).out(y).i64(x.elements())
        .run(elements(x.elements()));
  }
}
