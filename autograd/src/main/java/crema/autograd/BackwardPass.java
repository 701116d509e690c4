package crema.autograd;

import crema.tensor.Backend;
import crema.tensor.Ops;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an {@link Op} sends the gradients of its inputs during the backward walk. There is one rule: gradients that
 * arrive at one variable add up. Those of leaves are kept in {@link Gradients}; that of an intermediate value is
 * written once, added to where the value is used again, and released when the walk reaches the op that gave the value.
 *
 * <p>An op {@linkplain #add(Variable, Tensor) adds} a finished gradient, a {@linkplain #add(Variable, SparseRows)
 * row-sparse} one, or {@linkplain #add(Variable, Kernel) what a kernel writes}. A kernel that gives several gradients
 * at once writes that of an activation to a {@link #sink} and adds those of parameters to an {@link #accumulator}.
 */
public final class BackwardPass {
  /**
   * Where a kernel leaves the gradient of an activation.
   *
   * @param tensor of the input's type and shape
   * @param write whether to overwrite what the tensor holds or to add to it
   */
  public record Sink(Tensor tensor, Write write) {}

  /** Computes the gradient of one input. */
  @FunctionalInterface
  public interface Kernel {
    /**
     * Leaves the gradient in a tensor.
     *
     * @param gradient of the input's type and shape
     * @param write whether to overwrite what the tensor holds or to add to it
     */
    void run(Tensor gradient, Write write);
  }

  private final Scope scope;
  private final Gradients leaves;
  private final Map<Variable, Tensor> intermediates = new IdentityHashMap<>();
  private final List<Tensor> scratch = new ArrayList<>();

  BackwardPass(Scope scope, Gradients leaves) {
    this.scope = scope;
    this.leaves = leaves;
  }

  /** A pass through a part of the network that runs again: gradients of leaves are kept where this pass keeps them. */
  BackwardPass within(Scope inner) {
    return new BackwardPass(inner, leaves);
  }

  /** Owns temporary tensors; close them when done with them. */
  public Scope scope() {
    return scope;
  }

  /** Where the pass runs. */
  public Backend backend() {
    return scope.backend();
  }

  /** The ops of the {@link #backend}. */
  public Ops ops() {
    return backend().ops();
  }

  /** Whether an input's gradient is wanted. */
  public boolean needs(Variable input) {
    return input.needsGradient();
  }

  /**
   * Adds a gradient, which the op hands over: it must not use the tensor afterwards, nor hand it to a second input. The
   * upstream gradient may be handed over too.
   *
   * @param gradient as many elements as the input; dropped if the input {@link #needs} none
   */
  public void add(Variable input, Tensor gradient) {
    if (needs(input)) {
      Tensor present = gradient(input);
      if (present != null) {
        ops().pointwise().addScaled(1, gradient, present);
      } else if (input.isLeaf()) {
        ops().pointwise().copy(gradient, create(input));
      } else {
        // A handle of the pass's own, in the input's shape: the tape closes what it handed out.
        intermediates.put(input, scope.adopt(gradient.reshape(input.shape().toArray())));
      }
    }
    gradient.close();
  }

  /** Adds a row-sparse gradient of a leaf, which the op hands over. */
  public void add(Variable input, SparseRows gradient) {
    if (!input.isLeaf()) {
      throw new IllegalArgumentException("row-sparse gradient of an intermediate value of shape " + input.shape());
    }
    leaves.addSparse(input, gradient);
  }

  /** Adds what a kernel computes, straight to where the gradient is kept; not run if the input {@link #needs} none. */
  public void add(Variable input, Kernel kernel) {
    if (needs(input)) {
      Sink sink = sink(input);
      kernel.run(sink.tensor, sink.write);
    }
  }

  /**
   * Where a kernel of several gradients leaves that of an activation. If the input {@link #needs} none, this is scratch
   * memory, released after the op.
   */
  public Sink sink(Variable input) {
    if (!needs(input)) {
      Tensor unwanted = scope.emptyLike(input.value());
      scratch.add(unwanted);
      return new Sink(unwanted, Write.SET);
    }
    Tensor present = gradient(input);
    return present != null ? new Sink(present, Write.ADD) : new Sink(create(input), Write.SET);
  }

  /**
   * What a kernel of several gradients adds that of a parameter to: zero at first. Null for a parameter that is absent
   * or {@link #needs} no gradient.
   */
  public @Nullable Tensor accumulator(@Nullable Variable parameter) {
    if (parameter == null || !needs(parameter)) {
      return null;
    }
    Sink sink = sink(parameter);
    if (sink.write == Write.SET) {
      ops().pointwise().fill(0, sink.tensor);
    }
    return sink.tensor;
  }

  /** The finished gradients of an op's values, handed over; null where the loss does not depend on a value. */
  List<@Nullable Tensor> take(List<Variable> outputs) {
    var gradients = new ArrayList<@Nullable Tensor>();
    for (Variable output : outputs) {
      gradients.add(intermediates.remove(output));
    }
    return gradients;
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
