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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Products on tensor cores: which kernel does them, in tiles of which size, and into how many parts k is cut. */
final class TensorCoreGemm {
  /** The system property that takes the kernels of capability 8.0 on newer devices too if it is {@code mma}. */
  private static final String PROPERTY = "crema.cuda.matmul";
  /** The struct {@code WideSum} of {@code reduction.cu}. */
  private static final int SUM_BYTES = 24;
  private static final int SUM_THREADS = 256;

  private final CudaContext context;
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment sums = arena.allocate((long) GemmProblem.MOST * SUM_BYTES, 8);
  private final MmaGemm mma;
  private final @Nullable WgmmaGemm wgmma;

  TensorCoreGemm(CudaContext context) {
    this.context = context;
    mma = new MmaGemm(context);
    wgmma = context.kernels().target() == Kernels.Target.SM_90A && !System.getProperty(PROPERTY, "").equals("mma")
        ? new WgmmaGemm(context) : null;
  }

  /** Queues problems of one orientation and one type of output, side by side. */
  void run(Orientation orientation, List<GemmProblem> problems) {
    if (takesWgmma(orientation, problems)) {
      run(orientation, problems, WgmmaTimes.best(problems.stream().map(WgmmaTimes.Shape::of).toList(),
          problems.getFirst().c().dtype()));
      return;
    }
    // Only products of long k are cut along it, and of several terms none.
    boolean divisible = orientation == Orientation.TN && problems.stream().allMatch(p -> p.terms().size() == 1);
    int size = tiles(problems, 128) >= GemmProblem.ENOUGH_TILES ? 128
        : orientation == Orientation.TN ? sizeOfSplit(problems) : 64;
    int parts =
        divisible ? GemmProblem.parts(tiles(problems, size), problems.getFirst().terms().getFirst().k()) : 1;
    if (parts == 1) {
      mma.launch(orientation, problems, size, problems.stream().map(GemmProblem::output).toList(),
          problems.getFirst().c().dtype(), 1);
      return;
    }
    // Each part of k has sums of its own, which are then added up in order.
    var partials = new ArrayList<Scratch>();
    for (GemmProblem problem : problems) {
      partials.add(context.scratch(4L * parts * problem.c().elements()));
    }
    mma.launch(orientation, problems, size,
        partials.stream().map(part -> new GemmProblem.Output(part.address(), false)).toList(), DType.F32, parts);
    if (problems.size() > 1 && problems.stream().allMatch(p -> p.c().dtype() == DType.F32)) {
      addUp(problems, partials, parts);
    } else {
      for (int i = 0; i < problems.size(); i++) {
        CudaReduction.sumPartials(context, partials.get(i).address(), parts, problems.get(i).c(),
            problems.get(i).add() ? Write.ADD : Write.SET);
      }
    }
    partials.forEach(Scratch::close);
  }

  /** Whether Hopper's kernel can do these problems and there is one on this device. */
  boolean takesWgmma(Orientation orientation, List<GemmProblem> problems) {
    return wgmma != null && wgmma.takes(orientation, problems);
  }

  /** Queues problems which {@linkplain #takesWgmma Hopper's kernel takes}, cut as told. */
  void run(Orientation orientation, List<GemmProblem> problems, WgmmaTile.Cut cut) {
    Objects.requireNonNull(wgmma).launch(orientation, problems, cut);
  }

  /** Queues both products and SwiGLU of them as one kernel; false if there is none that can, or those of their own are faster. */
  boolean gated(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor y) {
    if (!takesGated(x, gateWeight, upWeight, gate, up, y)) {
      return false;
    }
    long steps = Math.ceilDiv(x.shape().columns(), WgmmaTile.K_OF_STAGE);
    WgmmaTile tile = WgmmaTimes.bestGated(new WgmmaTimes.Shape(y.shape().rows(), y.shape().columns(), steps));
    if (tile == null) {
      return false;
    }
    gated(x, gateWeight, upWeight, gate, up, y, tile);
    return true;
  }

  /** Whether Hopper's kernel can do SwiGLU of two products and there is one on this device. */
  boolean takesGated(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor y) {
    return wgmma != null && wgmma.takesGated(x, gateWeight, upWeight, gate, up, y);
  }

  /** Queues what {@linkplain #takesGated Hopper's kernel takes}, in tiles of {@link WgmmaTile#GATED}. */
  void gated(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor y, WgmmaTile tile) {
    Objects.requireNonNull(wgmma).launchGated(x, gateWeight, upWeight, gate, up, y, tile);
  }

  /** Adds up the parts of several products in one launch. */
  private void addUp(List<GemmProblem> problems, List<Scratch> partials, int parts) {
    sums.fill((byte) 0);
    long widest = 0;
    for (int i = 0; i < problems.size(); i++) {
      GemmProblem problem = problems.get(i);
      GemmProblem.Output output = problem.output();
      long at = (long) i * SUM_BYTES;
      sums.set(ValueLayout.JAVA_LONG, at, partials.get(i).address());
      sums.set(ValueLayout.JAVA_LONG, at + 8, output.address());
      sums.set(ValueLayout.JAVA_INT, at + 16, Math.toIntExact(problem.c().elements()));
      sums.set(ValueLayout.JAVA_INT, at + 20, output.add() ? 1 : 0);
      widest = Math.max(widest, problem.c().elements());
    }
    context.launch("reduction", "sum_rows_of_several_wide_partials_f32").bytes(sums, 8).i32(parts)
        .run(Grid.of(Math.ceilDiv(widest, 4L * SUM_THREADS), problems.size(), SUM_THREADS));
  }

  private static int sizeOfSplit(List<GemmProblem> problems) {
    return problems.stream().anyMatch(p -> p.m() <= 64 || p.n() <= 64) ? 64 : 128;
  }

  private static long tiles(List<GemmProblem> problems, int size) {
    return problems.stream().mapToLong(p -> GemmProblem.tiles(p.m(), p.n(), size)).sum();
  }
}
