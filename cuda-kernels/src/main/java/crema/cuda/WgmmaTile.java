package crema.cuda;

import java.util.List;

/** The tiles of {@code gemm_wgmma.cu}: 128 rows by so many columns. What they are made of must be as it is there. */
enum WgmmaTile {
  COLUMNS_64(64, 1, 2, 288),
  COLUMNS_128(128, 1, 2, 288),
  COLUMNS_192(192, 3, 1, 384),
  COLUMNS_256(256, 2, 1, 384);

  static final int ROWS = 128;
  static final int K_OF_STAGE = 64;
  private static final int BOX_BYTES = 64 * 64 * 2;
  /** Shared memory of a multiprocessor of capability 9.0, and what each block has of it besides its own. */
  private static final int SHARED_BYTES = 228 * 1024;
  private static final int RESERVED_BYTES = 1024;
  private static final int MOST_STAGES = 8;
  /** Multiprocessors of capability 9.0, by which work is measured out: the choice must not depend on the device. */
  private static final int MULTIPROCESSORS = 132;
  /**
   * Clocks of a launch, of a step along k and of a column of it, and to store a column, fitted to what an H100 took for 24
   * products of 2,048 and 4,096 rows in every width.
   */
  private static final double CLOCKS_OF_START = 2500;
  private static final double CLOCKS_A_STEP = 170;
  private static final double CLOCKS_A_STEP_AND_COLUMN = 3.4;
  private static final double CLOCKS_A_COLUMN = 18;
  /** Clocks to exchange and add up a column of sums in a cluster, and to wait for it: estimates. */
  private static final double CLOCKS_OF_EXCHANGE_A_COLUMN = 16;
  private static final double CLOCKS_OF_CLUSTER = 1000;
  /** Blocks of a cluster. The multiprocessors among which one is placed come in groups of 16, and some have two more. */
  private static final List<Integer> PARTS = List.of(1, 2, 4, 8);
  private static final int MULTIPROCESSORS_FOR_CLUSTERS = 128;

  private final int columns;
  private final int boxes;
  private final int blocks;
  private final int threads;

  WgmmaTile(int columns, int boxes, int blocks, int threads) {
    this.columns = columns;
    this.boxes = boxes;
    this.blocks = blocks;
    this.threads = threads;
  }

  /**
   * How problems are cut.
   *
   * @param parts into which k is cut, each the work of a block of a cluster: 1, 2, 4 or 8
   */
  record Cut(WgmmaTile tile, int parts) {}

  int columns() {
    return columns;
  }

  /** Threads of a block: two warpgroups that multiply, and a warp that copies, or a warpgroup that gives up registers. */
  int threads() {
    return threads;
  }

  /**
   * Blocks that a multiprocessor has room for: two hide each other's beginnings and ends, but where there are not as many a
   * single one gets all shared memory, and so a deeper ring, which hides more of the memory's latency.
   *
   * @param all blocks that there could be
   */
  int blocks(long all) {
    return all > MULTIPROCESSORS ? blocks : 1;
  }

  /** Stages of the ring of one of so many blocks of a multiprocessor. */
  int stages(int blocksOfMultiprocessor) {
    int room = SHARED_BYTES / blocksOfMultiprocessor - RESERVED_BYTES - 2 * boxes * BOX_BYTES;
    return Math.min(MOST_STAGES, room / (stageBytes() + 2 * Long.BYTES));
  }

  /** The ring, boxes of output for each warpgroup, and two barriers a stage. */
  int sharedBytes(int stages) {
    return stages * (stageBytes() + 2 * Long.BYTES) + 2 * boxes * BOX_BYTES;
  }

  private int stageBytes() {
    return (ROWS + columns) * K_OF_STAGE * 2;
  }

  /** How many tiles a problem has. */
  long tiles(GemmProblem problem) {
    return Math.ceilDiv(problem.m(), ROWS) * Math.ceilDiv(problem.n(), columns);
  }

  /** Steps along k of a problem, over all terms. */
  static long steps(GemmProblem problem) {
    return problem.terms().stream().mapToLong(term -> Math.ceilDiv(term.k(), K_OF_STAGE)).sum();
  }

  /** The cut that should take the least time: by shape alone, so that sums have the same order on any device. */
  static Cut best(List<GemmProblem> problems) {
    long steps = problems.stream().mapToLong(WgmmaTile::steps).max().orElseThrow();
    Cut best = new Cut(COLUMNS_128, 1);
    double least = Double.POSITIVE_INFINITY;
    for (WgmmaTile tile : values()) {
      long tiles = problems.stream().mapToLong(tile::tiles).sum();
      for (int parts : PARTS) {
        double clocks = tile.clocks(tiles, steps, parts);
        if (parts <= steps && clocks < least) {
          least = clocks;
          best = new Cut(tile, parts);
        }
      }
    }
    return best;
  }

  /** The tile for SwiGLU of two products of m by n, of which half of the columns are each's. */
  static WgmmaTile bestGated(long m, long n, long k) {
    WgmmaTile best = COLUMNS_256;
    double least = Double.POSITIVE_INFINITY;
    for (WgmmaTile tile : List.of(COLUMNS_256, COLUMNS_128)) {
      long tiles = Math.ceilDiv(m, ROWS) * Math.ceilDiv(n, tile.columns / 2);
      double clocks = tile.clocks(tiles, Math.ceilDiv(k, K_OF_STAGE), 1);
      if (clocks < least) {
        least = clocks;
        best = tile;
      }
    }
    return best;
  }

  private double clocks(long tiles, long steps, int parts) {
    double step = CLOCKS_A_STEP + columns * CLOCKS_A_STEP_AND_COLUMN;
    double end = parts > 1 ? CLOCKS_OF_CLUSTER + columns * CLOCKS_OF_EXCHANGE_A_COLUMN : columns * CLOCKS_A_COLUMN;
    double tile = Math.ceilDiv(steps, parts) * step + end;
    long rounds = Math.ceilDiv(tiles * parts, parts > 1 ? MULTIPROCESSORS_FOR_CLUSTERS : MULTIPROCESSORS);
    return CLOCKS_OF_START + rounds * tile;
  }
}
