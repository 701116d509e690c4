package crema.cuda;

import crema.cuda.driver.Grid;
import crema.cuda.driver.MatrixMap;
import crema.tensor.DType;
import crema.tensor.Orientation;
import crema.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Launches of {@code gemm_wgmma.cu}. */
final class WgmmaGemm {
  private static final String FILE = "gemm_wgmma";
  private static final int SIZE = 128;
  private static final int K_OF_STAGE = 64;
  private static final int STAGES = 3;
  private static final int SHARED_BYTES = STAGES * 2 * SIZE * K_OF_STAGE * 2;
  private static final int THREADS = 288;
  private static final int MAP_BYTES = 128;
  /** The struct {@code Gemm}: maps of a and of b, then k of each term, the count, the problems, and the part of k. */
  private static final int K_OFFSET = 2 * GemmProblem.MOST * MAP_BYTES;
  private static final int PROBLEMS_OFFSET = K_OFFSET + 16;
  private static final int PROBLEM_BYTES = 48;
  private static final int PART_OFFSET = PROBLEMS_OFFSET + GemmProblem.MOST * PROBLEM_BYTES;
  private static final int GEMM_BYTES = (PART_OFFSET + 8 + 127) & -128;
  /** Smaller outputs leave most of a tile empty. */
  private static final int LEAST = 64;
  /** Rows are 16 bytes apart, or multiples of that. */
  private static final int PART = 8;
  /** Maps that are kept: those of the tensors of a repeated step. */
  private static final int MOST_MAPS = 4096;

  private final CudaContext context;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment gemm = arena.allocate(GEMM_BYTES, 128);
  private final Map<MatrixMap, byte[]> maps = new HashMap<>();

  WgmmaGemm(CudaContext context) {
    this.context = context;
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
   * Queues problems of one orientation.
   *
   * @param outputs where their products go, in order
   * @param type of the outputs
   * @param parts into how many k is cut; the sums of each go to an output of its own, one after the other
   */
  void launch(Orientation orientation, List<GemmProblem> problems, List<GemmProblem.Output> outputs, DType type,
      int parts) {
    gemm.fill((byte) 0);
    long tile = 0;
    long k = 0;
    int terms = 0;
    for (int i = 0; i < problems.size(); i++) {
      GemmProblem problem = problems.get(i);
      long at = PROBLEMS_OFFSET + (long) i * PROBLEM_BYTES;
      gemm.set(ValueLayout.JAVA_INT, at + 20, terms);
      for (GemmProblem.Term term : problem.terms()) {
        map(term.a(), !orientation.aIsTransposed(), problem.m(), term.k(), terms);
        map(term.b(), orientation.bIsTransposed(), problem.n(), term.k(), GemmProblem.MOST + terms);
        gemm.set(ValueLayout.JAVA_INT, K_OFFSET + 4L * terms, Math.toIntExact(term.k()));
        k = Math.max(k, term.k());
        terms++;
      }
      long tilesOfN = Math.ceilDiv(problem.n(), SIZE);
      GemmProblem.Output output = outputs.get(i);
      Tensor bias = problem.bias();
      gemm.set(ValueLayout.JAVA_LONG, at, output.address());
      gemm.set(ValueLayout.JAVA_LONG, at + 8, bias == null ? 0 : CudaStorage.address(bias));
      gemm.set(ValueLayout.JAVA_INT, at + 16, problem.terms().size());
      gemm.set(ValueLayout.JAVA_INT, at + 24, Math.toIntExact(problem.m()));
      gemm.set(ValueLayout.JAVA_INT, at + 28, Math.toIntExact(problem.n()));
      gemm.set(ValueLayout.JAVA_INT, at + 32, Math.toIntExact(tile));
      gemm.set(ValueLayout.JAVA_INT, at + 36, Math.toIntExact(tilesOfN));
      gemm.set(ValueLayout.JAVA_INT, at + 40, output.add() ? 1 : 0);
      tile += tilesOfN * Math.ceilDiv(problem.m(), SIZE);
    }
    gemm.set(ValueLayout.JAVA_INT, K_OFFSET + 12, problems.size());
    // With several terms k is not cut, and the part is as long as the longest.
    gemm.set(ValueLayout.JAVA_INT, PART_OFFSET, GemmProblem.partOfK(k, parts, K_OF_STAGE));
    String entry = FILE + "_" + orientation.name().toLowerCase(Locale.ROOT) + Types.suffix(type);
    context.launch(FILE, entry, SHARED_BYTES).bytes(gemm, 128)
        .run(Grid.of(tile, 1, parts, THREADS).withShared(SHARED_BYTES));
  }

  /** Describes an operand: in boxes of 128 rows of 64 if it is contiguous along k, else of 64 rows of 64. */
  private void map(Tensor tensor, boolean alongK, long outer, long k, int index) {
    long rows = alongK ? outer : k;
    long columns = alongK ? k : outer;
    var matrix = new MatrixMap(DType.BF16, GemmProblem.halfAddress(tensor), rows, columns, 2 * columns,
        alongK ? SIZE : K_OF_STAGE, K_OF_STAGE, 128);
    if (maps.size() >= MOST_MAPS) {
      maps.clear();
    }
    byte[] encoded = maps.computeIfAbsent(matrix, this::encode);
    MemorySegment.copy(encoded, 0, gemm, ValueLayout.JAVA_BYTE, (long) index * MAP_BYTES, MAP_BYTES);
  }

  private byte[] encode(MatrixMap matrix) {
    try (var temporary = Arena.ofConfined()) {
      MemorySegment descriptor = temporary.allocate(MAP_BYTES, 64);
      context.driver().encodeTensorMap(matrix, descriptor);
      return descriptor.toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
