package crema.tensor.cpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One matrix product in progress, and the memory it works in, which is kept for the next.
 *
 * <p>The smaller operand is packed first, by all threads, for all of them. Then each task takes some rows of A (or
 * columns of B, if A is the smaller), packs them for itself, and multiplies them with all of the shared operand.
 */
final class GemmRun {
  /**
   * Where panels start in an array of packed panels. An array's elements start 16 bytes after the array does; where
   * that is at the start of a cache line, as the garbage collectors do for large arrays, so are the panels.
   */
  static final int ALIGNMENT = 12;

  /** Multiply-adds that a task should have at least, some microseconds' worth, so that handing it out is cheap. */
  private static final long WORTH_A_TASK = 1 << 18;

  /** So many tasks that the threads end at about the same time, whoever got which. */
  private static final int MANY_TASKS = 8;

  private static final float[] NONE = {};

  private final WorkerPool pool;
  private final MicroKernel kernel;
  private final Blocking blocking;
  private final Panels panels;
  private final int panelColumns;

  private float[] sharedPanels = NONE;
  private float[] zeros = NONE;
  /** By worker. */
  private final float[][] ownPanels;
  private final float[][] tiles;

  private final WorkerPool.Task packSharedA = this::packSharedA;
  private final WorkerPool.Task packSharedB = this::packSharedB;
  private final WorkerPool.Task multiplyRows = this::multiplyRows;
  private final WorkerPool.Task multiplyColumns = this::multiplyColumns;

  // The product.
  private Orientation orientation = Orientation.NN;
  private int m;
  private int n;
  private int k;
  private float[] a = NONE;
  private int ao;
  private int lda;
  private float[] b = NONE;
  private int bo;
  private int ldb;
  private float[] c = NONE;
  private int co;
  private int ldc;
  private @Nullable Epilogue epilogue;
  /** Where sums start: element (i, j) at {@code startOffset + i * startStride + j}. */
  private float[] start = NONE;
  private int startOffset;
  private int startStride;

  // The part of it that is being computed: rows, columns and steps of k of this round.
  private int roundRow;
  private int roundRows;
  private int roundColumn;
  private int roundColumns;
  private int roundStep;
  private int roundDepth;
  /** Packed B of this round: {@link #sharedPanels} or those of a {@link PackedMatrix}. */
  private float[] panelsOfB = NONE;
  private int taskRows;
  private int taskColumns;

  GemmRun(WorkerPool pool, MicroKernel kernel, Blocking blocking) {
    this.pool = pool;
    this.kernel = kernel;
    this.blocking = blocking;
    panels = new Panels(kernel);
    panelColumns = kernel.columns();
    ownPanels = new float[pool.threads()][];
    Arrays.fill(ownPanels, NONE);
    tiles = new float[pool.threads()][kernel.rows() * kernel.columns()];
  }

  void multiply(
      Orientation orientation, int m, int n, int k, float[] a, int ao, int lda, float[] b, int bo, int ldb,
      float[] c, int co, int ldc, boolean accumulate, float @Nullable [] bias, int biasOffset,
      @Nullable Epilogue epilogue) {
    if (!prepare(m, n, k, c, co, ldc, accumulate, bias, biasOffset, epilogue)) {
      return;
    }
    this.orientation = orientation;
    this.a = a;
    this.ao = ao;
    this.lda = lda;
    this.b = b;
    this.bo = bo;
    this.ldb = ldb;
    if (m >= n) {
      shareB();
    } else {
      shareA();
    }
  }

  void multiply(
      int m, float[] a, int ao, int lda, PackedMatrix b, float[] c, int co, int ldc,
      float @Nullable [] bias, int biasOffset, @Nullable Epilogue epilogue) {
    if (!prepare(m, b.columns(), b.depth(), c, co, ldc, false, bias, biasOffset, epilogue)) {
      return;
    }
    this.orientation = Orientation.NT;
    this.a = a;
    this.ao = ao;
    this.lda = lda;
    round(0, m, 0, n, 0, k);
    panelsOfB = b.panels;
    int rowTasks = ceilDiv(m, blocking.rows());
    int columnTasks = rowTasks >= MANY_TASKS
        ? 1 : Math.clamp((long) m * n * k / WORTH_A_TASK / rowTasks, 1, ceilDiv(n, panelColumns));
    taskRows = share(m, rowTasks, kernel.rows());
    taskColumns = share(n, columnTasks, panelColumns);
    pool.run(ceilDiv(m, taskRows) * ceilDiv(n, taskColumns), multiplyRows);
  }

  /** Drops the caller's arrays, so that they can be collected. */
  void release() {
    a = NONE;
    b = NONE;
    c = NONE;
    start = NONE;
    panelsOfB = NONE;
    epilogue = null;
  }

