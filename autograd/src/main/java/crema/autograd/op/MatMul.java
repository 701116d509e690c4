package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.List;

/**
 * The matrix product a · b or a · bᵀ.
 *
 * @param a {@code [m, k]}
 * @param b {@code [k, n]}, or {@code [n, k]} when transposed
 * @param transposed whether b is transposed
 */
public record MatMul(Variable a, Variable b, boolean transposed) implements Op {
  /** a · b for a {@code [m, k]} and b {@code [k, n]}: {@code [m, n]}. */
  public static Variable apply(Tape tape, Variable a, Variable b) {
    return apply(tape, new MatMul(a, b, false));
  }

  /** a · bᵀ for a {@code [m, k]} and b {@code [n, k]}: {@code [m, n]}. */
  public static Variable applyTransposed(Tape tape, Variable a, Variable b) {
    return apply(tape, new MatMul(a, b, true));
  }

  private static Variable apply(Tape tape, MatMul op) {
    Tensor a = op.a.value();
    Tensor b = op.b.value();
    if (a.shape().rank() != 2 || b.shape().rank() != 2
        || a.shape().extent(1) != b.shape().extent(op.transposed ? 1 : 0)) {
      throw new IllegalArgumentException("matmul: a " + a.shape() + " does not fit b " + b.shape()
          + (op.transposed ? " transposed" : ""));
    }
    Tensor y = tape.scope().empty(a.dtype(), a.shape().extent(0), b.shape().extent(op.transposed ? 0 : 1));
    tape.backend().ops().matMul().matmul(a, false, b, op.transposed, y, false);
    return tape.record(op, y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    var kernels = pass.backend().ops().matMul();
    if (pass.needs(a)) {
      var da = pass.sink(a);
      kernels.matmul(upstream, false, b.value(), !transposed, da.tensor(), da.accumulate());
    }
    if (pass.needs(b)) {
      var db = pass.sink(b);
      if (transposed) {
        kernels.matmul(upstream, true, a.value(), false, db.tensor(), db.accumulate());
      } else {
        kernels.matmul(a.value(), true, upstream, false, db.tensor(), db.accumulate());
      }
    }
  }
}
