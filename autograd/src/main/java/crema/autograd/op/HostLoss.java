package crema.autograd.op;

import static java.util.Objects.requireNonNull;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scalar that the host computes in double precision together with its gradient: for losses, whose inputs are small
 * next to the network's work and whose formulas are many. Works on every backend and with every floating-point type.
 *
 * @param x any shape
 * @param dx the gradient of the value, of x's shape; null when none is wanted
 */
public record HostLoss(Variable x, @Nullable Tensor dx) implements Op {
  /** A scalar function of many numbers with its gradient. */
  @FunctionalInterface
  public interface Function {
    /**
     * The function's value.
     *
     * @param x the elements, row-major
     * @param gradient as long as {@code x} and zero: receives ∂value/∂x
     */
    double evaluate(double[] x, double[] gradient);
  }

  /** The value of the function: {@code [1]}, of x's type. */
  public static Variable apply(Tape tape, Variable x, Function function) {
    if (x.value().dtype() == DType.BF16) {
      return apply(tape, Cast.apply(tape, x, DType.F32), function);
    }
    double[] elements = x.value().toDoubles();
    var gradient = new double[elements.length];
    Tensor value = tape.scope().empty(x.value().dtype(), 1).set(function.evaluate(elements, gradient));
    Tensor dx = tape.records(x) ? tape.scope().emptyLike(x.value()).set(gradient) : null;
    return tape.record(new HostLoss(x, dx), value);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public List<Tensor> saved() {
    return dx == null ? List.of() : List.of(dx);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor gradient = requireNonNull(dx);
    pass.ops().pointwise().binary(BinaryOperator.MULTIPLY, gradient, upstream, gradient);
    pass.add(x, gradient);
  }
}
