package crema.tensor.reference;

import crema.tensor.Activation;
import crema.tensor.MatMulOps;
import crema.tensor.PackedMatrix;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@link MatMulOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackMatMul implements MatMulOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackMatMul(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor c, boolean accumulate) {
    fallback.run(call -> call.ops().matMul().matmul(
        call.in(a), transposeA, call.in(b), transposeB, accumulate ? call.inOut(c) : call.out(c), accumulate));
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
