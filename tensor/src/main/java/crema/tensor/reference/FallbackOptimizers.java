package crema.tensor.reference;

import crema.tensor.AdamWStep;
import crema.tensor.OptimizerOps;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;

/** {@link OptimizerOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackOptimizers implements OptimizerOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackOptimizers(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void adamW(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    fallback.run(call -> call.ops().optimizers().adamW(
        call.inOut(parameter), call.in(gradient), call.inOut(firstMoment), call.inOut(secondMoment), step));
  }

  @Override
  public void adamWSparse(Tensor parameter, SparseRows gradient, Tensor firstMoment, Tensor secondMoment,
      AdamWStep step) {
    fallback.run(call -> call.ops().optimizers().adamWSparse(
        call.inOut(parameter), call.in(gradient), call.inOut(firstMoment), call.inOut(secondMoment), step));
  }

  @Override
  public void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale) {
    fallback.run(call -> call.ops().optimizers().sgd(
        call.inOut(parameter), call.in(gradient), learningRate, gradientScale));
  }
}
