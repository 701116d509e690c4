package crema.autograd;

import crema.base.Rng;
import crema.tensor.Backend;
import crema.tensor.DType;
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
  private boolean fullPrecision;
  private boolean recomputing;
  /** Whether an op had an input that needs a gradient, recording or not. */
  private boolean sawGradients;
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

  /**
   * Lets {@linkplain #block blocks} keep nothing but their inputs and run again in the backward pass (gradient
   * checkpointing: Chen et al., arXiv 1604.06174): the same gradients for about a third more time, in the memory of one
   * block and the inputs of all. Returns this tape.
   */
  public Tape recomputing() {
    recomputing = true;
    return this;
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

  /**
   * The type of what a layer gives for x: {@link Backend#activationType} if that is another for floats, but where the tape
   * is in {@link #inFullPrecision full precision}.
   */
  public DType activationType(Variable x) {
    DType type = x.value().dtype();
    if (type == DType.F64) {
      return type;
    }
    return fullPrecision ? DType.F32 : backend().activationType();
  }

  /** The type of sums and statistics over x: {@link DType#F64} for that, else {@link DType#F32}. */
  public static DType sumType(Variable x) {
    return x.value().dtype() == DType.F64 ? DType.F64 : DType.F32;
  }

  /** The type of a value of both a and b: that with more bits. */
  public static DType widest(Variable a, Variable b) {
    DType left = a.value().dtype();
    DType right = b.value().dtype();
    return left.bytes() >= right.bytes() ? left : right;
  }

  /**
   * Runs a part of the forward pass whose values are {@link DType#F32} on any backend: the residual stream of a network,
   * or its logits.
   */
  public Variable inFullPrecision(Supplier<Variable> body) {
    boolean before = fullPrecision;
    fullPrecision = true;
    try {
      return body.get();
    } finally {
      fullPrecision = before;
    }
  }

  /** Whether dropout and the like are switched on. */
  public boolean isTraining() {
    return rng != null;
  }

  /** Whether an op on these inputs will be asked for gradients: if not, it need not save anything. */
  public boolean records(Variable... inputs) {
    for (Variable input : inputs) {
      if (input.needsGradient()) {
        sawGradients = true;
        return recording;
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
   * Runs a part of the forward pass. If nothing of it is recorded, because the tape records nothing or all its parameters
   * are frozen, its intermediate values are released when it returns, so that many layers need the memory of one.
   */
  public Variable region(Supplier<Variable> body) {
    Scope outer = scope;
    int before = nodes.size();
    try (var inner = new Scope(outer.backend())) {
      scope = inner;
      Variable result = body.get();
      if (nodes.size() > before) {
        inner.moveTo(outer);
        return result;
      }
      // A handle of the outer scope's own: the value may be a parameter, which must not die with this scope.
      return Variable.constant(outer.adopt(result.value().share()));
    } finally {
      scope = outer;
    }
  }

  /** A part of a network that turns one value into another: the tape it runs on may not be the one it was given to. */
  @FunctionalInterface
  public interface Block {
    /** Runs the block on a tape. */
    Variable forward(Tape tape, Variable x);
  }

  /**
   * Runs one of the blocks of a deep network as a {@link #region}. On a {@linkplain #recomputing recomputing} tape it
   * keeps nothing but its input, and runs again in the backward pass.
   *
   * @param x what the block before it gave; let go if nobody will go back
   */
  public Variable block(Variable x, Block block) {
    if (recording && recomputing) {
      return recomputed(x, block);
    }
    Variable y = region(() -> block.forward(this, x));
    if (!y.needsGradient()) {
      x.value().close();
    }
    return y;
  }

  private Variable recomputed(Variable x, Block block) {
    int firstRandomOp = randomOps;
    try (var inner = new Scope(scope.backend())) {
      var tape = new Tape(inner, false, rng);
      tape.randomOps = firstRandomOp;
      Tensor value = scope.adopt(block.forward(tape, x).value().share());
      randomOps = tape.randomOps;
      if (!tape.sawGradients) {
        return Variable.constant(value);
      }
      Variable y = Variable.result(value);
      nodes.add(new Node(new Recomputed(x, block, rng, firstRandomOp), List.of(y)));
      return y;
    }
  }

  /** A block that kept nothing but its input. */
  private record Recomputed(Variable x, Block block, @Nullable Rng rng, int firstRandomOp) implements Op {
    @Override
    public List<Variable> inputs() {
      return List.of(x);
    }

    @Override
    public void backward(Tensor upstream, BackwardPass pass) {
      try (var scope = new Scope(pass.backend())) {
        var tape = new Tape(scope, true, rng);
        tape.randomOps = firstRandomOp;
        // Not a leaf: its gradient is this op's to hand on.
        Variable input = pass.needs(x) ? Variable.result(x.value()) : Variable.constant(x.value());
        Variable y = block.forward(tape, input);
        BackwardPass inner = pass.within(scope);
        tape.walk(y, upstream.share(), inner);
        Tensor gradient = inner.take(List.of(input)).getFirst();
        if (gradient != null) {
          pass.add(x, gradient);
        }
      }
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
    Tensor seed = scope.emptyLike(loss.value());
    ops().pointwise().fill(scale, seed);
    walk(loss, seed, new BackwardPass(scope, gradients));
  }

  /** Walks back from a variable, whose gradient is handed over and whose value stays readable. */
  private void walk(Variable from, Tensor gradient, BackwardPass pass) {
    consumed = true;
    pass.add(from, gradient);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      List<@Nullable Tensor> upstream = pass.take(node.outputs);
      if (upstream.stream().anyMatch(Objects::nonNull)) {
        node.op.backward(upstream, pass);
        for (Tensor arrived : upstream) {
          if (arrived != null) {
            arrived.close();
          }
        }
        pass.releaseScratch();
      }
      node.op.saved().forEach(Tensor::close);
      for (Variable output : node.outputs) {
        if (output != from) {
          output.value().close();
        }
      }
    }
    nodes.clear();
  }
}
