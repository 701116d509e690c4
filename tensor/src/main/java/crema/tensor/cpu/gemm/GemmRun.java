package crema.tensor.cpu.gemm;

import crema.base.WorkerPool;
import crema.tensor.Orientation;
import crema.tensor.cpu.gemm.PackedPanels.PackedHalves;
import crema.tensor.cpu.gemm.Product.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one {@link Product} at a time, in the memory of a {@link Scratch}.
 *
 * <p>There are two ways. With a shared B, all threads pack B, or as much of it as the cache that they share holds: that
 * is a round; then each task multiplies some rows of A with it. With an own B, each task packs a block of B for itself:
 * better where A has few rows, and where k is cut into parts. Either way a task packs some rows of A at a time, just
 * before they meet the block of B; where they are to meet several blocks of B, it packs all its rows first.
 *
 * <pre>
 *               A [m, k]                   B [k, n]                            C [m, n]
 *              depth  depth                block of columns                    block
 *            ┌──────┬──────┐           ┌──┬──┬──┬──╥──┬──┬──┐            ┌───────────╥────────┐
 *   panel of │▒▒▒▒▒▒│      │     depth │  │▓▓│  │  ║  │  │  │            │   ██      ║        │
 *    rows    ├──────┼──────┤   ·       ├──┼──┼──┼──╫──┼──┼──┤     =      ├───────────╫────────┤
 *            │      │      │     depth │  │  │  │  ║  │  │  │            │           ║        │
 *            ├──────┼──────┤           └──┴──┴──┴──╨──┴──┴──┘            ├───────────╫────────┤
 *            │      │      │          panels of columns, a few           │           ║        │
 *            └──────┴──────┘          vectors wide each                  └───────────╨────────┘
 * </pre>
 *
 * <p>The {@link MicroKernel} multiplies a panel of A ▒, which stays in the L1 cache, with one panel of B after the
 * other ▓, whose block stays in the L2 cache; the sums █ stay in registers. Within a panel k is the outer dimension, so
 * that both are read from front to end. {@link Blocking} says how large all of this is.
 */
final class GemmRun {
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

  private final WorkerPool pool;
  private final MicroKernel kernel;
  private final Blocking blocking;
  private final Panels panels;
  private final int panelColumns;
  private final Scratch scratch;

  private final WorkerPool.Task packShared = this::packShared;
  private final WorkerPool.Task multiplyWithShared = this::multiplyWithShared;
  private final WorkerPool.Task multiplyWithOwn = this::multiplyWithOwn;
  private final WorkerPool.Task addParts = this::addParts;

  /** What is being carried out; null between products, so that the caller's arrays can be collected. */
  private @Nullable Product current;

  // What the tasks that run now are to do.
  private Round round = Round.NONE;
  /** B, if it is packed in 16 bits: each task widens the block that it multiplies with. */
  private @Nullable PackedHalves halves;
  /** Steps of k in a panel. */
  private int depth;
  private int parts;
  private int partDepth;
  private int taskRows;
  private int taskColumns;
  /** Where the sums of all parts of k but the first start. */
  private Matrix zeros;

  /**
   * A part of B that is packed for all threads.
   *
   * @param panels where it is packed, from {@link Scratch#ALIGNMENT} on: {@link Scratch#panelsOfB}, or a
   *     {@link PackedPanels}
   * @param column its first column
   * @param columns how many columns
   * @param step its first step of k
   * @param depth how many steps
   */
  private record Round(float[] panels, int column, int columns, int step, int depth) {
    static final Round NONE = new Round(new float[0], 0, 0, 0, 0);
  }

  GemmRun(WorkerPool pool, MicroKernel kernel, Blocking blocking) {
    this.pool = pool;
    this.kernel = kernel;
    this.blocking = blocking;
    panels = new Panels(kernel);
    panelColumns = kernel.columns();
    scratch = new Scratch(pool.threads(), kernel);
    zeros = scratch.zeros(0);
  }

  /** A row of zeros to start sums from. */
  Matrix zeros(int n) {
    return scratch.zeros(n);
  }

  void multiply(Product product) {
    if (!begin(product)) {
      return;
    }
    parts = Gemm.parts(product.orientation(), product.m(), product.n(), product.k());
    if (parts > 1 || product.m() < product.n() && product.m() <= blocking.ownRows()) {
      withOwn(product);
    } else {
      withShared(product);
    }
  }

