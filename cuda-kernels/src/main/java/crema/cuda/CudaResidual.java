package crema.cuda;

import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** The residual connections of {@link crema.tensor.PointwiseOps} and {@link crema.tensor.FusedOps} by {@code residual.cu}. */
final class CudaResidual {
  private static final String FILE = "residual";

  private final CudaContext context;

  CudaResidual(CudaContext context) {
    this.context = context;
  }

  /** See {@link crema.tensor.PointwiseOps#residual}. */
  void residual(Branch branch, Tensor x, Tensor y) {
    RowLayout.of(x, branch.values(), branch.gamma(), y)
        .run(branch.pack(context.launch(FILE, "residual" + Types.suffix(branch.values())).in(x)).out(y));
  }

  /** See {@link crema.tensor.PointwiseOps#residualBackward}. */
  void residualBackward(Branch branch, Tensor dy, Tensor dbranch, @Nullable Tensor dgamma) {
    var layout = RowLayout.of(dy, branch.values(), branch.gamma(), dbranch);
    try (var sums = RowSums.of(context, layout, dgamma, null)) {
      layout.run(branch.pack(context.launch(FILE, "residual_backward" + Types.suffix(branch.values(), dbranch))).in(dy)
          .out(dbranch).address(sums.firstAddress()), sums.parts());
      sums.add();
    }
  }

  /** See {@link crema.tensor.FusedOps#residualRmsNorm}. */
  void residualRmsNorm(Branch branch, Tensor x, Tensor weight, float epsilon, Tensor sum, Tensor y,
      @Nullable Tensor inverseRms) {
    RowLayout.of(x, branch.values(), branch.gamma(), weight, sum, y)
        .run(branch.pack(context.launch(FILE, "residual_rms_norm" + Types.suffixes(branch.values(), y)).in(x))
            .in(weight).f32(epsilon).out(sum).out(y).out(inverseRms));
  }

  /** See {@link crema.tensor.FusedOps#residualRmsNormBackward}. */
  void residualRmsNormBackward(Branch branch, Tensor weight, Tensor sum, Tensor inverseRms, Tensor dy, Tensor dsum,
      Write write, @Nullable Tensor dweight, Tensor dbranch, @Nullable Tensor dgamma) {
    var layout = RowLayout.of(sum, branch.values(), branch.gamma(), weight, dy, dsum, dbranch);
    Write how = CudaStorage.accumulation(dsum, write);
    try (var sums = RowSums.of(context, layout, dweight, dgamma)) {
      layout.run(branch.pack(context.launch(FILE, "residual_rms_norm_backward" + Types.suffixes(branch.values(), dy)))
          .in(weight).in(sum).in(inverseRms).in(dy).out(dsum, how).add(how).address(sums.firstAddress()).out(dbranch)
          .address(sums.secondAddress()), sums.parts());
      sums.add();
    }
  }
}
