package crema.tensor.reference;

import crema.tensor.AttentionOps;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** {@link AttentionOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackAttention implements AttentionOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackAttention(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void rope(Tensor x, Sequences sequences, int headDim, double theta, Tensor y) {
    fallback.run(call -> call.ops().attention().rope(
        call.in(x), call.in(sequences), headDim, theta, call.out(y)));
  }

  @Override
  public void ropeBackward(Tensor dy, Sequences sequences, int headDim, double theta, Tensor dx) {
    fallback.run(call -> call.ops().attention().ropeBackward(
        call.in(dy), call.in(sequences), headDim, theta, call.out(dx)));
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
    fallback.run(call -> call.ops().attention().attention(call.in(q), call.in(k), call.in(v),
        call.in(sequences), spec, call.out(y), call.outOrNull(logSumExp)));
  }

  @Override
  public void attentionBackward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    fallback.run(call -> call.ops().attention().attentionBackward(call.in(q), call.in(k),
        call.in(v), call.in(sequences), spec, call.in(y), call.in(logSumExp), call.in(dy), call.out(dq), call.out(dk),
        call.out(dv)));
  }
}