  /** A product whose B is that of a {@link PackedPanels}. */
  void multiplyPacked(Product product, @Nullable PackedHalves packedHalves) {
    if (!begin(product)) {
      return;
    }
    halves = packedHalves;
    int m = product.m();
    depth = blocking.depthFor(product.k());
    round = new Round(product.b().array(), 0, product.n(), 0, product.k());
    int rowTasks = Math.max(ceilDiv(m, blocking.rows()), Math.clamp(m / (4 * kernel.rows()), 1, MANY_TASKS));
    int columnTasks = Math.clamp(worthTasks(product) / rowTasks, 1, ceilDiv(MANY_TASKS, rowTasks));
    taskRows = share(m, rowTasks, kernel.rows());
    taskColumns = share(product.n(), columnTasks, panelColumns);
    pool.run(ceilDiv(m, taskRows) * ceilDiv(product.n(), taskColumns), multiplyWithShared);
  }

  /** Starts a product; false if no sums are left to compute. */
  private boolean begin(Product product) {
    if (product.m() == 0 || product.n() == 0) {
      return false;
    }
    if (product.k() == 0) {
      product.copyStart();
      product.finish(0, product.m(), 0, product.n());
      return false;
    }
    current = product;
    return true;
  }

  /** Drops the caller's arrays, so that they can be collected. */
  void release() {
    current = null;
    halves = null;
    round = Round.NONE;
  }

  private Product product() {
    Product product = current;
    if (product == null) {
      throw new IllegalStateException("no product is being carried out");
    }
    return product;
  }

  /** B is packed for all, in rounds; tasks take rows of A. */
  private void withShared(Product product) {
    int m = product.m();
    int n = product.n();
    int k = product.k();
    depth = blocking.depthFor(k);
    int columns = Math.min(n, Math.max(1, blocking.sharedFloats() / depth / panelColumns) * panelColumns);
    int depths = Math.max(1, blocking.sharedFloats() / panels.paddedColumns(columns) / depth) * depth;
    scratch.panelsOfB = Scratch.grown(scratch.panelsOfB, (long) panels.paddedColumns(columns) * Math.min(depths, k));
    for (int column = 0; column < n; column += columns) {
      for (int step = 0; step < k; step += depths) {
        round = new Round(scratch.panelsOfB, column, Math.min(columns, n - column), step, Math.min(depths, k - step));
        long packingTasks = Math.min((long) round.columns * round.depth / WORTH_A_PACKING_TASK, 64);
        taskColumns = share(round.columns, (int) Math.max(1, packingTasks), panelColumns);
        pool.run(ceilDiv(round.columns, taskColumns), packShared);
        int rowTasks = Math.max(MANY_TASKS, ceilDiv(m, blocking.rows()));
        taskRows = share(m, Math.min(worthTasks(product), rowTasks), kernel.rows());
        taskColumns = round.columns;
        pool.run(ceilDiv(m, taskRows), multiplyWithShared);
      }
    }
  }

  /** Tasks take a block of B and pack it, and many rows of A, and a part of k. */
  private void withOwn(Product product) {
    int m = product.m();
    int n = product.n();
    round = new Round(Round.NONE.panels, 0, n, 0, product.k());
    partDepth = ceilDiv(product.k(), parts);
    depth = blocking.depthFor(partDepth);
    zeros = scratch.zeros(n);
    scratch.partSums = Scratch.grown(scratch.partSums, (parts - 1L) * m * n);
    int rowTasks = ceilDiv(m, blocking.ownRows());
    int columnTasks =
        Math.max(ceilDiv(n, blocking.columns()), Math.min(worthTasks(product), MANY_TASKS) / rowTasks / parts);
    taskRows = share(m, rowTasks, kernel.rows());
    taskColumns = share(n, columnTasks, panelColumns);
    pool.run(parts * ceilDiv(m, taskRows) * ceilDiv(n, taskColumns), multiplyWithOwn);
    if (parts > 1) {
      taskRows = ceilDiv(ADD_AT_A_TIME, n);
      pool.run(ceilDiv(m, taskRows), addParts);
    }
  }

  /** How many tasks of this round are worth handing out. */
  private int worthTasks(Product product) {
    return (int) Math.clamp((long) product.m() * round.columns * round.depth / WORTH_A_TASK, 1, Integer.MAX_VALUE);
  }

