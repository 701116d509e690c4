package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.DType;
import crema.tensor.Orientation;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Products on tensor cores by {@code gemm_mma.cu}. */
final class TensorCoreGemm {
  private static final String FILE = "gemm_mma";
  private static final int TERM_BYTES = 32;
  private static final int PROBLEM_BYTES = GemmProblem.MOST * TERM_BYTES + 40;
  private static final int GEMM_BYTES = GemmProblem.MOST * PROBLEM_BYTES + 8;
  private static final int K_OF_STAGE = 32;
  private static final int STAGES = 4;
  /** Operands are copied 16 bytes at a time. */
  private static final int PART = 8;
  /** As many tiles fill a large device; a product with fewer is cut into smaller tiles or along k. */
  private static final int ENOUGH_TILES = 128;
  /** A part of k is no shorter: shorter ones cost more in sums of sums than they gain. */
  private static final int LEAST_PART_OF_K = 256;

  private final CudaContext context;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment gemm = arena.allocate(GEMM_BYTES, 8);

  TensorCoreGemm(CudaContext context) {
    this.context = context;
  }

  /** Queues problems of one orientation and one type of output, side by side. */
  void run(Orientation orientation, List<GemmProblem> problems) {
    DType type = problems.getFirst().c().dtype();
    int size = tiles(problems, 128) >= ENOUGH_TILES ? 128 : orientation == Orientation.TN ? sizeOfSplit(problems) : 64;
    long tiles = tiles(problems, size);
    int parts = orientation == Orientation.TN && problems.stream().allMatch(p -> p.terms().size() == 1)
        ? parts(tiles, problems.getFirst().terms().getFirst().k()) : 1;
    if (parts > 1) {
      runSplit(orientation, problems, size, parts);
    } else {
      launch(orientation, problems, size, type, null, 1);
    }
  }

  private static int sizeOfSplit(List<GemmProblem> problems) {
    return problems.stream().anyMatch(p -> p.m() <= 64 || p.n() <= 64) ? 64 : 128;
  }

  private static long tiles(List<GemmProblem> problems, int size) {
    return problems.stream().mapToLong(p -> Math.ceilDiv(p.m(), size) * Math.ceilDiv(p.n(), size)).sum();
  }

  private static int parts(long tiles, long k) {
    return Math.toIntExact(Math.clamp(Math.ceilDiv(ENOUGH_TILES, Math.max(1, tiles)), 1,
        Math.max(1, k / LEAST_PART_OF_K)));
  }

  /** Each part of k has sums of its own, which are then added up in order. */
  private void runSplit(Orientation orientation, List<GemmProblem> problems, int size, int parts) {
    var partials = new ArrayList<Scratch>();
    for (GemmProblem problem : problems) {
      partials.add(context.scratch(4L * parts * problem.c().elements()));
    }
    launch(orientation, problems, size, DType.F32, partials, parts);
    for (int i = 0; i < problems.size(); i++) {
      GemmProblem problem = problems.get(i);
      CudaReduction.sumPartials(context, partials.get(i).address(), parts, problem.c(),
          problem.add() ? Write.ADD : Write.SET);
      partials.get(i).close();
    }
  }

  private void launch(Orientation orientation, List<GemmProblem> problems, int size, DType type,
      @Nullable List<Scratch> partials, int parts) {
    var copies = new ArrayList<Scratch>();
    long tile = 0;
    long k = 0;
    for (int i = 0; i < problems.size(); i++) {
      GemmProblem problem = problems.get(i);
      long at = (long) i * PROBLEM_BYTES;
      for (int j = 0; j < problem.terms().size(); j++) {
        GemmProblem.Term term = problem.terms().get(j);
        long to = at + (long) j * TERM_BYTES;
        operand(term.a(), orientation == Orientation.TN ? problem.m() : term.k(), to, 0, copies);
        operand(term.b(), orientation == Orientation.NT ? term.k() : problem.n(), to, 1, copies);
        gemm.set(ValueLayout.JAVA_INT, to + 16, Math.toIntExact(term.k()));
        k = Math.max(k, term.k());
      }
      long tilesOfN = Math.ceilDiv(problem.n(), size);
      at += (long) GemmProblem.MOST * TERM_BYTES;
      boolean adds = partials == null
          && CudaStorage.accumulation(problem.c(), problem.add() ? Write.ADD : Write.SET) == Write.ADD;
      long output = partials != null ? partials.get(i).address()
          : adds ? CudaStorage.updated(problem.c()) : CudaStorage.overwritten(problem.c());
      Tensor bias = problem.bias();
      gemm.set(ValueLayout.JAVA_LONG, at, output);
      gemm.set(ValueLayout.JAVA_LONG, at + 8, bias == null ? 0 : CudaStorage.address(bias));
      gemm.set(ValueLayout.JAVA_INT, at + 16, problem.terms().size());
      gemm.set(ValueLayout.JAVA_INT, at + 20, Math.toIntExact(problem.m()));
      gemm.set(ValueLayout.JAVA_INT, at + 24, Math.toIntExact(problem.n()));
      gemm.set(ValueLayout.JAVA_INT, at + 28, Math.toIntExact(tile));
      gemm.set(ValueLayout.JAVA_INT, at + 32, Math.toIntExact(tilesOfN));
      gemm.set(ValueLayout.JAVA_INT, at + 36, adds ? 1 : 0);
      tile += tilesOfN * Math.ceilDiv(problem.m(), size);
    }
    int partOfK = Math.toIntExact(Math.ceilDiv(Math.ceilDiv(Math.max(k, 1), parts), K_OF_STAGE) * K_OF_STAGE);
    gemm.set(ValueLayout.JAVA_INT, GEMM_BYTES - 8, problems.size());
    gemm.set(ValueLayout.JAVA_INT, GEMM_BYTES - 4, partOfK);
    int shared = STAGES * 2 * size * K_OF_STAGE * 2;
    String entry = FILE + "_" + orientation.name().toLowerCase(Locale.ROOT) + Types.suffix(type) + "_" + size;
    context.launch(FILE, entry, shared).bytes(gemm, 8)
        .run(Grid.of(tile, 1, parts, size == 128 ? 256 : 128).withShared(shared));
    copies.forEach(Scratch::close);
  }

  /** An operand's address and the elements from one row to the next; a copy if the kernel cannot take it as it is. */
  private void operand(Tensor tensor, long columns, long term, int which, List<Scratch> copies) {
    long address = tensor.dtype() == DType.BF16 ? CudaStorage.address(tensor) : CudaStorage.half(tensor);
    long stride = columns;
    if (columns % PART != 0 || address % (PART * 2) != 0) {
      stride = Math.ceilDiv(columns, PART) * PART;
      long rows = tensor.elements() / columns;
      Scratch copy = context.scratch(2 * rows * stride);
      copies.add(copy);
      context.queue().fill(copy.address(), rows * stride / 2, 0);
      context.launch("pointwise", "copy_columns_bf16").address(address).i32(columns).address(copy.address()).i32(stride)
          .i32(columns).i64(rows).run(CudaPointwise.elements(4 * rows * columns));
      address = copy.address();
    }
    gemm.set(ValueLayout.JAVA_LONG, term + 8L * which, address);
    gemm.set(ValueLayout.JAVA_INT, term + 20 + 4L * which, Math.toIntExact(stride));
  }
}
