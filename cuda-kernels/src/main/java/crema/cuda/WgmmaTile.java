package crema.cuda;

import java.util.List;

/** The tiles of {@code gemm_wgmma.cu}: 128 rows by so many columns. What they are made of must be as it is there. */
enum WgmmaTile {
  COLUMNS_64(64, 4, 1, 2),
  COLUMNS_128(128, 3, 1, 2),
  COLUMNS_192(192, 4, 3, 1),
  COLUMNS_256(256, 4, 2, 1);

  static final int ROWS = 128;
  static final int K_OF_STAGE = 64;
  private static final int BOX_BYTES = 64 * 64 * 2;
  /** Multiprocessors of capability 9.0, by which work is measured out: the choice must not depend on the device. */
  private static final int MULTIPROCESSORS = 132;
  /** Products of BF16 that a multiprocessor does in a clock, and bytes that reach it from the L2 cache. */
  private static final double PRODUCTS_A_CLOCK = 1600;
  private static final double BYTES_A_CLOCK = 40;
  /** Clocks to store a column of a tile, and from one tile to the next. */
  private static final double CLOCKS_A_COLUMN = 3;
  private static final double CLOCKS_A_TILE = 300;
  /** Clocks of a launch before its first product, and of another launch that adds up sums of parts. */
  private static final double CLOCKS_OF_START = 1500;
  private static final double CLOCKS_OF_FINISH = 4000;
  /** Parts of k have no fewer steps. */
  private static final int LEAST_STEPS = 3;
  private static final int MOST_PARTS = 16;

  private final int columns;
  private final int stages;
  private final int boxes;
  private final int blocks;

  WgmmaTile(int columns, int stages, int boxes, int blocks) {
    this.columns = columns;
    this.stages = stages;
    this.boxes = boxes;
    this.blocks = blocks;
  }

  /**
   * How problems are cut.
   *
   * @param parts into which k is cut
   */
  record Cut(WgmmaTile tile, int parts) {}

  int columns() {
    return columns;
  }

  /** How many blocks a multiprocessor has room for. */
  int blocks() {
    return blocks;
  }

  /** Threads of a block: two warpgroups that multiply, and a warp that copies, or a warpgroup that gives up registers. */
  int threads() {
    return 256 + (blocks == 1 ? 128 : 32);
  }

  /** The ring, boxes of output for each warpgroup, and two barriers a stage. */
  int sharedBytes() {
    return stages * (ROWS + columns) * K_OF_STAGE * 2 + 2 * boxes * BOX_BYTES + 2 * stages * Long.BYTES;
  }

  /** How many tiles a problem has. */
  long tiles(GemmProblem problem) {
    return Math.ceilDiv(problem.m(), ROWS) * Math.ceilDiv(problem.n(), columns);
  }

  /** The cut that should take the least time: by shape alone, so that sums have the same order on any device. */
  static Cut best(List<GemmProblem> problems, boolean mayBeCutAlongK) {
    Cut best = new Cut(COLUMNS_128, 1);
    double least = Double.POSITIVE_INFINITY;
    for (WgmmaTile tile : values()) {
      int most = mayBeCutAlongK ? Math.clamp(tile.steps(problems) / LEAST_STEPS, 1, MOST_PARTS) : 1;
      for (int parts = 1; parts <= most; parts++) {
        double clocks = tile.clocks(problems, parts);
        if (clocks < least) {
          least = clocks;
          best = new Cut(tile, parts);
        }
      }
    }
    return best;
  }

  /** Steps along k of the longest of some problems. */
  private int steps(List<GemmProblem> problems) {
    long steps = 0;
    for (GemmProblem problem : problems) {
      steps = Math.max(steps, problem.terms().stream().mapToLong(term -> Math.ceilDiv(term.k(), K_OF_STAGE)).sum());
    }
    return Math.toIntExact(steps);
  }

  private double clocks(List<GemmProblem> problems, int parts) {
    long tiles = problems.stream().mapToLong(this::tiles).sum();
    double step = Math.max((double) ROWS * columns * K_OF_STAGE / PRODUCTS_A_CLOCK,
        (ROWS + columns) * K_OF_STAGE * 2 / BYTES_A_CLOCK);
    double tile = Math.ceilDiv(steps(problems), parts) * step + columns * CLOCKS_A_COLUMN + CLOCKS_A_TILE;
    return CLOCKS_OF_START + Math.ceilDiv(tiles * parts, MULTIPROCESSORS) * tile + (parts > 1 ? CLOCKS_OF_FINISH : 0);
  }
}
