package crema.tensor.reference;

import crema.tensor.LossOps;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@link LossOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackLosses implements LossOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackLosses(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor labels, @Nullable Tensor classWeights, float smoothing, Tensor loss,
      @Nullable Tensor dlogits) {
    fallback.run(call -> call.ops().losses().crossEntropy(call.in(logits), call.in(labels),
        call.inOrNull(classWeights), smoothing, call.out(loss), call.outOrNull(dlogits)));
  }
}
