package crema.tensor.reference;

import crema.tensor.Pooling;
import crema.tensor.ReductionOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;

/** {@link ReductionOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackReduction implements ReductionOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackReduction(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void sum(Tensor x, Tensor y, Write write) {
    fallback.run(call -> call.ops().reduction().sum(
        call.in(x), call.out(y, write), write));
  }

  @Override
  public void sumRows(Tensor x, Tensor y, Write write) {
    fallback.run(call -> call.ops().reduction().sumRows(
        call.in(x), call.out(y, write), write));
  }

  @Override
  public double sumOfSquares(Tensor x) {
    return fallback.compute(call -> call.ops().reduction().sumOfSquares(call.in(x)));
  }

  @Override
  public boolean isFinite(Tensor x) {
    return fallback.compute(call -> call.ops().reduction().isFinite(call.in(x)));
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    fallback.run(call -> call.ops().reduction().softmax(call.in(x), call.out(y)));
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    fallback.run(call -> call.ops().reduction().softmaxBackward(
        call.in(y), call.in(dy), call.out(dx)));
  }

  @Override
  public void logSoftmax(Tensor x, Tensor y) {
    fallback.run(call -> call.ops().reduction().logSoftmax(call.in(x), call.out(y)));
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    fallback.run(call -> call.ops().reduction().logSoftmaxBackward(
        call.in(y), call.in(dy), call.out(dx)));
  }

  @Override
  public void pool(Pooling pooling, Tensor x, Sequences sequences, Tensor y) {
    fallback.run(call -> call.ops().reduction().pool(
        pooling, call.in(x), call.in(sequences), call.out(y)));
  }

  @Override
  public void poolBackward(Pooling pooling, Tensor x, Sequences sequences, Tensor dy, Tensor dx) {
    fallback.run(call -> call.ops().reduction().poolBackward(
        pooling, call.in(x), call.in(sequences), call.in(dy), call.out(dx)));
  }
}
