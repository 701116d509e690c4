package crema.cuda;

import crema.cuda.driver.Grid;
import crema.cuda.driver.MatrixMap;
import crema.tensor.DType;
import crema.tensor.Orientation;
import crema.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Locale;

/** Launches of the kernels of {@code gemm_wgmma.cuh}: a file for each orientation, and one for SwiGLU. */
final class WgmmaGemm {
  private static final String FILES = "gemm_wgmma_";
  /** The struct {@code Gemm}: maps of a, b and c, k of each term, the count, the problems, tiles, stages. */
  private static final int K_OFFSET = 3 * GemmProblem.MOST * MatrixMaps.BYTES;
  private static final int PROBLEMS_OFFSET = K_OFFSET + 16;
  private static final int PROBLEM_BYTES = 56;
  private static final int TILES_OFFSET = PROBLEMS_OFFSET + GemmProblem.MOST * PROBLEM_BYTES;
  private static final int GEMM_BYTES = (TILES_OFFSET + 8 + 127) & -128;
  /** Outputs are stored in boxes of so many rows and columns. */
  private static final int BOX = 64;
  /** Smaller outputs leave most of a tile empty. */
  private static final int LEAST = 64;
  /** Rows are 16 bytes apart, or multiples of that. */
  private static final int PART = 8;

  private final CudaContext context;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment gemm = arena.allocate(GEMM_BYTES, 128);
  private final MatrixMaps maps;

  WgmmaGemm(CudaContext context) {
    this.context = context;
    maps = new MatrixMaps(context.driver());
  }

  /** Whether the kernel can do problems as they are, and is the best for them. */
  boolean takes(Orientation orientation, List<GemmProblem> problems) {
    int terms = 0;
    for (GemmProblem problem : problems) {
      if (problem.m() < LEAST || problem.n() < LEAST) {
        return false;
      }
      for (GemmProblem.Term term : problem.terms()) {
        terms++;
        if (!isRegular(term.a(), orientation == Orientation.TN ? problem.m() : term.k())
            || !isRegular(term.b(), orientation == Orientation.NT ? term.k() : problem.n())) {
          return false;
        }
      }
    }
    return terms <= GemmProblem.MOST;
  }

  private static boolean isRegular(Tensor tensor, long columns) {
    return columns % PART == 0 && tensor.offset() % PART == 0 && tensor.elements() > 0;
  }

  /**
   * Queues problems of one orientation, all of one type of output.
   *
   * @param cut into tiles and parts of k
   */
  void launch(Orientation orientation, List<GemmProblem> problems, WgmmaTile.Cut cut) {
    WgmmaTile tile = cut.tile();
    DType type = problems.getFirst().c().dtype();
    gemm.fill((byte) 0);
    long tiles = 0;
    int terms = 0;
    for (int i = 0; i < problems.size(); i++) {
      GemmProblem problem = problems.get(i);
      long at = PROBLEMS_OFFSET + (long) i * PROBLEM_BYTES;
      gemm.set(ValueLayout.JAVA_INT, at + 20, terms);
      for (GemmProblem.Term term : problem.terms()) {
        operand(term.a(), !orientation.aIsTransposed(), problem.m(), term.k(), WgmmaTile.ROWS, terms);
        operand(term.b(), orientation.bIsTransposed(), problem.n(), term.k(), tile.columns(), GemmProblem.MOST + terms);
        gemm.set(ValueLayout.JAVA_INT, K_OFFSET + 4L * terms, Math.toIntExact(term.k()));
        terms++;
      }
      GemmProblem.Output output = problem.output();
      Tensor bias = problem.bias();
      boolean boxed = type == DType.BF16 && !output.add() && problem.n() % PART == 0 && output.address() % 16 == 0;
      if (boxed) {
        map(new MatrixMap(type, output.address(), problem.m(), problem.n(), 2 * problem.n(), BOX, BOX, 128),
            2 * GemmProblem.MOST + i);
      }
      gemm.set(ValueLayout.JAVA_LONG, at, output.address());
      gemm.set(ValueLayout.JAVA_LONG, at + 8, bias == null ? 0 : CudaStorage.address(bias));
      gemm.set(ValueLayout.JAVA_INT, at + 16, problem.terms().size());
      gemm.set(ValueLayout.JAVA_INT, at + 24, Math.toIntExact(WgmmaTile.steps(problem)));
      gemm.set(ValueLayout.JAVA_INT, at + 28, Math.toIntExact(problem.m()));
      gemm.set(ValueLayout.JAVA_INT, at + 32, Math.toIntExact(problem.n()));
      gemm.set(ValueLayout.JAVA_INT, at + 36, Math.toIntExact(tiles));
      gemm.set(ValueLayout.JAVA_INT, at + 40, Math.toIntExact(Math.ceilDiv(problem.m(), WgmmaTile.ROWS)));
      gemm.set(ValueLayout.JAVA_INT, at + 44, Math.toIntExact(Math.ceilDiv(problem.n(), tile.columns())));
      gemm.set(ValueLayout.JAVA_INT, at + 48, output.add() ? 1 : 0);
      gemm.set(ValueLayout.JAVA_INT, at + 52, boxed ? 1 : 0);
      tiles += tile.tiles(problem);
    }
    gemm.set(ValueLayout.JAVA_INT, K_OFFSET + 12, problems.size());
    gemm.set(ValueLayout.JAVA_INT, TILES_OFFSET, Math.toIntExact(tiles));
    launch(FILES + orientation.name().toLowerCase(Locale.ROOT), Types.suffix(type), tile, tiles, cut.parts());
  }