  /** Stores what the operands have in common; false if nothing is left to do. */
  private boolean prepare(
      int m, int n, int k, float[] c, int co, int ldc, boolean accumulate, float @Nullable [] bias, int biasOffset,
      @Nullable Epilogue epilogue) {
    if (m == 0 || n == 0) {
      return false;
    }
    this.m = m;
    this.n = n;
    this.k = k;
    this.c = c;
    this.co = co;
    this.ldc = ldc;
    this.epilogue = epilogue;
    if (accumulate) {
      startFrom(c, co, ldc);
    } else if (bias != null) {
      startFrom(bias, biasOffset, 0);
    } else {
      if (zeros.length < n) {
        zeros = new float[n];
      }
      startFrom(zeros, 0, 0);
    }
    if (k == 0) {
      for (int i = 0; i < m; i++) {
        System.arraycopy(start, startOffset + i * startStride, c, co + i * ldc, n);
      }
      if (epilogue != null) {
        epilogue.apply(c, co, ldc, 0, 0, m, n);
      }
      return false;
    }
    return true;
  }

  private void startFrom(float[] start, int offset, int stride) {
    this.start = start;
    startOffset = offset;
    startStride = stride;
  }

  private void round(int row, int rows, int column, int columns, int step, int depth) {
    roundRow = row;
    roundRows = rows;
    roundColumn = column;
    roundColumns = columns;
    roundStep = step;
    roundDepth = depth;
  }

  /** B is packed for all, in rounds of so much as the cache that threads share holds; tasks take rows of A. */
  private void shareB() {
    int depth = Math.min(k, blocking.sharedDepth());
    int columns = Math.max(panelColumns, blocking.shared() / depth / panelColumns * panelColumns);
    for (int column = 0; column < n; column += columns) {
      for (int step = 0; step < k; step += depth) {
        round(0, m, column, Math.min(columns, n - column), step, Math.min(depth, k - step));
        growSharedPanels((long) panels.paddedColumns(roundColumns) * roundDepth);
        panelsOfB = sharedPanels;
        taskColumns = share(roundColumns, tasksFor(roundColumns, 2 * panelColumns, roundDepth), panelColumns);
        pool.run(ceilDiv(roundColumns, taskColumns), packSharedB);
        taskRows = share(m, Math.min(ceilDiv(m, blocking.rows()), worthTasks()), kernel.rows());
        taskColumns = roundColumns;
        pool.run(ceilDiv(m, taskRows), multiplyRows);
      }
    }
  }

  /** A is packed for all, in rounds; tasks take columns of B. */
  private void shareA() {
    int depth = Math.min(k, blocking.sharedDepth());
    int rows = Math.max(kernel.rows(), blocking.shared() / depth / kernel.rows() * kernel.rows());
    for (int row = 0; row < m; row += rows) {
      for (int step = 0; step < k; step += depth) {
        round(row, Math.min(rows, m - row), 0, n, step, Math.min(depth, k - step));
        growSharedPanels((long) roundRows * roundDepth);
        taskRows = share(roundRows, tasksFor(roundRows, 2 * kernel.rows(), roundDepth), kernel.rows());
        pool.run(ceilDiv(roundRows, taskRows), packSharedA);
        int columnTasks = Math.max(ceilDiv(n, blocking.columns()), Math.min(ceilDiv(n, 2 * panelColumns), worthTasks()));
        taskColumns = share(n, columnTasks, panelColumns);
        pool.run(ceilDiv(n, taskColumns), multiplyColumns);
      }
    }
  }

  private int worthTasks() {
    return (int) Math.clamp((long) roundRows * roundColumns * roundDepth / WORTH_A_TASK, 1, 64);
  }

  private static int tasksFor(int lines, int atLeast, int depth) {
    return (int) Math.clamp((long) lines * depth >> 14, 1, ceilDiv(lines, atLeast));
  }

  private void growSharedPanels(long floats) {
    sharedPanels = grown(sharedPanels, floats);
  }

  private static float[] grown(float[] array, long floats) {
    long length = ALIGNMENT + floats;
    return array.length >= length ? array : new float[Math.toIntExact(length + length / 4)];
  }

  private void packSharedA(int task, int worker) {
    int row = task * taskRows;
    int rows = Math.min(taskRows, roundRows - row);
    for (int step = 0; step < roundDepth; step += blocking.depth()) {
      int depth = Math.min(blocking.depth(), roundDepth - step);
      packA(roundRow + row, rows, step, depth, sharedPanels, ALIGNMENT + roundRows * step + row * depth);
    }
  }

  private void packSharedB(int task, int worker) {
    int column = task * taskColumns;
    int columns = Math.min(taskColumns, roundColumns - column);
    int padded = panels.paddedColumns(roundColumns);
    for (int step = 0; step < roundDepth; step += blocking.depth()) {
      int depth = Math.min(blocking.depth(), roundDepth - step);
      packB(roundColumn + column, columns, step, depth, sharedPanels, ALIGNMENT + padded * step + column * depth);
    }
  }

