package crema.tensor.cpu;

import crema.base.WorkerPool;
import crema.tensor.Orientation;
import org.jspecify.annotations.Nullable;

/**
 * One matrix product in progress, and the memory it works in, which is kept for the next.
 *
 * <p>There are two ways. With a shared B, all threads pack B, or as much of it as the cache that they share holds; then
 * each task multiplies some rows of A with it. With an own B, each task packs a block of B for itself: better where A
 * has few rows, and where k is cut into parts. Either way a task packs some rows of A at a time, just before they meet
 * the block of B; where they are to meet several blocks of B, it packs all its rows first.
 */
final class GemmRun {
  /**
   * Where panels start in an array of packed panels. An array's elements start 16 bytes after the array does; where
   * that is at the start of a cache line, as garbage collectors tend to put large arrays, so are the panels.
   */
  static final int ALIGNMENT = 12;

  /** Multiply-adds that a task should have at least, some microseconds' worth, so that handing it out is cheap. */
  private static final long WORTH_A_TASK = 1 << 18;

  /** So many tasks that the threads end at about the same time, whoever got which. */
  private static final int MANY_TASKS = 8;

  /** Floats of B that a task packs for all threads, at least. */
  private static final int WORTH_A_PACKING_TASK = 1 << 14;

  /**
   * Rows of op(A) that are packed at a time where k goes down the rows of A: a few cache lines of each row. Where k
   * goes along the rows, one panel at a time is better: it is still in the L1 cache when it is used.
   */
  private static final int TRANSPOSED_ROWS = 96;

  /** Elements of C to which a task adds the sums of the parts of k. */
  private static final int ADD_AT_A_TIME = 1 << 14;

  private static final int NOT_PACKED = -1;

  private static final float[] NONE = {};

  private final WorkerPool pool;
  private final MicroKernel kernel;
  private final Blocking blocking;
  private final Panels panels;
  private final int panelColumns;

  /** Packed B for all threads. */
  private float[] sharedPanels = NONE;
  /** Sums of all parts of k but the first, whose sums are in C: {@code [parts - 1, m, n]}. */
  private float[] partSums = NONE;
  private float[] zeros = NONE;
  private final Own[] own;

  private final WorkerPool.Task packShared = this::packShared;
  private final WorkerPool.Task multiplyWithShared = this::multiplyWithShared;
  private final WorkerPool.Task multiplyWithOwn = this::multiplyWithOwn;
  private final WorkerPool.Task addParts = this::addParts;

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

  // What the tasks that run now are to do.
  /** Packed B: {@link #sharedPanels}, or a {@link PackedPanels}. */
  private float[] panelsOfB = NONE;
  /** The columns and steps of k that are in {@link #panelsOfB}. */
  private int roundColumn;
  private int roundColumns;
  private int roundStep;
  private int roundDepth;
  /** Steps of k in a panel. */
  private int depth;
  private int parts;
  private int partDepth;
  private int taskRows;
  private int taskColumns;

  /** The memory of one worker. */
  private static final class Own {
    float[] panelsOfA = NONE;
    /** Takes the place of C where a panel of B is wider than what is left of C's row. */
    final float[] tile;
    float[] panelsOfB = NONE;

    Own(MicroKernel kernel) {
      tile = new float[kernel.rows() * kernel.columns()];
    }
  }

  GemmRun(WorkerPool pool, MicroKernel kernel, Blocking blocking) {
    this.pool = pool;
    this.kernel = kernel;
    this.blocking = blocking;
    panels = new Panels(kernel);
    panelColumns = kernel.columns();
    own = new Own[pool.threads()];
    for (int worker = 0; worker < own.length; worker++) {
      own[worker] = new Own(kernel);
    }
  }

  void multiply(
      Orientation orientation, int m, int n, int k, float[] a, int ao, int lda, float[] b, int bo, int ldb,
      float[] c, int co, int ldc, boolean accumulate, float @Nullable [] bias, int biasOffset,
      @Nullable Epilogue epilogue) {
    if (!prepare(orientation, m, n, k, a, ao, lda, c, co, ldc, accumulate, bias, biasOffset, epilogue)) {
      return;
    }
    this.b = b;
    this.bo = bo;
    this.ldb = ldb;
    parts = Gemm.parts(orientation, m, n, k);
    if (parts > 1 || m < n && m <= blocking.ownRows()) {
      withOwn();
    } else {
      withShared();
    }
  }