  private void packShared(int task, int worker) {
    int column = task * taskColumns;
    int columns = Math.min(taskColumns, round.columns - column);
    int padded = panels.paddedColumns(round.columns);
    for (int step = 0; step < round.depth; step += depth) {
      int steps = Math.min(depth, round.depth - step);
      packB(round.column + column, columns, round.step + step, steps, round.panels,
          Scratch.ALIGNMENT + padded * step + column * steps);
    }
  }

  private void packB(int column, int columns, int step, int steps, float[] to, int offset) {
    Product product = product();
    Matrix b = product.b();
    boolean transposed = product.orientation().bIsTransposed();
    panels.packB(transposed, b.array(), b.at(transposed, step, column), b.stride(), columns, steps, to, offset);
  }

  /** A task of {@link #withShared}: some rows, and all columns of the round or, where B was packed before, some. */
  private void multiplyWithShared(int task, int worker) {
    Product product = product();
    PackedHalves halves = this.halves;
    Round round = this.round;
    int columnTasks = ceilDiv(round.columns, taskColumns);
    int row = task / columnTasks * taskRows;
    int rows = Math.min(taskRows, product.m() - row);
    int firstColumn = task % columnTasks * taskColumns;
    int lastColumn = Math.min(round.columns, firstColumn + taskColumns);
    int padded = panels.paddedColumns(round.columns);
    Scratch.Own memory = scratch.of(worker);
    boolean packed = lastColumn - firstColumn > blocking.columns();
    if (packed) {
      memory.panelsOfA = Scratch.grown(memory.panelsOfA, (long) rows * round.depth + kernel.lanes());
      for (int step = 0; step < round.depth; step += depth) {
        packA(row, rows, round.step + step, Math.min(depth, round.depth - step), memory,
            Scratch.ALIGNMENT + rows * step);
      }
    }
    for (int column = firstColumn; column < lastColumn; column += blocking.columns()) {
      int columns = Math.min(blocking.columns(), lastColumn - column);
      for (int step = 0; step < round.depth; step += depth) {
        int steps = Math.min(depth, round.depth - step);
        Matrix from = round.step + step == 0 ? product.start() : product.c();
        float[] panelsOfB = round.panels;
        int blockOfB = Scratch.ALIGNMENT + padded * step + column * steps;
        if (halves != null) {
          panelsOfB = widened(halves, padded * step + column * steps, panels.paddedColumns(columns) * steps, memory);
          blockOfB = Scratch.ALIGNMENT;
        }
        multiplyBlock(from, product.c(), row, rows, round.column + column, columns, round.step + step, steps,
            packed ? Scratch.ALIGNMENT + rows * step : NOT_PACKED, panelsOfB, blockOfB, memory);
      }
      if (round.step + round.depth == product.k()) {
        product.finish(row, rows, round.column + column, columns);
      }
    }
  }

  /** A task of {@link #withOwn}: a part of k, some rows, some columns. */
  private void multiplyWithOwn(int task, int worker) {
    Product product = product();
    int columnTasks = ceilDiv(product.n(), taskColumns);
    int rowTasks = ceilDiv(product.m(), taskRows);
    int part = task / columnTasks / rowTasks;
    int row = task / columnTasks % rowTasks * taskRows;
    int rows = Math.min(taskRows, product.m() - row);
    int column = task % columnTasks * taskColumns;
    int columns = Math.min(taskColumns, product.n() - column);
    int first = part * partDepth;
    int end = Math.min(product.k(), first + partDepth);
    Matrix sums = part == 0 ? product.c() : sumsOf(part, product);
    Matrix from = part == 0 ? product.start() : zeros;
    Scratch.Own memory = scratch.of(worker);
    memory.panelsOfB = Scratch.grown(memory.panelsOfB, (long) panels.paddedColumns(columns) * depth);
    for (int step = first; step < end; step += depth) {
      int steps = Math.min(depth, end - step);
      packB(column, columns, step, steps, memory.panelsOfB, Scratch.ALIGNMENT);
      multiplyBlock(from, sums, row, rows, column, columns, step, steps, NOT_PACKED,
          memory.panelsOfB, Scratch.ALIGNMENT, memory);
      from = sums;
    }
    if (parts == 1) {
      product.finish(row, rows, column, columns);
    }
  }

