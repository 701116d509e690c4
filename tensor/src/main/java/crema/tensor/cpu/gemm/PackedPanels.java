package crema.tensor.cpu.gemm;

/**
 * The right-hand side of products, laid out once for many: the weight {@code [out, in]} of a linear layer, say, at
 * inference. Made by {@link Gemm#pack}; results are the bits that the matrix itself would give. It is a copy: later
 * changes of the matrix do not reach it.
 */
public final class PackedPanels {
  private final int depth;
  private final int columns;
  private final MicroKernel kernel;
  private final float[] panels;

  PackedPanels(int depth, int columns, MicroKernel kernel, float[] panels) {
    this.depth = depth;
    this.columns = columns;
    this.kernel = kernel;
    this.panels = panels;
  }

  /** The length of the sums: rows of B, or {@code in} of a weight {@code [out, in]}. */
  public int depth() {
    return depth;
  }

  /** The columns of the product: {@code out} of a weight {@code [out, in]}. */
  public int columns() {
    return columns;
  }

  /** The panels, which are not laid out in rows. */
  Product.Matrix matrix() {
    return new Product.Matrix(panels, Scratch.ALIGNMENT, 0);
  }

  boolean isFor(MicroKernel other) {
    return kernel.lanes() == other.lanes();
  }
}
