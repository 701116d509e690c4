package crema.tensor.reference;

import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.BinaryOperator;
import crema.tensor.PointwiseOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link PointwiseOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackPointwise implements PointwiseOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackPointwise(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void fill(double value, Tensor x) {
    fallback.run(call -> call.ops().pointwise().fill(value, call.out(x)));
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    fallback.run(call -> call.ops().pointwise().copy(call.in(x), call.out(y)));
  }

  @Override
  public void copyColumns(Tensor x, long from, Tensor y) {
    fallback.run(call -> call.ops().pointwise().copyColumns(call.in(x), from, call.out(y)));
  }

  @Override
  public void setColumns(Tensor x, long from, Tensor y) {
    fallback.run(call -> call.ops().pointwise().setColumns(call.in(x), from, call.inOut(y)));
  }

  @Override
  public void activate(Activation f, Tensor x, Tensor y) {
    fallback.run(call -> call.ops().pointwise().activate(f, call.in(x), call.out(y)));
  }

  @Override
  public void activateBackward(Activation f, Tensor x, Tensor dy, Tensor dx, Write write) {
    fallback.run(call -> call.ops().pointwise().activateBackward(
        f, call.in(x), call.in(dy), call.out(dx, write), write));
  }

  @Override
  public void binary(BinaryOperator operator, Tensor a, Tensor b, Tensor y) {
    fallback.run(call -> call.ops().pointwise().binary(
        operator, call.in(a), call.in(b), call.out(y)));
  }

  @Override
  public void scale(double factor, Tensor x, Tensor y) {
    fallback.run(call -> call.ops().pointwise().scale(factor, call.in(x), call.out(y)));
  }

  @Override
  public void addScaled(double factor, Tensor x, Tensor y) {
    fallback.run(call -> call.ops().pointwise().addScaled(factor, call.in(x), call.inOut(y)));
  }

  @Override
  public void swiglu(Tensor gate, Tensor up, Tensor y) {
    fallback.run(call -> call.ops().pointwise().swiglu(
        call.in(gate), call.in(up), call.out(y)));
  }

  @Override
  public void swigluBackward(Tensor gate, Tensor up, Tensor dy, Tensor dgate, Tensor dup) {
    fallback.run(call -> call.ops().pointwise().swigluBackward(
        call.in(gate), call.in(up), call.in(dy), call.out(dgate), call.out(dup)));
  }

  @Override
  public void dropout(Tensor x, float p, Rng.Stream random, Tensor y) {
    fallback.run(call -> call.ops().pointwise().dropout(call.in(x), p, random, call.out(y)));
  }

  @Override
  public void residual(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor y) {
    fallback.run(call -> call.ops().pointwise().residual(call.in(x), call.in(branch),
        call.inOrNull(gamma), call.in(sequences), p, random, call.out(y)));
  }

  @Override
  public void residualBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor dy, Tensor dbranch, @Nullable Tensor dgamma) {
    fallback.run(call -> call.ops().pointwise().residualBackward(call.in(branch),
        call.inOrNull(gamma), call.in(sequences), p, random, call.in(dy), call.out(dbranch),
        call.inOutOrNull(dgamma)));
  }
}
