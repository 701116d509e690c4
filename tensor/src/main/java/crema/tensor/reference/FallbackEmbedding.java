package crema.tensor.reference;

import crema.tensor.EmbeddingOps;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;

/** {@link EmbeddingOps} of a backend without kernels of its own for them: every op runs on the reference. */
public abstract class FallbackEmbedding implements EmbeddingOps {
  private final Fallback fallback;

  /** Ops that run through the given fallback. */
  protected FallbackEmbedding(Fallback fallback) {
    this.fallback = fallback;
  }

  @Override
  public void gather(Tensor table, Tensor ids, float factor, Tensor y) {
    fallback.run(call -> call.ops().embedding().gather(
        call.in(table), call.in(ids), factor, call.out(y)));
  }

  @Override
  public void positions(Tensor ids, Sequences sequences, int padding, Tensor positions) {
    fallback.run(call -> call.ops().embedding().positions(
        call.in(ids), call.in(sequences), padding, call.out(positions)));
  }

  @Override
  public SparseRows gatherBackward(Tensor ids, Tensor dy, float factor, Scope scope) {
    return fallback.sparse(scope, call -> call.ops().embedding().gatherBackward(
        call.in(ids), call.in(dy), factor, call.scope()));
  }

  @Override
  public SparseRows add(SparseRows a, SparseRows b, Scope scope) {
    return fallback.sparse(scope, call -> call.ops().embedding().add(call.in(a), call.in(b), call.scope()));
  }

  @Override
  public void scatterAdd(SparseRows x, Tensor y) {
    fallback.run(call -> call.ops().embedding().scatterAdd(call.in(x), call.inOut(y)));
  }
}
