package crema.autograd;

import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an {@link Op} sends the gradients of its inputs during the backward walk. Gradients of leaves accumulate in
 * {@link Gradients}; those of intermediate values are written once, added to if the value is used again, and released
 * when the walk reaches the op that gave the value.
 */
public final class BackwardPass {
  /**
   * Where to write a gradient.
   *
   * @param tensor of the input's type and shape
   * @param accumulate whether to add to what the tensor holds, rather than overwrite it
   */
  public record Sink(Tensor tensor, boolean accumulate) {}

  private final Scope scope;
  private final Gradients leaves;
  private final Map<Variable, Tensor> intermediates = new IdentityHashMap<>();
  private final List<Tensor> scratch = new ArrayList<>();

  BackwardPass(Scope scope, Gradients leaves) {
    this.scope = scope;
    this.leaves = leaves;
  }

  /** Owns temporary tensors; close them when done with them. */
  public Scope scope() {
    return scope;
  }

  /** Where the pass runs. */
  public Backend backend() {
    return scope.backend();
  }

  /** Whether an input's gradient is wanted. */
  public boolean needs(Variable input) {
    return input.needsGradient();
  }

  /**
   * Where to write the gradient of an input, by a kernel that can write or add. That of an input that {@link #needs}
   * none is scratch memory, released after the op.
   */
  public Sink sink(Variable input) {
    if (!needs(input)) {
      Tensor unwanted = scope.emptyLike(input.value());
      scratch.add(unwanted);
      return new Sink(unwanted, false);
    }
    Tensor present = gradient(input);
    return present != null ? new Sink(present, true) : new Sink(create(input), false);
  }

  /** {@link #sink} for a kernel that always adds. */
  public Tensor accumulator(Variable input) {
    Sink sink = sink(input);
    if (!sink.accumulate) {
      backend().ops().pointwise().fill(0, sink.tensor);
    }
    return sink.tensor;
  }

  /** {@link #accumulator}, or null for an input that is absent or needs no gradient. */
  public @Nullable Tensor accumulatorOrNull(@Nullable Variable input) {
    return input != null && needs(input) ? accumulator(input) : null;
  }

  /**
   * Takes over a tensor of this pass's {@link #scope} as the gradient of an input, or adds it to what is there, or
   * drops it if the input {@link #needs} none.
   */
  public void add(Variable input, Tensor gradient) {
    if (!needs(input)) {
      gradient.close();
      return;
    }
    Tensor present = gradient(input);
    if (present != null) {
      backend().ops().pointwise().addScaled(1, gradient, present);
      gradient.close();
    } else if (input.isLeaf()) {
      backend().ops().pointwise().copy(gradient, create(input));
      gradient.close();
    } else {
      intermediates.put(input, gradient);
    }
  }

  /**
   * Passes the upstream gradient on unchanged, without a copy. An op may do this for one of its inputs, as the last
   * thing that it does with {@code upstream}.
   */
  public void pass(Variable input, Tensor upstream) {
    add(input, scope.adopt(upstream.reshape(input.shape().toArray())));
  }

  /** Adds a row-sparse gradient of a leaf. */
  public void addSparse(Variable input, SparseRows gradient) {
    if (!input.isLeaf()) {
      throw new IllegalArgumentException("row-sparse gradient of an intermediate value of shape " + input.shape());
    }
    leaves.addSparse(input, gradient);
  }

  /** The finished gradient of an op's value, handed over; null if the loss does not depend on it. */
  @Nullable Tensor take(Variable output) {
    return intermediates.remove(output);
  }

  /** Gives back the memory that the op just passed had no use for. */
  void releaseScratch() {
    scratch.forEach(Tensor::close);
    scratch.clear();
  }

  private @Nullable Tensor gradient(Variable input) {
    return input.isLeaf() ? leaves.densified(input) : intermediates.get(input);
  }

  private Tensor create(Variable input) {
    if (input.isLeaf()) {
      return leaves.create(input);
    }
    Tensor gradient = scope.emptyLike(input.value());
    intermediates.put(input, gradient);
    return gradient;
  }
}
