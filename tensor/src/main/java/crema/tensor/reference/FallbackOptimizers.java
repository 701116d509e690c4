package crema.tensor.reference;

import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.Deferred;
import crema.tensor.OptimizerOps;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.List;

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
  public Deferred adamWAll(List<AdamWSlot> slots, double maxNorm) {
    return fallback.compute(call -> call.ops().optimizers().adamWAll(
        slots.stream().map(slot -> there(call, slot)).toList(), maxNorm));
  }

  private static AdamWSlot there(Fallback.Call call, AdamWSlot slot) {
    Tensor parameter = call.inOut(slot.parameter());
    Tensor firstMoment = call.inOut(slot.firstMoment());
    Tensor secondMoment = call.inOut(slot.secondMoment());
    return switch (slot) {
      case AdamWSlot.Dense dense ->
          new AdamWSlot.Dense(parameter, call.in(dense.gradient()), firstMoment, secondMoment, dense.step());
      case AdamWSlot.Sparse sparse ->
          new AdamWSlot.Sparse(parameter, call.in(sparse.gradient()), firstMoment, secondMoment, sparse.step());
    };
  }

  @Override
  public void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale) {
    fallback.run(call -> call.ops().optimizers().sgd(
        call.inOut(parameter), call.in(gradient), learningRate, gradientScale));
  }
}
