package crema.tensor.cpu.gemm;

import org.jspecify.annotations.Nullable;

/**
 * The right-hand side of products, laid out once for many: the weight {@code [out, in]} of a linear layer, say, at
 * inference. Made by {@link Gemm#pack}; results are the bits that the matrix itself would give. It is a copy: later
 * changes of the matrix do not reach it. Elements of 16 bits stay so, and are widened block by block as they are used.
 */
public final class PackedPanels {
  private static final float[] NONE = {};

  private final int depth;
  private final int columns;
  private final MicroKernel kernel;
  private final float[] panels;
  private final @Nullable PackedHalves halves;

  /**
   * Panels of 16 bits.
   *
   * @param panels from 0 on
   */
  @SuppressWarnings("ArrayRecordComponent")
  record PackedHalves(Halves type, short[] panels) {}

  PackedPanels(int depth, int columns, MicroKernel kernel, float[] panels) {
    this(depth, columns, kernel, panels, null);
  }

  PackedPanels(int depth, int columns, MicroKernel kernel, PackedHalves halves) {
    this(depth, columns, kernel, NONE, halves);
  }

  private PackedPanels(int depth, int columns, MicroKernel kernel, float[] panels, @Nullable PackedHalves halves) {
    this.depth = depth;
    this.columns = columns;
    this.kernel = kernel;
    this.panels = panels;
    this.halves = halves;
  }

  /** The length of the sums: rows of B, or {@code in} of a weight {@code [out, in]}. */
  public int depth() {
    return depth;
  }

  /** The columns of the product: {@code out} of a weight {@code [out, in]}. */
  public int columns() {
    return columns;
  }

  /** The panels, which are not laid out in rows; empty if they are {@link #halves}. */
  Product.Matrix matrix() {
    return new Product.Matrix(panels, Scratch.ALIGNMENT, 0);
  }

  @Nullable
  PackedHalves halves() {
    return halves;
  }

  boolean isFor(MicroKernel other) {
    return kernel.lanes() == other.lanes();
  }
}
