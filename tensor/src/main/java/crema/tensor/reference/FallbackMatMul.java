package crema.tensor.reference;

import crema.tensor.Activation;
import crema.tensor.MatMulOps;
import crema.tensor.Orientation;
import crema.tensor.PackedMatrix;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link MatMulOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackMatMul implements MatMulOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackMatMul(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void matmul(Orientation orientation, Tensor a, Tensor b, Tensor c, Write write) {
    fallback.run(call -> call.ops().matMul().matmul(
        orientation, call.in(a), call.in(b), call.out(c, write), write));
  }

  @Override
  public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y,
      @Nullable Tensor preactivation) {
    fallback.run(call -> call.ops().matMul().linear(
        call.in(x), call.in(weight), call.inOrNull(bias), activation, call.out(y), call.outOrNull(preactivation)));
  }

  @Override
  public PackedMatrix pack(Tensor weight) {
    return new PlainMatrix(weight.share());
  }

  @Override
  public void linear(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Activation activation, Tensor y) {
    linear(x, ((PlainMatrix) weight).weight(), bias, activation, y, null);
  }
}