  private void packA(int row, int rows, int step, int depth, float[] to, int offset) {
    boolean transposed = orientation.aIsTransposed();
    int s = roundStep + step;
    panels.packA(transposed, a, ao + (transposed ? s * lda + row : row * lda + s), lda, rows, depth, to, offset);
  }

  private void packB(int column, int columns, int step, int depth, float[] to, int offset) {
    boolean transposed = orientation.bIsTransposed();
    int s = roundStep + step;
    panels.packB(
        transposed, b, bo + (transposed ? column * ldb + s : s * ldb + column), ldb, columns, depth, to, offset);
  }

  /** A task of {@link #shareB}: some rows, and all columns of the round or, where B was packed before, some. */
  private void multiplyRows(int task, int worker) {
    int columnTasks = ceilDiv(roundColumns, taskColumns);
    int row = task / columnTasks * taskRows;
    int rows = Math.min(taskRows, m - row);
    int firstColumn = task % columnTasks * taskColumns;
    int lastColumn = Math.min(roundColumns, firstColumn + taskColumns);
    ownPanels[worker] = grown(ownPanels[worker], (long) rows * roundDepth);
    float[] own = ownPanels[worker];
    for (int step = 0; step < roundDepth; step += blocking.depth()) {
      packA(row, rows, step, Math.min(blocking.depth(), roundDepth - step), own, ALIGNMENT + rows * step);
    }
    int padded = panels.paddedColumns(roundColumns);
    for (int column = firstColumn; column < lastColumn; column += blocking.columns()) {
      int columns = Math.min(blocking.columns(), lastColumn - column);
      for (int step = 0; step < roundDepth; step += blocking.depth()) {
        int depth = Math.min(blocking.depth(), roundDepth - step);
        multiplyBlock(own, ALIGNMENT + rows * step, panelsOfB, ALIGNMENT + padded * step + column * depth, depth,
            row, rows, roundColumn + column, columns, roundStep + step, tiles[worker]);
      }
      finish(row, rows, roundColumn + column, columns);
    }
  }

  /** A task of {@link #shareA}: all rows of the round, some columns. */
  private void multiplyColumns(int task, int worker) {
    int column = task * taskColumns;
    int columns = Math.min(taskColumns, n - column);
    long floats = (long) panels.paddedColumns(columns) * Math.min(blocking.depth(), roundDepth);
    ownPanels[worker] = grown(ownPanels[worker], floats);
    float[] own = ownPanels[worker];
    for (int step = 0; step < roundDepth; step += blocking.depth()) {
      int depth = Math.min(blocking.depth(), roundDepth - step);
      packB(column, columns, step, depth, own, ALIGNMENT);
      multiplyBlock(sharedPanels, ALIGNMENT + roundRows * step, own, ALIGNMENT, depth,
          roundRow, roundRows, column, columns, roundStep + step, tiles[worker]);
    }
    finish(roundRow, roundRows, column, columns);
  }

  private void finish(int row, int rows, int column, int columns) {
    if (epilogue != null && roundStep + roundDepth == k) {
      epilogue.apply(c, co + row * ldc + column, ldc, row, column, rows, columns);
    }
  }

  /** Adds steps {@code step} to {@code step + depth} to a block of C, {@code [rows, columns]} from (row, column). */
  private void multiplyBlock(
      float[] a, int ao, float[] b, int bo, int depth, int row, int rows, int column, int columns, int step,
      float[] tile) {
    boolean started = step > 0;
    float[] from = started ? c : start;
    int ldf = started ? ldc : startStride;
    int fo = (started ? co : startOffset) + row * ldf + column;
    int first = co + row * ldc + column;
    for (int i = 0; i < rows; ) {
      int height = kernel.panelRows(rows - i);
      for (int j = 0; j < columns; j += panelColumns) {
        int width = Math.min(panelColumns, columns - j);
        int vectors = ceilDiv(width, kernel.lanes());
        int f = fo + i * ldf + j;
        int to = first + i * ldc + j;
        if (width == vectors * kernel.lanes()) {
          kernel.multiply(height, vectors, a, ao + i * depth, b, bo + j * depth, from, f, ldf, c, to, ldc, depth);
        } else {
          // The last vector goes beyond C's last column: sums go through a tile of whole vectors.
          copyRows(from, f, ldf, tile, 0, panelColumns, height, width);
          kernel.multiply(height, vectors, a, ao + i * depth, b, bo + j * depth, tile, 0, panelColumns,
              tile, 0, panelColumns, depth);
          copyRows(tile, 0, panelColumns, c, to, ldc, height, width);
        }
      }
      i += height;
    }
  }

  private static void copyRows(
      float[] from, int fo, int ldf, float[] to, int too, int ldt, int rows, int columns) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, fo + i * ldf, to, too + i * ldt, columns);
    }
  }

  /** The size of each of about {@code shares} equal shares, in whole units. */
  private static int share(int total, int shares, int unit) {
    return ceilDiv(ceilDiv(total, shares), unit) * unit;
  }

  private static int ceilDiv(int x, int y) {
    return Math.ceilDiv(x, y);
  }
}
