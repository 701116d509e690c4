package crema.cuda;

import java.util.List;
import java.util.stream.Stream;

/** The tiles of {@code gemm_wgmma.cuh}: 128 rows by so many columns. What they are made of must be as it is there. */
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
  static final int MULTIPROCESSORS = 132;
  /** Tiles that there are for SwiGLU. */
  static final List<WgmmaTile> GATED = List.of(COLUMNS_256, COLUMNS_128);

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
  record Cut(WgmmaTile tile, int parts) {
    private static final List<Cut> ALL = Stream.of(values())
        .flatMap(tile -> Stream.of(1, 2, 4, 8).map(parts -> new Cut(tile, parts))).toList();

    /** Every cut that there are kernels for. */
    static List<Cut> all() {
      return ALL;
    }
  }

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
}
