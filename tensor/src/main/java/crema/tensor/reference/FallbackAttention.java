package crema.tensor.reference;

import crema.tensor.AttentionOps;
import crema.tensor.AttentionSpec;
import crema.tensor.RelativePositions;
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

  @Override
  public void relativeAttention(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, @Nullable Tensor logSumExp) {
    fallback.run(call -> call.ops().attention().relativeAttention(call.in(q), call.in(k), call.in(v),
        in(call, relative), call.in(sequences), spec, call.out(y), call.outOrNull(logSumExp)));
  }

  @Override
  public void relativeAttentionBackward(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv,
      RelativePositions gradients) {
    fallback.run(call -> {
      RelativePositions there = in(call, relative);
      call.ops().attention().relativeAttentionBackward(call.in(q), call.in(k), call.in(v), there, call.in(sequences),
          spec, call.in(y), call.in(logSumExp), call.in(dy), call.out(dq), call.out(dk), call.out(dv),
          new RelativePositions(there.buckets(), call.outOrNull(gradients.keys()),
              call.outOrNull(gradients.queries()), call.outOrNull(gradients.bias())));
    });
  }

  private static RelativePositions in(Fallback.Call call, RelativePositions relative) {
    return new RelativePositions(call.in(relative.buckets()), call.inOrNull(relative.keys()),
        call.inOrNull(relative.queries()), call.inOrNull(relative.bias()));
  }
}