  private static float[] widened(PackedHalves halves, int first, int count, Scratch.Own memory) {
    memory.panelsOfB = Scratch.grown(memory.panelsOfB, count);
    halves.type().widen(halves.panels(), first, memory.panelsOfB, Scratch.ALIGNMENT, count);
    return memory.panelsOfB;
  }

  /** The sums of a part of k but the first. */
  private Matrix sumsOf(int part, Product product) {
    int size = product.m() * product.n();
    return new Matrix(scratch.partSums, Scratch.ALIGNMENT + (part - 1) * size, product.n());
  }

  /** The last step of a product in parts, some rows. */
  private void addParts(int task, int worker) {
    Product product = product();
    int row = task * taskRows;
    int rows = Math.min(taskRows, product.m() - row);
    for (int i = row; i < row + rows; i++) {
      for (int part = 1; part < parts; part++) {
        add(scratch.partSums, sumsOf(part, product).at(i, 0), product.c().array(), product.c().at(i, 0), product.n());
      }
    }
    product.finish(row, rows, 0, product.n());
  }

  private static void add(float[] from, int fo, float[] to, int too, int count) {
    for (int i = 0; i < count; i++) {
      to[too + i] += from[fo + i];
    }
  }

  /**
   * {@code to = from + op(A) · op(B)} for a block of C, some steps of k, and a packed block of B.
   *
   * @param from where the block's sums start, as large as C
   * @param to where they go, as large as C
   * @param blockOfA where the rows of A were packed, or {@link #NOT_PACKED}
   * @param blockOfB where the block of B starts in {@code panelsOfB}
   */
  private void multiplyBlock(
      Matrix from, Matrix to, int row, int rows, int column, int columns, int step, int steps, int blockOfA,
      float[] panelsOfB, int blockOfB, Scratch.Own memory) {
    if (blockOfA != NOT_PACKED) {
      multiplyPanels(from, to, row, rows, column, columns, steps, blockOfA, panelsOfB, blockOfB, memory);
      return;
    }
    int atATime = product().orientation().aIsTransposed() ? TRANSPOSED_ROWS : kernel.rows();
    memory.panelsOfA = Scratch.grown(memory.panelsOfA, (long) atATime * steps + kernel.lanes());
    for (int i = 0; i < rows; i += atATime) {
      int some = Math.min(atATime, rows - i);
      packA(row + i, some, step, steps, memory, Scratch.ALIGNMENT);
      multiplyPanels(from, to, row + i, some, column, columns, steps, Scratch.ALIGNMENT, panelsOfB, blockOfB, memory);
    }
  }

  private void packA(int row, int rows, int step, int steps, Scratch.Own memory, int offset) {
    Product product = product();
    Matrix a = product.a();
    boolean transposed = product.orientation().aIsTransposed();
    panels.packA(transposed, a.array(), a.at(transposed, row, step), a.stride(), rows, steps, memory.panelsOfA, offset);
  }

  /** Multiplies packed rows of A, whose panels start at {@code blockOfA}, and a packed block of B. */
  private void multiplyPanels(
      Matrix from, Matrix to, int row, int rows, int column, int columns, int steps, int blockOfA,
      float[] panelsOfB, int blockOfB, Scratch.Own memory) {
    for (int i = 0; i < rows;) {
      int height = kernel.panelRows(rows - i);
      int panelOfA = blockOfA + i * steps;
      for (int j = 0; j < columns; j += panelColumns) {
        int width = Math.min(panelColumns, columns - j);
        int vectors = ceilDiv(width, kernel.lanes());
        int f = from.at(row + i, column + j);
        int t = to.at(row + i, column + j);
        if (width == vectors * kernel.lanes()) {
          kernel.multiply(height, vectors, memory.panelsOfA, panelOfA, panelsOfB, blockOfB + j * steps,
              from.array(), f, from.stride(), to.array(), t, to.stride(), steps);
        } else {
          copyRows(from.array(), f, from.stride(), memory.tile, 0, panelColumns, height, width);
          kernel.multiply(height, vectors, memory.panelsOfA, panelOfA, panelsOfB, blockOfB + j * steps,
              memory.tile, 0, panelColumns, memory.tile, 0, panelColumns, steps);
          copyRows(memory.tile, 0, panelColumns, to.array(), t, to.stride(), height, width);
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
