package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.DType;
import crema.tensor.Orientation;
import crema.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Launches of {@code gemm_mma.cu}, which takes any operands: those that it cannot copy as they are it gets as copies. */
final class MmaGemm {
  private static final String FILE = "gemm_mma";
  private static final int TERM_BYTES = 32;
  private static final int PROBLEM_BYTES = GemmProblem.MOST * TERM_BYTES + 40;
  private static final int GEMM_BYTES = GemmProblem.MOST * PROBLEM_BYTES + 8;
  private static final int K_OF_STAGE = 32;
  private static final int STAGES = 4;
  /** Operands are copied 16 bytes at a time. */
  private static final int PART = 8;

  private final CudaContext context;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment gemm = arena.allocate(GEMM_BYTES, 8);

  MmaGemm(CudaContext context) {
    this.context = context;
  }

  /**
   * Queues problems of one orientation.
   *
   * @param size of tiles, 64 or 128
   * @param outputs where their products go, in order
   * @param type of the outputs
   * @param parts into how many k is cut; the sums of each go to an output of its own, one after the other
   */
  void launch(Orientation orientation, List<GemmProblem> problems, int size, List<GemmProblem.Output> outputs,
      DType type,
      int parts) {
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
      GemmProblem.Output output = outputs.get(i);
      Tensor bias = problem.bias();
      gemm.set(ValueLayout.JAVA_LONG, at, output.address());
      gemm.set(ValueLayout.JAVA_LONG, at + 8, bias == null ? 0 : CudaStorage.address(bias));
      gemm.set(ValueLayout.JAVA_INT, at + 16, problem.terms().size());
      gemm.set(ValueLayout.JAVA_INT, at + 20, Math.toIntExact(problem.m()));
      gemm.set(ValueLayout.JAVA_INT, at + 24, Math.toIntExact(problem.n()));
      gemm.set(ValueLayout.JAVA_INT, at + 28, Math.toIntExact(tile));
      gemm.set(ValueLayout.JAVA_INT, at + 32, Math.toIntExact(tilesOfN));
      gemm.set(ValueLayout.JAVA_INT, at + 36, output.add() ? 1 : 0);
      tile += tilesOfN * Math.ceilDiv(problem.m(), size);
    }
    gemm.set(ValueLayout.JAVA_INT, GEMM_BYTES - 8, problems.size());
    gemm.set(ValueLayout.JAVA_INT, GEMM_BYTES - 4, GemmProblem.partOfK(k, parts, K_OF_STAGE));
    int shared = STAGES * 2 * size * K_OF_STAGE * 2;
    String entry = FILE + "_" + orientation.name().toLowerCase(Locale.ROOT) + Types.suffix(type) + "_" + size;
    context.launch(FILE, entry, shared).bytes(gemm, 8)
        .run(Grid.of(tile, 1, parts, size == 128 ? 256 : 128).withShared(shared));
    copies.forEach(Scratch::close);
  }

  /** An operand's address and the elements from one row to the next; a copy if the kernel cannot take it as it is. */
  private void operand(Tensor tensor, long columns, long term, int which, List<Scratch> copies) {
    long address = GemmProblem.halfAddress(tensor);
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
