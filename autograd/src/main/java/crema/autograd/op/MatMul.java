package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.MatMulOps;
import crema.tensor.Orientation;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.List;

/**
 * The matrix product op(a) · op(b).
 *
 * @param orientation which of the operands are transposed
 * @param a {@code [m, k]}, or {@code [k, m]} when transposed
 * @param b {@code [k, n]}, or {@code [n, k]} when transposed
 */
public record MatMul(Orientation orientation, Variable a, Variable b) implements Op {
  /** a · b for a {@code [m, k]} and b {@code [k, n]}: {@code [m, n]}. */
  public static Variable apply(Tape tape, Variable a, Variable b) {
    return apply(tape, Orientation.NN, a, b);
  }

  /** op(a) · op(b): {@code [m, n]}. */
  public static Variable apply(Tape tape, Orientation orientation, Variable a, Variable b) {
    int rowsOfA = orientation.aIsTransposed() ? 1 : 0;
    int rowsOfB = orientation.bIsTransposed() ? 1 : 0;
    if (a.shape().rank() != 2 || b.shape().rank() != 2
        || a.shape().extent(1 - rowsOfA) != b.shape().extent(rowsOfB)) {
      throw new IllegalArgumentException("matmul: a " + a.shape() + (orientation.aIsTransposed() ? " transposed" : "")
          + " does not fit b " + b.shape() + (orientation.bIsTransposed() ? " transposed" : ""));
    }
    Tensor y = tape.scope().empty(Tape.widest(a, b), a.shape().extent(rowsOfA), b.shape().extent(1 - rowsOfB));
    tape.ops().matMul().matmul(orientation, a.value(), b.value(), y, Write.SET);
    return tape.record(new MatMul(orientation, a, b), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    MatMulOps products = pass.ops().matMul();
    pass.add(a, (da, write) -> {
      switch (orientation) {
        case NN -> products.matmul(Orientation.NT, upstream, b.value(), da, write);
        case NT -> products.matmul(Orientation.NN, upstream, b.value(), da, write);
        case TN -> products.matmul(Orientation.NT, b.value(), upstream, da, write);
      }
    });
    pass.add(b, (db, write) -> {
      switch (orientation) {
        case NN -> products.matmul(Orientation.TN, a.value(), upstream, db, write);
        case NT -> products.matmul(Orientation.TN, upstream, a.value(), db, write);
        case TN -> products.matmul(Orientation.NN, a.value(), upstream, db, write);
      }
    });
  }
}
