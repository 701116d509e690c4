package crema.tensor.cpu.gemm;

import crema.tensor.cpu.simd.Simd;

/**
 * The innermost step of a matrix product: a block of C small enough for its sums to stay in registers, and the moves
 * that lay out its operands. One implementation a SIMD width; all compute the same bits, because each element of C is
 * one chain of fused multiply-adds, first k to last, whatever the vector it sits in.
 *
 * <p>Operands are <em>panels</em>: a panel of A holds {@code rows} rows, a panel of B {@code vectors * lanes} columns,
 * both k-major, so that step k reads {@code rows} floats of the one and {@code vectors * lanes} of the other, each next
 * to those of step k + 1.
 */
public interface MicroKernel {
  /** The rows that {@link #copy} copies. Few, so that what is read of them stays in the L1 cache. */
  int COPIED_ROWS = 4;

  /** The kernel for a width. Only this loads a class that needs the Vector API. */
  static MicroKernel of(Simd.Width width) {
    return switch (width) {
      case W512 -> new MicroKernel512();
      case W256 -> new MicroKernel256();
      case W128 -> new MicroKernel128();
      case SCALAR -> new MicroKernelScalar();
    };
  }

  /** Floats in a vector. */
  int lanes();

  /** The most rows of a panel of A. */
  int rows();

  /** The most vectors in a row of a panel of B. */
  int vectors();

  /** The most columns of a panel of B. */
  default int columns() {
    return vectors() * lanes();
  }

  /** The rows of the next panel of A when {@code left} rows are left: the largest size there is a kernel for. */
  default int panelRows(int left) {
    return left >= rows() ? rows() : Integer.highestOneBit(left);
  }

  /**
   * {@code c = from + a · b} for one block. {@code from} may be C itself (sums go on), one row for all rows
   * ({@code ldf = 0}: a bias, or zeros).
   *
   * @param rows rows of the block: {@link #rows()} or a smaller power of two
   * @param vectors columns of the block in vectors, 1 to {@link #vectors()}
   * @param a panel of A, {@code [depth, rows]}, from {@code ao}
   * @param b panel of B, {@code [depth, vectors * lanes]}, from {@code bo}
   * @param from where sums start, {@code [rows, vectors * lanes]} from {@code fo} with row stride {@code ldf}
   * @param c where sums go, {@code [rows, vectors * lanes]} from {@code co} with row stride {@code ldc}
   * @param depth steps of k
   */
  void multiply(
      int rows, int vectors, float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth);

  /**
   * Copies {@link #COPIED_ROWS} rows of one vector of each of some panels whose k goes down the rows of {@code from}.
   * Of each panel rows are stored in ascending order, so with {@code ldt < lanes} each store replaces what the one
   * before it wrote too much.
   *
   * @param width columns from one panel to the next in {@code from}, whose rows are {@code ldf} apart
   * @param ldt floats from one row of a panel to the next in {@code to}
   * @param panelStride floats from one panel to the next in {@code to}
   */
  void copy(float[] from, int fo, int ldf, int width, float[] to, int too, int ldt, int panelStride, int panels);

  /**
   * Transposes {@code blocks} blocks of {@link #lanes()} rows and columns that follow each other along the rows of
   * {@code from}. Row i of the result, at {@code too + i * ldt}, is column i of the source. Rows from {@code rows} on
   * repeat the last one. Results are stored in ascending order, so with {@code ldt < lanes} each store replaces what
   * the one before it wrote too much.
   */
  void transpose(float[] from, int fo, int ldf, int rows, float[] to, int too, int ldt, int blocks);

  /** The index vector, as floats, that interleaves two vectors from lane {@code first} on: a, b, a, b, ... */
  static float[] interleave(int lanes, int first) {
    var index = new float[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      index[lane] = first + lane / 2 + (lane % 2) * lanes;
    }
    return index;
  }
}
