package crema.autograd;

import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of leaves, summed over all backward passes that were given this object. A leaf has a dense gradient, a
 * row-sparse one (an embedding table), or none if no loss depended on it.
 */
public final class Gradients {
  private final Scope scope;
  private final Map<Variable, Tensor> dense = new IdentityHashMap<>();
  private final Map<Variable, SparseRows> sparse = new IdentityHashMap<>();

  /** No gradients yet; what comes is owned by the scope. */
  public Gradients(Scope scope) {
    this.scope = scope;
  }

  /** Owns the gradients. */
  public Scope scope() {
    return scope;
  }

  /** The dense gradient of a leaf, of its shape, or null. */
  public @Nullable Tensor denseOrNull(Variable leaf) {
    return dense.get(leaf);
  }

  /** The row-sparse gradient of a leaf, or null. */
  public @Nullable SparseRows sparseOrNull(Variable leaf) {
    return sparse.get(leaf);
  }

  /**
   * The gradient of a leaf as a dense tensor, made so if need be.
   *
   * @throws IllegalArgumentException when no loss depended on the leaf
   */
  public Tensor of(Variable leaf) {
    Tensor gradient = densified(leaf);
    if (gradient == null) {
      throw new IllegalArgumentException("no loss depended on the leaf of shape " + leaf.shape());
    }
    return gradient;
  }

  /** The gradient of a leaf, turned into a dense one if it is row-sparse; null if there is none. */
  @Nullable
  Tensor densified(Variable leaf) {
    SparseRows rows = sparse.remove(leaf);
    if (rows != null) {
      Tensor gradient = create(leaf);
      scope.backend().ops().pointwise().fill(0, gradient);
      scope.backend().ops().embedding().scatterAdd(rows, gradient);
      rows.close();
    }
    return dense.get(leaf);
  }

  /** A dense gradient, with undefined elements, for a leaf that has none. */
  Tensor create(Variable leaf) {
    Tensor gradient = scope.emptyLike(leaf.value());
    dense.put(leaf, gradient);
    return gradient;
  }

  /** Takes over a row-sparse gradient that belongs to the scope of a backward pass, which may close before this one. */
  void addSparse(Variable leaf, SparseRows rows) {
    Tensor present = dense.get(leaf);
    if (present != null) {
      scope.backend().ops().embedding().scatterAdd(rows, present);
      rows.close();
      return;
    }
    SparseRows before = sparse.get(leaf);
    if (before == null) {
      sparse.put(leaf, new SparseRows(scope.adopt(rows.rows().share()), scope.adopt(rows.values().share())));
    } else {
      sparse.put(leaf, scope.backend().ops().embedding().add(before, rows, scope));
      before.close();
    }
    rows.close();
  }
}
