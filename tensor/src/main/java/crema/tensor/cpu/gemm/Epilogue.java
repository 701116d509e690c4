package crema.tensor.cpu.gemm;

/**
 * What happens to a block of a matrix product's result once its sums are complete, while it is still in the cache: an
 * activation, say. Must be elementwise, since which blocks there are is the product's own business.
 */
@FunctionalInterface
public interface Epilogue {
  /**
   * Works on one finished block of C, {@code [rows, columns]}. Called once for every element, on several threads at
   * the same time for different blocks.
   *
   * @param c C's array; element (i, j) of the block is at {@code offset + i * stride + j}
   * @param row the block's first row in C
   * @param column the block's first column in C
   */
  void apply(float[] c, int offset, int stride, int row, int column, int rows, int columns);
}