  void multiply(
      int m, float[] a, int ao, int lda, PackedPanels b, float[] c, int co, int ldc,
      float @Nullable [] bias, int biasOffset, @Nullable Epilogue epilogue) {
    int k = b.depth();
    if (!prepare(
        Orientation.NT, m, b.columns(), k, a, ao, lda, c, co, ldc, false, bias, biasOffset, epilogue)) {
      return;
    }
    depth = blocking.depthFor(k);
    round(b.panels, 0, n, 0, k);
    int rowTasks = Math.max(ceilDiv(m, blocking.rows()), Math.clamp(m / (4 * kernel.rows()), 1, MANY_TASKS));
    int columnTasks = Math.clamp(worthTasks() / rowTasks, 1, ceilDiv(MANY_TASKS, rowTasks));
    taskRows = share(m, rowTasks, kernel.rows());
    taskColumns = share(n, columnTasks, panelColumns);
    pool.run(ceilDiv(m, taskRows) * ceilDiv(n, taskColumns), multiplyWithShared);
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

  /** Stores what all products have; false if nothing is left to do. */
  private boolean prepare(
      Orientation orientation, int m, int n, int k, float[] a, int ao, int lda, float[] c, int co, int ldc,
      boolean accumulate, float @Nullable [] bias, int biasOffset, @Nullable Epilogue epilogue) {
    if (m == 0 || n == 0) {
      return false;
    }
    this.orientation = orientation;
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a;
    this.ao = ao;
    this.lda = lda;
    this.c = c;
    this.co = co;
    this.ldc = ldc;
    this.epilogue = epilogue;
    if (zeros.length < n) {
      zeros = new float[n];
    }
    if (accumulate) {
      startFrom(c, co, ldc);
    } else if (bias != null) {
      startFrom(bias, biasOffset, 0);
    } else {
      startFrom(zeros, 0, 0);
    }
    if (k == 0) {
      copyRows(start, startOffset, startStride, c, co, ldc, m, n);
      finish(0, m, 0, n);
      return false;
    }
    return true;
  }

  private void startFrom(float[] start, int offset, int stride) {
    this.start = start;
    startOffset = offset;
    startStride = stride;
  }

  private void round(float[] panelsOfB, int column, int columns, int step, int depth) {
    this.panelsOfB = panelsOfB;
    roundColumn = column;
    roundColumns = columns;
    roundStep = step;
    roundDepth = depth;
  }

  /** B is packed for all, in rounds; tasks take rows of A. */
  private void withShared() {
    depth = blocking.depthFor(k);
    int columns = Math.min(n, Math.max(1, blocking.sharedFloats() / depth / panelColumns) * panelColumns);
    int depths = Math.max(1, blocking.sharedFloats() / panels.paddedColumns(columns) / depth) * depth;
    sharedPanels = grown(sharedPanels, (long) panels.paddedColumns(columns) * Math.min(depths, k));
    for (int column = 0; column < n; column += columns) {
      for (int step = 0; step < k; step += depths) {
        round(sharedPanels, column, Math.min(columns, n - column), step, Math.min(depths, k - step));
        long packingTasks = Math.min((long) roundColumns * roundDepth / WORTH_A_PACKING_TASK, 64);
        taskColumns = share(roundColumns, (int) Math.max(1, packingTasks), panelColumns);
        pool.run(ceilDiv(roundColumns, taskColumns), packShared);
        int rowTasks = Math.max(MANY_TASKS, ceilDiv(m, blocking.rows()));
        taskRows = share(m, Math.min(worthTasks(), rowTasks), kernel.rows());
        taskColumns = roundColumns;
        pool.run(ceilDiv(m, taskRows), multiplyWithShared);
      }
    }
  }

  /** Tasks take a block of B and pack it, and many rows of A, and a part of k. */
  private void withOwn() {
    round(NONE, 0, n, 0, k);
    partDepth = ceilDiv(k, parts);
    depth = blocking.depthFor(partDepth);
    partSums = grown(partSums, (parts - 1L) * m * n);
    int rowTasks = ceilDiv(m, blocking.ownRows());
    int columnTasks = Math.max(ceilDiv(n, blocking.columns()), Math.min(worthTasks(), MANY_TASKS) / rowTasks / parts);
    taskRows = share(m, rowTasks, kernel.rows());
    taskColumns = share(n, columnTasks, panelColumns);
    pool.run(parts * ceilDiv(m, taskRows) * ceilDiv(n, taskColumns), multiplyWithOwn);
    if (parts > 1) {
      taskRows = ceilDiv(ADD_AT_A_TIME, n);
      pool.run(ceilDiv(m, taskRows), addParts);
    }
  }

  /** How many tasks of this round are worth handing out. */
  private int worthTasks() {
    return (int) Math.clamp((long) m * roundColumns * roundDepth / WORTH_A_TASK, 1, Integer.MAX_VALUE);
  }

  private static float[] grown(float[] array, long floats) {
    long length = ALIGNMENT + floats;
    return array.length >= length ? array : new float[Math.toIntExact(length + length / 4)];
  }

  private void packShared(int task, int worker) {
    int column = task * taskColumns;
    int columns = Math.min(taskColumns, roundColumns - column);
    int padded = panels.paddedColumns(roundColumns);
    for (int step = 0; step < roundDepth; step += depth) {
      int steps = Math.min(depth, roundDepth - step);
      packB(roundColumn + column, columns, roundStep + step, steps,
          sharedPanels, ALIGNMENT + padded * step + column * steps);
    }
  }

  private void packB(int column, int columns, int step, int steps, float[] to, int offset) {
    boolean transposed = orientation.bIsTransposed();
    int first = bo + (transposed ? column * ldb + step : step * ldb + column);
    panels.packB(transposed, b, first, ldb, columns, steps, to, offset);
  }

  /** A task of {@link #withShared}: some rows, and all columns of the round or, where B was packed before, some. */
  private void multiplyWithShared(int task, int worker) {
    int columnTasks = ceilDiv(roundColumns, taskColumns);
    int row = task / columnTasks * taskRows;
    int rows = Math.min(taskRows, m - row);
    int firstColumn = task % columnTasks * taskColumns;
    int lastColumn = Math.min(roundColumns, firstColumn + taskColumns);
    int padded = panels.paddedColumns(roundColumns);
    var memory = own[worker];
    boolean packed = lastColumn - firstColumn > blocking.columns();
    if (packed) {
      memory.panelsOfA = grown(memory.panelsOfA, (long) rows * roundDepth + kernel.lanes());
      for (int step = 0; step < roundDepth; step += depth) {
        packA(row, rows, roundStep + step, Math.min(depth, roundDepth - step), memory, ALIGNMENT + rows * step);
      }
    }
    for (int column = firstColumn; column < lastColumn; column += blocking.columns()) {
      int columns = Math.min(blocking.columns(), lastColumn - column);
      int to = co + row * ldc + roundColumn + column;
      for (int step = 0; step < roundDepth; step += depth) {
        int steps = Math.min(depth, roundDepth - step);
        int blockOfA = packed ? ALIGNMENT + rows * step : NOT_PACKED;
        int blockOfB = ALIGNMENT + padded * step + column * steps;
        if (roundStep + step == 0) {
          multiplyBlock(row, rows, columns, 0, steps, blockOfA, panelsOfB, blockOfB,
              start, startOffset + row * startStride + roundColumn + column, startStride, c, to, ldc, memory);
        } else {
          multiplyBlock(row, rows, columns, roundStep + step, steps, blockOfA, panelsOfB, blockOfB,
              c, to, ldc, c, to, ldc, memory);
        }
      }
      if (roundStep + roundDepth == k) {
        finish(row, rows, roundColumn + column, columns);
      }
    }
  }

  /** A task of {@link #withOwn}: a part of k, some rows, some columns. */
  private void multiplyWithOwn(int task, int worker) {
    int columnTasks = ceilDiv(n, taskColumns);
    int rowTasks = ceilDiv(m, taskRows);
    int part = task / columnTasks / rowTasks;
    int row = task / columnTasks % rowTasks * taskRows;
    int rows = Math.min(taskRows, m - row);
    int column = task % columnTasks * taskColumns;
    int columns = Math.min(taskColumns, n - column);
    int first = part * partDepth;
    int end = Math.min(k, first + partDepth);
    float[] sums = part == 0 ? c : partSums;
    int stride = part == 0 ? ldc : n;
    int to = (part == 0 ? co : ALIGNMENT + (part - 1) * m * n) + row * stride + column;
    var memory = own[worker];
    memory.panelsOfB = grown(memory.panelsOfB, (long) panels.paddedColumns(columns) * depth);
    for (int step = first; step < end; step += depth) {
      int steps = Math.min(depth, end - step);
      packB(column, columns, step, steps, memory.panelsOfB, ALIGNMENT);
      if (step > first) {
        multiplyBlock(row, rows, columns, step, steps, NOT_PACKED, memory.panelsOfB, ALIGNMENT,
            sums, to, stride, sums, to, stride, memory);
      } else if (part > 0) {
        multiplyBlock(row, rows, columns, step, steps, NOT_PACKED, memory.panelsOfB, ALIGNMENT,
            zeros, 0, 0, sums, to, stride, memory);
      } else {
        multiplyBlock(row, rows, columns, step, steps, NOT_PACKED, memory.panelsOfB, ALIGNMENT,
            start, startOffset + row * startStride + column, startStride, sums, to, stride, memory);
      }
    }
    if (parts == 1) {
      finish(row, rows, column, columns);
    }
  }

  /** The last step of a product in parts, some rows. */
  private void addParts(int task, int worker) {
    int row = task * taskRows;
    int rows = Math.min(taskRows, m - row);
    for (int i = row; i < row + rows; i++) {
      for (int part = 1; part < parts; part++) {
        add(partSums, ALIGNMENT + ((part - 1) * m + i) * n, c, co + i * ldc, n);
      }
    }
    finish(row, rows, 0, n);
  }

  private static void add(float[] from, int fo, float[] to, int too, int count) {
    for (int i = 0; i < count; i++) {
      to[too + i] += from[fo + i];
    }
  }

  private void finish(int row, int rows, int column, int columns) {
    if (epilogue != null) {
      epilogue.apply(c, co + row * ldc + column, ldc, row, column, rows, columns);
    }
  }

  /**
   * {@code to = from + op(A) · op(B)} for some rows of A, some steps of k, and a packed block of B.
   *
   * @param blockOfA where the rows were packed, or {@link #NOT_PACKED}
   * @param blockOfB where the block starts in {@code panelsOfB}
   */
  private void multiplyBlock(
      int row, int rows, int columns, int step, int steps, int blockOfA, float[] panelsOfB, int blockOfB,
      float[] from, int fo, int ldf, float[] to, int too, int ldt, Own memory) {
    if (blockOfA != NOT_PACKED) {
      multiplyPanels(rows, columns, steps, blockOfA, panelsOfB, blockOfB, from, fo, ldf, to, too, ldt, memory);
      return;
    }
    int atATime = orientation.aIsTransposed() ? TRANSPOSED_ROWS : kernel.rows();
    memory.panelsOfA = grown(memory.panelsOfA, (long) atATime * steps + kernel.lanes());
    for (int i = 0; i < rows; i += atATime) {
      int some = Math.min(atATime, rows - i);
      packA(row + i, some, step, steps, memory, ALIGNMENT);
      multiplyPanels(some, columns, steps, ALIGNMENT, panelsOfB, blockOfB, from, fo + i * ldf, ldf,
          to, too + i * ldt, ldt, memory);
    }
  }

  private void packA(int row, int rows, int step, int steps, Own memory, int offset) {
    boolean transposed = orientation.aIsTransposed();
    int first = ao + (transposed ? step * lda + row : row * lda + step);
    panels.packA(transposed, a, first, lda, rows, steps, memory.panelsOfA, offset);
  }

  /** Multiplies packed rows of A, whose panels start at {@code blockOfA}, and a packed block of B. */
  private void multiplyPanels(
      int rows, int columns, int steps, int blockOfA, float[] panelsOfB, int blockOfB,
      float[] from, int fo, int ldf, float[] to, int too, int ldt, Own memory) {
    for (int i = 0; i < rows; ) {
      int height = kernel.panelRows(rows - i);
      int panelOfA = blockOfA + i * steps;
      for (int j = 0; j < columns; j += panelColumns) {
        int width = Math.min(panelColumns, columns - j);
        int vectors = ceilDiv(width, kernel.lanes());
        int f = fo + i * ldf + j;
        int t = too + i * ldt + j;
        if (width == vectors * kernel.lanes()) {
          kernel.multiply(height, vectors, memory.panelsOfA, panelOfA, panelsOfB, blockOfB + j * steps,
              from, f, ldf, to, t, ldt, steps);
        } else {
          copyRows(from, f, ldf, memory.tile, 0, panelColumns, height, width);
          kernel.multiply(height, vectors, memory.panelsOfA, panelOfA, panelsOfB, blockOfB + j * steps,
              memory.tile, 0, panelColumns, memory.tile, 0, panelColumns, steps);
          copyRows(memory.tile, 0, panelColumns, to, t, ldt, height, width);
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
