package crema.autograd;

import crema.base.Rng;
import crema.tensor.Backend;
import crema.tensor.Ops;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out ops at once and remembers them, so that {@link #backward} can walk back (reverse-mode automatic
 * differentiation; Griewank and Walther, "Evaluating derivatives", chapter 3).
 *
 * <p>A tape serves one forward and at most one backward pass, on one thread. A {@linkplain #training training} tape
 * records and draws random numbers for dropout; a {@linkplain #recording recording} tape records and drops nothing; an
 * {@linkplain #inference inference} tape does neither.
 */
public final class Tape {
  private record Node(MultiOp op, List<Variable> outputs) {}

  private final boolean recording;
  private final @Nullable Rng rng;
  private final List<Node> nodes = new ArrayList<>();
  private Scope scope;
  private int randomOps;
  private boolean consumed;

  private Tape(Scope scope, boolean recording, @Nullable Rng rng) {
    this.scope = scope;
    this.recording = recording;
    this.rng = rng;
  }

  /** A tape that records, with dropout and the like switched on. */
  public static Tape training(Scope scope, Rng rng) {
    return new Tape(scope, true, rng);
  }

  /** A tape that records, without randomness. */
  public static Tape recording(Scope scope) {
    return new Tape(scope, true, null);
  }

  /** A tape that records nothing, without randomness. */
  public static Tape inference(Scope scope) {
    return new Tape(scope, false, null);
  }

  /** Owns the values of this tape's variables. */
  public Scope scope() {
    return scope;
  }

  /** Where this tape's ops run. */
  public Backend backend() {
    return scope.backend();
  }

  /** The ops of the {@link #backend}. */
  public Ops ops() {
    return backend().ops();
  }

  /** Whether dropout and the like are switched on. */
  public boolean isTraining() {
    return rng != null;
  }

  /** Whether an op on these inputs will be asked for gradients: if not, it need not save anything. */
  public boolean records(Variable... inputs) {
    if (recording) {
      for (Variable input : inputs) {
        if (input.needsGradient()) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The random numbers of the next random op, which depend on the seed, the step and how many random ops came before.
   *
   * @throws IllegalStateException when the tape is not {@link #isTraining() training}
   */
  public Rng.Stream nextRandom() {
    if (rng == null) {
      throw new IllegalStateException("random numbers asked of a tape that is not training");
    }
    return rng.stream(randomOps++);
  }

  /** The value of an op as a variable; remembers the op if one of its inputs needs a gradient. */
  public Variable record(Op op, Tensor value) {
    return record(op, List.of(value)).getFirst();
  }

  /** The values of an op as variables; remembers the op if one of its inputs needs a gradient. */
  public List<Variable> record(MultiOp op, List<Tensor> values) {
    if (!records(op.inputs().toArray(Variable[]::new))) {
      return values.stream().map(Variable::constant).toList();
    }
    List<Variable> outputs = values.stream().map(Variable::result).toList();
    nodes.add(new Node(op, outputs));
    return outputs;
  }

  /**
   * Runs a part of the forward pass. If nothing is recorded, all its intermediate values are released when it returns,
   * so that inference with many layers needs the memory of one.
   */
  public Variable region(Supplier<Variable> body) {
    if (recording) {
      return body.get();
    }
    Scope outer = scope;
    try (var inner = new Scope(outer.backend())) {
      scope = inner;
      // A handle of the outer scope's own: the value may be a parameter, which must not die with this scope.
      return Variable.constant(outer.adopt(body.get().value().share()));
    } finally {
      scope = outer;
    }
  }

  /** The gradients of a scalar loss with respect to all leaves that need one, owned by this tape's scope. */
  public Gradients backward(Variable loss) {
    var gradients = new Gradients(scope);
    backward(loss, 1, gradients);
    return gradients;
  }

  /**
   * Adds the gradients of {@code scale · loss} to those that are there: for gradient accumulation.
   *
   * @param loss a variable of one element; its value stays readable
   * @param scale multiplies every gradient, for instance 1 / number of accumulated batches
   * @param gradients receives the gradients of the leaves
   */
  public void backward(Variable loss, double scale, Gradients gradients) {
    if (loss.value().elements() != 1) {
      throw new IllegalArgumentException("backward() starts at a scalar, not at a tensor of shape " + loss.shape());
    }
    if (consumed) {
      throw new IllegalStateException("a tape serves one backward pass; make a new one for each forward pass");
    }
    consumed = true;
    var pass = new BackwardPass(scope, gradients);
    Tensor seed = scope.emptyLike(loss.value());
    ops().pointwise().fill(scale, seed);
    pass.add(loss, seed);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      List<@Nullable Tensor> upstream = pass.take(node.outputs);
      if (upstream.stream().anyMatch(Objects::nonNull)) {
        node.op.backward(upstream, pass);
        for (Tensor gradient : upstream) {
          if (gradient != null) {
            gradient.close();
          }
        }
        pass.releaseScratch();
      }
      node.op.saved().forEach(Tensor::close);
      for (Variable output : node.outputs) {
        if (output != loss) {
          output.value().close();
        }
      }
    }
    nodes.clear();
  }
}
