package crema.tensor.cpu.gemm;

import crema.base.WorkerPool;
import crema.tensor.Orientation;
import crema.tensor.cpu.gemm.Product.Matrix;
import crema.tensor.cpu.simd.Simd;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of row-major floats, {@code C = op(A) · op(B)}, on all threads of a pool.
 *
 * <p>Operands are packed into panels that stream through the caches, as in Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication" (2008), and a {@link MicroKernel} multiplies them in registers.
 *
 * <p>Every element of C is computed in one order, whatever the number of threads, the SIMD width, and the other rows
 * and columns: a chain of fused multiply-adds over k, first to last, that starts at zero, at the bias, or at the old
 * C. Only a weight gradient, {@link Orientation#TN} with a long k and a small C, is a sum of several such chains, as
 * many as its shape says: each over an equal share of k, all but the first from zero, added in order.
 *
 * <p>Any thread may call, also from within a task of the pool. Products of several callers run one after the other.
 * Once the working memory has grown to what the largest product needs, a product allocates some hundred bytes that
 * describe it, whatever its size.
 */
public final class Gemm {
  /** Parts are this deep at least, so that adding them up costs little. */
  private static final int LEAST_PART_DEPTH = 512;

  private static final int MOST_PARTS = 8;

  /** Elements of a weight that are read before they are packed. */
  private static final int READ_AT_A_TIME = 1 << 17;

  /** Elements of C at most for a product in parts, each of which needs memory of that size. */
  private static final int MOST_PER_PART = 1 << 20;

  private final WorkerPool pool;
  private final MicroKernel kernel;
  private final Blocking blocking;
  private final GemmRun shared;
  private final GemmRun[] nested;

  /** Products on the threads of {@code pool} with the vectors that {@link Simd} chose. */
  public Gemm(WorkerPool pool) {
    this(pool, MicroKernel.of(Simd.width()), Blocking.DEFAULT);
  }

  Gemm(WorkerPool pool, MicroKernel kernel, Blocking blocking) {
    this.pool = pool;
    this.kernel = kernel;
    this.blocking = blocking;
    this.shared = new GemmRun(pool, kernel, blocking);
    this.nested = new GemmRun[pool.threads()];
    Arrays.setAll(nested, i -> new GemmRun(pool, kernel, blocking));
  }

  /**
   * {@code C = op(A) · op(B)}, or {@code C += op(A) · op(B)}.
   *
   * @param orientation which operands are stored transposed
   * @param m rows of C
   * @param n columns of C
   * @param k length of the sums
   * @param a A from {@code ao} with row stride {@code lda}: {@code [m, k]}, or {@code [k, m]} for TN
   * @param b B from {@code bo} with row stride {@code ldb}: {@code [k, n]}, or {@code [n, k]} for NT
   * @param c C from {@code co} with row stride {@code ldc}: {@code [m, n]}; must not overlap A or B
   * @param accumulate whether the product is added to what C holds
   * @throws IllegalArgumentException if an operand does not fit its array or its row stride
   */
  public void multiply(
      Orientation orientation, int m, int n, int k, float[] a, int ao, int lda, float[] b, int bo, int ldb,
      float[] c, int co, int ldc, boolean accumulate) {
    multiply(orientation, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate, null, 0, null);
  }

  /**
   * A linear layer, {@code Y = epilogue(X · Wᵀ + bias)}.
   *
   * @param rows rows of X and Y
   * @param out rows of W, columns of Y
   * @param in columns of X and W
   * @param x X {@code [rows, in]} from {@code xo} with row stride {@code ldx}
   * @param w W {@code [out, in]} from {@code wo} with row stride {@code ldw}
   * @param bias {@code [out]} from {@code biasOffset}, where the sums start; null for zero
   * @param epilogue applied to blocks of Y as they are finished; null for none
   * @param y Y {@code [rows, out]} from {@code yo} with row stride {@code ldy}; must not overlap X or W
   * @throws IllegalArgumentException if an operand does not fit its array or its row stride
   */
  public void linear(
      int rows, int out, int in, float[] x, int xo, int ldx, float[] w, int wo, int ldw,
      float @Nullable [] bias, int biasOffset, @Nullable Epilogue epilogue, float[] y, int yo, int ldy) {
    multiply(Orientation.NT, rows, out, in, x, xo, ldx, w, wo, ldw, y, yo, ldy, false, bias, biasOffset, epilogue);
  }

  /**
   * A linear layer whose weight was packed, {@code Y = epilogue(X · Wᵀ + bias)}: the bits of the other
   * {@code linear}, without the cost of packing W.
   *
   * @param rows rows of X and Y
   * @param x X {@code [rows, in]} from {@code xo} with row stride {@code ldx}
   * @param w W {@code [out, in]}, packed by this instance or by one of the same SIMD width
   * @param bias {@code [out]} from {@code biasOffset}, where the sums start; null for zero
   * @param epilogue applied to blocks of Y as they are finished; null for none
   * @param y Y {@code [rows, out]} from {@code yo} with row stride {@code ldy}; must not overlap X
   * @throws IllegalArgumentException if an operand does not fit its array or its row stride
   */
  public void linear(
      int rows, float[] x, int xo, int ldx, PackedPanels w,
      float @Nullable [] bias, int biasOffset, @Nullable Epilogue epilogue, float[] y, int yo, int ldy) {
    if (!w.isFor(kernel)) {
      throw new IllegalArgumentException("the matrix was packed for another SIMD width");
    }
    check("A", x, xo, ldx, rows, w.depth());
    checkResult(rows, w.columns(), y, yo, ldy, bias, biasOffset);
    var run = begin();
    try {
      run.multiplyPacked(new Product(Orientation.NT, rows, w.columns(), w.depth(), new Matrix(x, xo, ldx),
          w.matrix(), new Matrix(y, yo, ldy), start(run, w.columns(), bias, biasOffset), epilogue), w.halves());
    } finally {
      end(run);
    }
  }

  /**
   * Lays out a right-hand side for {@link #linear}.
   *
   * @param transposed whether {@code b} holds Bᵀ {@code [columns, depth]}, a weight {@code [out, in]}, rather than B
   *     {@code [depth, columns]}
   * @param columns columns of B
   * @param depth rows of B
   * @throws IllegalArgumentException if B does not fit its array or its row stride, or packed it would exceed an array
   */
  public PackedPanels pack(boolean transposed, int columns, int depth, float[] b, int bo, int ldb) {
    check("B", b, bo, ldb, transposed ? columns : depth, transposed ? depth : columns);
    var panels = new Panels(kernel);
    long floats = Scratch.ALIGNMENT + (long) panels.paddedColumns(columns) * depth;
    if (floats > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a matrix of " + depth + " x " + columns + " is too large to be packed into one array");
    }
    var packed = new float[(int) floats];
    int panelDepth = blocking.depthFor(depth);
    for (int k = 0; k < depth; k += panelDepth) {
      int first = bo + k * (transposed ? 1 : ldb);
      panels.packB(transposed, b, first, ldb, columns, Math.min(panelDepth, depth - k), packed,
          Scratch.ALIGNMENT + panels.paddedColumns(columns) * k);
    }
    return new PackedPanels(depth, columns, kernel, packed);
  }

  /** Gives rows of a weight {@code [out, in]}, one after the other. */
  @FunctionalInterface
  public interface RowReader {
    /** Copies so many rows from {@code first} on to where {@link Gemm#pack} was told that they go. */
    void read(int first, int rows);
  }

  /** How many rows of a weight {@code [columns, depth]} {@link #pack} reads at a time. */
  public int rowsAtATime(int columns, int depth) {
    int panels = Math.clamp(READ_AT_A_TIME / Math.max(1, depth) / kernel.columns(), 1, 1 << 16);
    return Math.min(columns, panels * kernel.columns());
  }

  /** The floats of working memory that {@link #pack} needs for panels of halves. */
  public int floatsToNarrow(int columns, int depth) {
    return new Panels(kernel).paddedColumns(rowsAtATime(columns, depth)) * Math.min(blocking.depthFor(depth), depth)
        + Scratch.ALIGNMENT;
  }

  /**
   * Lays out a weight {@code [columns, depth]} for {@link #linear}, reading some rows at a time.
   *
   * @param halves the type that the panels keep, for elements that have no more bits than that; null for floats
   * @param rows receives {@link #rowsAtATime} rows from {@code at} on
   * @param wide {@link #floatsToNarrow}; not used for panels of floats
   * @throws IllegalArgumentException if packed it would exceed an array
   */
  public PackedPanels pack(int columns, int depth, @Nullable Halves halves, float[] rows, int at, float[] wide,
      RowReader reader) {
    var panels = new Panels(kernel);
    int padded = panels.paddedColumns(columns);
    long floats = Scratch.ALIGNMENT + (long) padded * depth;
    if (floats > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a matrix of " + depth + " x " + columns + " is too large to be packed into one array");
    }
    float[] packed = halves == null ? new float[(int) floats] : new float[0];
    short[] narrow = halves == null ? new short[0] : new short[padded * depth];
    int panelDepth = blocking.depthFor(depth);
    int most = rowsAtATime(columns, depth);
    for (int column = 0; column < columns; column += most) {
      int some = Math.min(most, columns - column);
      reader.read(column, some);
      for (int k = 0; k < depth; k += panelDepth) {
        int steps = Math.min(panelDepth, depth - k);
        int to = padded * k + column * steps;
        if (halves == null) {
          panels.packB(true, rows, at + k, depth, some, steps, packed, Scratch.ALIGNMENT + to);
        } else {
          panels.packB(true, rows, at + k, depth, some, steps, wide, 0);
          halves.narrow(wide, 0, narrow, to, panels.paddedColumns(some) * steps);
        }
      }
    }
    return halves == null ? new PackedPanels(depth, columns, kernel, packed)
        : new PackedPanels(depth, columns, kernel, new PackedPanels.PackedHalves(halves, narrow));
  }

  /** The number of chains that make up each element of a product. */
  static int parts(Orientation orientation, int m, int n, int k) {
    boolean small = (long) m * n <= MOST_PER_PART;
    return orientation == Orientation.TN && small ? Math.clamp(k / LEAST_PART_DEPTH, 1, MOST_PARTS) : 1;
  }

  private void multiply(
      Orientation orientation, int m, int n, int k, float[] a, int ao, int lda, float[] b, int bo, int ldb,
      float[] c, int co, int ldc, boolean accumulate, float @Nullable [] bias, int biasOffset,
      @Nullable Epilogue epilogue) {
    check("A", a, ao, lda, orientation.aIsTransposed() ? k : m, orientation.aIsTransposed() ? m : k);
    check("B", b, bo, ldb, orientation.bIsTransposed() ? n : k, orientation.bIsTransposed() ? k : n);
    checkResult(m, n, c, co, ldc, bias, biasOffset);
    var run = begin();
    try {
      var target = new Matrix(c, co, ldc);
      run.multiply(new Product(orientation, m, n, k, new Matrix(a, ao, lda), new Matrix(b, bo, ldb), target,
          accumulate ? target : start(run, n, bias, biasOffset), epilogue));
    } finally {
      end(run);
    }
  }

  /** The working memory to use: each worker has its own for products inside tasks, which use no other thread. */
  private GemmRun begin() {
    int worker = pool.currentWorker();
    if (worker >= 0) {
      return nested[worker];
    }
    pool.beginExclusive();
    return shared;
  }

  private void end(GemmRun run) {
    run.release();
    if (run == shared) {
      pool.endExclusive();
    }
  }

  /** Where sums of a product that is not added to C start: at the bias, or at zero. */
  private static Matrix start(GemmRun run, int n, float @Nullable [] bias, int biasOffset) {
    return bias == null ? run.zeros(n) : new Matrix(bias, biasOffset, 0);
  }

  private static void checkResult(
      int m, int n, float[] c, int co, int ldc, float @Nullable [] bias, int biasOffset) {
    check("C", c, co, ldc, m, n);
    if (bias != null) {
      check("the bias", bias, biasOffset, n, 1, n);
    }
  }

  private static void check(String name, float[] array, int offset, int stride, int rows, int columns) {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(name + " has a negative size: " + rows + " x " + columns);
    }
    if (rows == 0 || columns == 0) {
      return;
    }
    if (stride < columns) {
      throw new IllegalArgumentException(name + " has rows of " + columns + " floats, but a row stride of " + stride);
    }
    long end = offset + (rows - 1L) * stride + columns;
    if (offset < 0 || end > array.length) {
      throw new IllegalArgumentException(name + ", " + rows + " x " + columns + " with row stride " + stride
          + ", takes floats " + offset + " to " + end + " of an array of " + array.length);
    }
  }
}
