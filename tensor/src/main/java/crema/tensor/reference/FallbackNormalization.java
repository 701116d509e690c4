package crema.tensor.reference;

import crema.tensor.NormalizationOps;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link NormalizationOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackNormalization implements NormalizationOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackNormalization(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, @Nullable Tensor inverseRms) {
    fallback.run(call -> call.ops().normalization().rmsNorm(
        call.in(x), call.in(weight), epsilon, call.out(y), call.outOrNull(inverseRms)));
  }

  @Override
  public void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dy, Tensor dx, Write write,
      @Nullable Tensor dweight) {
    fallback.run(call -> call.ops().normalization().rmsNormBackward(call.in(x), call.in(weight),
        call.in(inverseRms), call.in(dy), call.out(dx, write), write,
        call.inOutOrNull(dweight)));
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, Tensor y, @Nullable Tensor mean,
      @Nullable Tensor inverseDeviation) {
    fallback.run(call -> call.ops().normalization().layerNorm(call.in(x), call.in(weight),
        call.inOrNull(bias), epsilon, call.out(y), call.outOrNull(mean), call.outOrNull(inverseDeviation)));
  }

  @Override
  public void layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    fallback.run(call -> call.ops().normalization().layerNormBackward(call.in(x),
        call.in(weight), call.in(mean), call.in(inverseDeviation), call.in(dy),
        call.out(dx, write), write, call.inOutOrNull(dweight), call.inOutOrNull(dbias)));
  }
}
