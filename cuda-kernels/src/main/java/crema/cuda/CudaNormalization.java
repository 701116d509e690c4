package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.NormalizationOps;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link NormalizationOps} by {@code normalization.cu}. */
final class CudaNormalization implements NormalizationOps {
  static final String FILE = "normalization";

  private final CudaContext context;

  CudaNormalization(CudaContext context) {
    this.context = context;
  }

  /**
   * How blocks work on rows: see the struct of that name.
   *
   * @param rows how many there are
   * @param features of a row
   * @param vectors whether four elements may be loaded at once
   * @param threads threads of a row
   * @param rowsAtOnce rows that a block has at a time
   * @param chunks how often a thread takes four elements of a row
   */
  record Layout(int rows, int features, boolean vectors, int threads, int rowsAtOnce, int chunks) {
    private static final int MOST_FEATURES = 32 * 32 * 4 * 3;
    private static final int ROWS_OF_WARPS = 8;

    /** The layout for rows that these tensors have in common; features of them too. */
    static Layout of(Tensor x, @Nullable Tensor... others) {
      int features = Math.toIntExact(x.shape().columns());
      if (features > MOST_FEATURES) {
        throw new IllegalArgumentException("CUDA devices normalize rows of up to " + MOST_FEATURES + " features, not "
            + features);
      }
      boolean vectors = features % 4 == 0 && isAligned(x);
      for (Tensor other : others) {
        vectors = vectors && (other == null || isAligned(other));
      }
      int chunks = features <= 128 ? 1 : 3;
      int warps = Math.ceilDiv(features, 128 * chunks);
      int rows = Math.toIntExact(x.elements() / Math.max(1, features));
      return new Layout(rows, features, vectors, 32 * warps, warps == 1 ? ROWS_OF_WARPS : 1, chunks);
    }

    private static boolean isAligned(Tensor tensor) {
      return tensor.offset() % 4 == 0;
    }

    /** The end of an entry's name. */
    String suffix(Tensor x, Tensor y) {
      String types = x.dtype() == y.dtype() ? Types.suffix(x) : Types.suffix(x) + Types.suffix(y);
      return types + "_" + chunks;
    }

    /** For kernels that do each row on its own. */
    Grid grid() {
      return new Grid(Math.ceilDiv(rows, rowsAtOnce), 1, 1, threads, rowsAtOnce, 0);
    }

    /** For kernels that sum over the rows of a part, the sums of so many rows in shared memory. */
    Grid grid(Parts parts) {
      return new Grid(parts.count(), 1, 1, threads, rowsAtOnce, 4 * features * rowsAtOnce);
    }

    Launch pack(Launch launch) {
      return launch.i32(rows).i32(features).i32(vectors ? 1 : 0);
    }
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, @Nullable Tensor inverseRms) {
    var layout = Layout.of(x, weight, y);
    if (layout.rows > 0) {
      layout.pack(context.launch(FILE, "rms_norm" + layout.suffix(x, y)).in(x).in(weight).f32(epsilon).out(y)
          .out(inverseRms)).run(layout.grid());
    }
  }

  @Override
  public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dy, Tensor dx, Write write,
      @Nullable Tensor dweight) {
    var layout = Layout.of(x, weight, dy, dx);
    var parts = Parts.ofRows(layout.rows);
    Write how = CudaStorage.accumulation(dx, write);
    try (Scratch partials = partials(dweight, parts)) {
      layout.pack(context.launch(FILE, "rms_norm_backward" + layout.suffix(x, dy)).in(x).in(weight).in(inverseRms)
          .in(dy).out(dx, how).add(how).address(partials.address())).i32(parts.size()).run(layout.grid(parts));
      add(partials, parts, dweight);
    }
  }

  private Scratch partials(@Nullable Tensor gradient, Parts parts) {
    return context.scratch(gradient == null ? 0 : 4L * parts.count() * gradient.elements());
  }

  private void add(Scratch partials, Parts parts, @Nullable Tensor gradient) {
    if (gradient != null) {
      CudaReduction.sumPartials(context, partials.address(), parts.count(), gradient, Write.ADD);
    }
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, Tensor y, @Nullable Tensor mean,
      @Nullable Tensor inverseDeviation) {
    var layout = Layout.of(x, weight, bias, y);
    if (layout.rows > 0) {
      layout.pack(context.launch(FILE, "layer_norm" + layout.suffix(x, y)).in(x).in(weight).in(bias).f32(epsilon).out(y)
          .out(mean).out(inverseDeviation)).run(layout.grid());
    }
  }

  @Override
  public void layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    var layout = Layout.of(x, weight, dy, dx);
    var parts = Parts.ofRows(layout.rows);
    Write how = CudaStorage.accumulation(dx, write);
    try (Scratch weights = partials(dweight, parts); Scratch biases = partials(dbias, parts)) {
      layout.pack(context.launch(FILE, "layer_norm_backward" + layout.suffix(x, dy)).in(x).in(weight).in(mean)
          .in(inverseDeviation).in(dy).out(dx, how).add(how).address(weights.address()).address(biases.address()))
          .i32(parts.size()).run(layout.grid(parts));
      add(weights, parts, dweight);
      add(biases, parts, dbias);
    }
  }

  /** See {@link crema.tensor.FusedOps#residualRmsNorm}. */
  void residualRmsNorm(Branch branch, Tensor x, Tensor weight, float epsilon, Tensor sum, Tensor y,
      @Nullable Tensor inverseRms) {
    var layout = Layout.of(x, branch.values(), branch.gamma(), weight, sum, y);
    layout.pack(branch.pack(context.launch(FILE, "residual_rms_norm" + layout.suffix(branch.values(), y)).in(x))
        .in(weight).f32(epsilon).out(sum).out(y).out(inverseRms)).run(layout.grid());
  }

  /** See {@link crema.tensor.FusedOps#residualRmsNormBackward}. */
  void residualRmsNormBackward(Branch branch, Tensor weight, Tensor sum, Tensor inverseRms, Tensor dy, Tensor dsum,
      Write write, @Nullable Tensor dweight, Tensor dbranch, @Nullable Tensor dgamma) {
    var layout = Layout.of(sum, branch.values(), branch.gamma(), weight, dy, dsum, dbranch);
    var parts = Parts.ofRows(layout.rows);
    Write how = CudaStorage.accumulation(dsum, write);
    try (Scratch weights = partials(dweight, parts); Scratch gammas = partials(dgamma, parts)) {
      layout.pack(branch.pack(context.launch(FILE, "residual_rms_norm_backward" + layout.suffix(branch.values(), dy)))
          .in(weight).in(sum).in(inverseRms).in(dy).out(dsum, how).add(how).address(weights.address()).out(dbranch)
          .address(gammas.address())).i32(parts.size()).run(layout.grid(parts));
      add(weights, parts, dweight);
      add(gammas, parts, dgamma);
    }
  }
}
