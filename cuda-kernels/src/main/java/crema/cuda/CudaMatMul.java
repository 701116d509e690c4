package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.Activation;
import crema.tensor.DType;
import crema.tensor.MatMulOps;
import crema.tensor.Orientation;
import crema.tensor.PackedMatrix;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@link MatMulOps}: if all is F32, F32 arithmetic by {@code gemm_f32.cu}; if anything is BF16, tensor cores on operands in
 * BF16 where the device has them, and otherwise F32 arithmetic on widened operands.
 */
final class CudaMatMul implements MatMulOps {
  private static final String FILE = "gemm_f32";
  private static final int TILE = 128;
  private static final int SMALL_TILE = 64;
  /** A part of k is whole tiles of either size. */
  private static final int K_OF_TILE = 16;
  private static final int THREADS = 256;

  private final CudaContext context;
  private final CudaPointwise pointwise;
  private final @Nullable TensorCoreGemm tensorCores;

  CudaMatMul(CudaContext context, CudaPointwise pointwise) {
    this.context = context;
    this.pointwise = pointwise;
    tensorCores = context.kernels().target() == Kernels.Target.SM_75 ? null : new TensorCoreGemm(context);
  }

  /** A weight of its own, since the one that it was made of may be given back. */
  private record CudaPackedMatrix(Tensor weight) implements PackedMatrix {
    @Override
    public long rows() {
      return weight.shape().extent(0);
    }

    @Override
    public long columns() {
      return weight.shape().extent(1);
    }

    @Override
    public void close() {
      weight.close();
    }
  }

  @Override
  public void matmul(Orientation orientation, Tensor a, Tensor b, Tensor c, Write write) {
    long k = orientation.aIsTransposed() ? a.shape().rows() : a.shape().columns();
    run(orientation, List.of(GemmProblem.of(a, b, k, c, null, write == Write.ADD)));
  }

  @Override
  public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y,
      @Nullable Tensor preactivation) {
    Tensor product = preactivation == null ? y : preactivation;
    run(Orientation.NT, List.of(GemmProblem.of(x, weight, x.shape().columns(), product, bias, false)));
    if (activation != Activation.IDENTITY || preactivation != null) {
      pointwise.activate(activation, product, y);
    }
  }

  /** Both products of {@link CudaFused#gatedLinear} and what becomes of them as one kernel; false if there is none that can. */
  boolean gated(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor y) {
    return tensorCores != null && tensorCores.gated(x, gateWeight, upWeight, gate, up, y);
  }

  @Override
  public PackedMatrix pack(Tensor weight) {
    var scope = new Scope(weight.backend());
    Tensor own = scope.emptyLike(weight).retain();
    context.copy(weight, own);
    return new CudaPackedMatrix(own);
  }

  @Override
  public void linear(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Activation activation, Tensor y) {
    if (!(weight instanceof CudaPackedMatrix packed)) {
      throw new IllegalArgumentException("a weight that was packed for another device");
    }
    linear(x, packed.weight, bias, activation, y, null);
  }

  /** Queues products of one orientation whose outputs have one type, as one launch where tensor cores do them. */
  void run(Orientation orientation, List<GemmProblem> problems) {
    List<GemmProblem> present = problems.stream().filter(problem -> problem.c().elements() > 0).toList();
    if (present.isEmpty()) {
      return;
    }
    boolean half = present.stream().anyMatch(problem -> problem.c().dtype() == DType.BF16 || problem.terms().stream()
        .anyMatch(term -> term.a().dtype() == DType.BF16 || term.b().dtype() == DType.BF16));
    if (half && tensorCores != null) {
      tensorCores.run(orientation, present);
      return;
    }
    for (GemmProblem problem : present) {
      if (half) {
        widened(orientation, problem);
      } else {
        sum(orientation, problem);
      }
    }
  }

  /** In F32 arithmetic, from operands and to outputs of which some are BF16. */
  private void widened(Orientation orientation, GemmProblem problem) {
    try (var scope = new Scope(problem.c().backend())) {
      List<GemmProblem.Term> terms = problem.terms().stream()
          .map(term -> new GemmProblem.Term(wide(term.a(), scope), wide(term.b(), scope), term.k())).toList();
      if (problem.c().dtype() == DType.F32) {
        sum(orientation, new GemmProblem(terms, problem.c(), problem.bias(), problem.add()));
        return;
      }
      Tensor c = scope.empty(DType.F32, problem.c().shape());
      if (problem.add()) {
        pointwise.copy(problem.c(), c);
      }
      sum(orientation, new GemmProblem(terms, c, problem.bias(), problem.add()));
      pointwise.copy(c, problem.c());
    }
  }

  /** A problem of F32 alone, a launch for each of its terms. */
  private void sum(Orientation orientation, GemmProblem problem) {
    for (int i = 0; i < problem.terms().size(); i++) {
      product(orientation, problem.terms().get(i), problem.c(), i == 0 ? problem.bias() : null, problem.add() || i > 0);
    }
  }

  private Tensor wide(Tensor tensor, Scope scope) {
    if (tensor.dtype() == DType.F32) {
      return tensor;
    }
    Tensor copy = scope.empty(DType.F32, tensor.shape());
    pointwise.copy(tensor, copy);
    return copy;
  }

  private void product(Orientation orientation, GemmProblem.Term term, Tensor c, @Nullable Tensor bias, boolean add) {
    long a = CudaStorage.address(term.a());
    long b = CudaStorage.address(term.b());
    long k = term.k();
    long n = c.shape().columns();
    long m = c.elements() / n;
    int size =
        GemmProblem.tiles(m, n, TILE) * parts(m, n, k, TILE, bias) >= GemmProblem.ENOUGH_TILES ? TILE : SMALL_TILE;
    long tilesOfM = Math.ceilDiv(m, size);
    long tilesOfN = Math.ceilDiv(n, size);
    int parts = parts(m, n, k, size, bias);
    int partOfK = GemmProblem.partOfK(k, parts, K_OF_TILE);
    String entry = FILE + "_" + orientation.name().toLowerCase(Locale.ROOT) + "_" + size;
    Write write = add ? Write.ADD : Write.SET;
    if (parts == 1) {
      Write how = CudaStorage.accumulation(c, write);
      context.launch(FILE, entry).address(a).address(b).in(bias).out(c, how).i32(m).i32(n).i32(k).i32(partOfK).add(how)
          .run(Grid.of(tilesOfN, tilesOfM, THREADS));
      return;
    }
    try (Scratch partials = context.scratch(4L * parts * m * n)) {
      context.launch(FILE, entry).address(a).address(b).in(null).address(partials.address()).i32(m).i32(n).i32(k)
          .i32(partOfK).i32(0).run(Grid.of(tilesOfN, tilesOfM, parts, THREADS));
      CudaReduction.sumPartials(context, partials.address(), parts, c, write);
    }
  }

  /** A bias is added once, so a product with one is not cut. */
  private static int parts(long m, long n, long k, int size, @Nullable Tensor bias) {
    return bias != null ? 1 : GemmProblem.parts(GemmProblem.tiles(m, n, size), k);
  }
}