  /** Whether the kernel can do SwiGLU of two products. */
  boolean takesGated(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor y) {
    long k = x.shape().columns();
    long n = y.shape().columns();
    boolean halves = true;
    for (Tensor output : List.of(gate, up, y)) {
      halves &= output.dtype() == DType.BF16 && isRegular(output, n);
    }
    return halves && y.shape().rows() >= LEAST && n >= LEAST && isRegular(x, k) && isRegular(gateWeight, k)
        && isRegular(upWeight, k);
  }

  /** Queues gate = x · gateWeightᵀ, up = x · upWeightᵀ and y = silu(gate) · up, in tiles of {@link WgmmaTile#GATED}. */
  void launchGated(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor y, WgmmaTile tile) {
    long m = y.shape().rows();
    long n = y.shape().columns();
    long k = x.shape().columns();
    int columns = tile.columns() / 2;
    gemm.fill((byte) 0);
    operand(x, true, m, k, WgmmaTile.ROWS, 0);
    operand(gateWeight, true, n, k, columns, GemmProblem.MOST);
    operand(upWeight, true, n, k, columns, GemmProblem.MOST + 1);
    int output = 2 * GemmProblem.MOST;
    for (Tensor c : List.of(gate, up, y)) {
      map(new MatrixMap(DType.BF16, CudaStorage.overwritten(c), m, n, 2 * n, BOX, BOX, 128), output++);
    }
    long tilesOfM = Math.ceilDiv(m, WgmmaTile.ROWS);
    long tilesOfN = Math.ceilDiv(n, columns);
    gemm.set(ValueLayout.JAVA_INT, K_OFFSET, Math.toIntExact(k));
    gemm.set(ValueLayout.JAVA_INT, K_OFFSET + 12, 1);
    gemm.set(ValueLayout.JAVA_INT, PROBLEMS_OFFSET + 16, 1);
    gemm.set(ValueLayout.JAVA_INT, PROBLEMS_OFFSET + 24, Math.toIntExact(Math.ceilDiv(k, WgmmaTile.K_OF_STAGE)));
    gemm.set(ValueLayout.JAVA_INT, PROBLEMS_OFFSET + 28, Math.toIntExact(m));
    gemm.set(ValueLayout.JAVA_INT, PROBLEMS_OFFSET + 32, Math.toIntExact(n));
    gemm.set(ValueLayout.JAVA_INT, PROBLEMS_OFFSET + 40, Math.toIntExact(tilesOfM));
    gemm.set(ValueLayout.JAVA_INT, PROBLEMS_OFFSET + 44, Math.toIntExact(tilesOfN));
    gemm.set(ValueLayout.JAVA_INT, TILES_OFFSET, Math.toIntExact(tilesOfM * tilesOfN));
    launch(FILES + "gated", "", tile, tilesOfM * tilesOfN, 1);
  }

  private void launch(String file, String suffix, WgmmaTile tile, long tiles, int parts) {
    // A cluster computes one tile, a block without others one after the other. How many blocks there are, and how far
    // copies are ahead of products, has no influence on any sum.
    int blocksOfMultiprocessor = tile.blocks(tiles * parts);
    long blocks = parts > 1 ? tiles * parts
        : Math.min(tiles, (long) blocksOfMultiprocessor * context.driver().facts().multiprocessors());
    int stages = tile.stages(blocksOfMultiprocessor);
    int shared = tile.sharedBytes(stages);
    gemm.set(ValueLayout.JAVA_INT, TILES_OFFSET + 4, stages);
    context.launch(file, file + suffix + "_" + tile.columns(), tile.sharedBytes(tile.stages(1)))
        .bytes(gemm, MatrixMaps.ALIGNMENT).run(Grid.of(blocks, tile.threads()).withShared(shared).withCluster(parts));
  }

  /** Describes an operand: in boxes of the rows of a tile by 64 if it is contiguous along k, else of 64 rows of 64. */
  private void operand(Tensor tensor, boolean alongK, long outer, long k, int rowsOfTile, int index) {
    long rows = alongK ? outer : k;
    long columns = alongK ? k : outer;
    map(new MatrixMap(DType.BF16, GemmProblem.halfAddress(tensor), rows, columns, 2 * columns,
        alongK ? rowsOfTile : WgmmaTile.K_OF_STAGE, WgmmaTile.K_OF_STAGE, 128), index);
  }

  private void map(MatrixMap matrix, int index) {
    MemorySegment.copy(maps.encode(matrix), 0, gemm, (long) index * MatrixMaps.BYTES, MatrixMaps.BYTES);
  }
}
