package crema.tensor.reference;

import crema.tensor.BatchNormSpec;
import crema.tensor.SpatialOps;
import crema.tensor.Tensor;
import crema.tensor.Window;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link SpatialOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackSpatial implements SpatialOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackSpatial(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void convolve(Tensor x, Tensor weight, @Nullable Tensor bias, Window window, int groups, Tensor y) {
    fallback.run(call -> call.ops().spatial().convolve(
        call.in(x), call.in(weight), call.inOrNull(bias), window, groups, call.out(y)));
  }

  @Override
  public void convolveBackward(Tensor weight, Tensor dy, Window window, int groups, Tensor dx, Write write) {
    fallback.run(call -> call.ops().spatial().convolveBackward(
        call.in(weight), call.in(dy), window, groups, call.out(dx, write), write));
  }

  @Override
  public void convolveWeightBackward(Tensor x, Tensor dy, Window window, int groups, Tensor dweight, Write write) {
    fallback.run(call -> call.ops().spatial().convolveWeightBackward(
        call.in(x), call.in(dy), window, groups, call.out(dweight, write), write));
  }

  @Override
  public void maxPool(Tensor x, Window window, Tensor y) {
    fallback.run(call -> call.ops().spatial().maxPool(call.in(x), window, call.out(y)));
  }

  @Override
  public void maxPoolBackward(Tensor x, Window window, Tensor dy, Tensor dx) {
    fallback.run(call -> call.ops().spatial().maxPoolBackward(call.in(x), window, call.in(dy), call.out(dx)));
  }

  @Override
  public void averagePool(Tensor x, Window window, Tensor y) {
    fallback.run(call -> call.ops().spatial().averagePool(call.in(x), window, call.out(y)));
  }

  @Override
  public void averagePoolBackward(Window window, Tensor dy, Tensor dx) {
    fallback.run(call -> call.ops().spatial().averagePoolBackward(window, call.in(dy), call.out(dx)));
  }

  @Override
  public void patches(Tensor x, int size, Tensor y) {
    fallback.run(call -> call.ops().spatial().patches(call.in(x), size, call.out(y)));
  }

  @Override
  public void patchesBackward(int size, Tensor dy, Tensor dx) {
    fallback.run(call -> call.ops().spatial().patchesBackward(size, call.in(dy), call.out(dx)));
  }

  @Override
  public void transpose(Tensor x, Tensor y) {
    fallback.run(call -> call.ops().spatial().transpose(call.in(x), call.out(y)));
  }

  @Override
  public void batchStatistics(Tensor x, Tensor mean, Tensor variance) {
    fallback.run(call -> call.ops().spatial().batchStatistics(call.in(x), call.out(mean), call.out(variance)));
  }

  @Override
  public void batchNorm(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, @Nullable Tensor residual,
      BatchNormSpec spec, Tensor y) {
    fallback.run(call -> call.ops().spatial().batchNorm(call.in(x), call.in(mean), call.in(variance), call.in(weight),
        call.in(bias), call.inOrNull(residual), spec, call.out(y)));
  }

  @Override
  public void batchNormBackward(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor y, BatchNormSpec spec,
      Tensor dy, Tensor dx, Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    fallback.run(call -> call.ops().spatial().batchNormBackward(call.in(x), call.in(mean), call.in(variance),
        call.in(weight), call.in(y), spec, call.inOut(dy), call.out(dx, write), write, call.inOutOrNull(dweight),
        call.inOutOrNull(dbias)));
  }
}
