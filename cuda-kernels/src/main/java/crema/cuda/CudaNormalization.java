package crema.cuda;

import crema.tensor.NormalizationOps;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link NormalizationOps} by {@code normalization.cu}. */
final class CudaNormalization implements NormalizationOps {
  private static final String FILE = "normalization";

  private final CudaContext context;

  CudaNormalization(CudaContext context) {
    this.context = context;
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, @Nullable Tensor inverseRms) {
    RowLayout.of(x, weight, y).run(context.launch(FILE, "rms_norm" + Types.suffixes(x, y)).in(x).in(weight).f32(epsilon)
        .out(y).out(inverseRms));
  }

  @Override
  public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dy, Tensor dx, Write write,
      @Nullable Tensor dweight) {
    var layout = RowLayout.of(x, weight, dy, dx);
    Write how = CudaStorage.accumulation(dx, write);
    try (var sums = RowSums.of(context, layout, dweight, null)) {
      layout
          .run(context.launch(FILE, "rms_norm_backward" + Types.suffixes(x, dy)).in(x).in(weight).in(inverseRms).in(dy)
              .out(dx, how).add(how).address(sums.firstAddress()), sums.parts());
      sums.add();
    }
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, Tensor y, @Nullable Tensor mean,
      @Nullable Tensor inverseDeviation) {
    RowLayout.of(x, weight, bias, y).run(context.launch(FILE, "layer_norm" + Types.suffixes(x, y)).in(x).in(weight)
        .in(bias).f32(epsilon).out(y).out(mean).out(inverseDeviation));
  }

  @Override
  public void layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    var layout = RowLayout.of(x, weight, dy, dx);
    Write how = CudaStorage.accumulation(dx, write);
    try (var sums = RowSums.of(context, layout, dweight, dbias)) {
      layout.run(context.launch(FILE, "layer_norm_backward" + Types.suffixes(x, dy)).in(x).in(weight).in(mean)
          .in(inverseDeviation).in(dy).out(dx, how).add(how).address(sums.firstAddress())
          .address(sums.secondAddress()), sums.parts());
      sums.add();
    }
  }
}
