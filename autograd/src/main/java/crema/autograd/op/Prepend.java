package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BinaryOperator;
import crema.tensor.Tensor;
import java.util.List;

/**
 * A learned token in front of each of some sequences of equal length.
 *
 * @param token {@code [features]}
 * @param x {@code [sequences, tokens, features]}
 */
public record Prepend(Variable token, Variable x) implements Op {
  /** The sequences with the token in front, {@code [sequences, 1 + tokens, features]}. */
  public static Variable apply(Tape tape, Variable token, Variable x) {
    if (x.shape().rank() != 3 || token.shape().rank() != 1 || token.shape().columns() != x.shape().columns()) {
      throw new IllegalArgumentException("prepend: token " + token.shape() + " does not fit x " + x.shape()
          + ", which must be [sequences, tokens, features]");
    }
    long sequences = x.shape().extent(0);
    long features = x.shape().columns();
    Tensor y = tape.scope().empty(Tape.sumType(x), sequences, 1 + x.shape().extent(1), features);
    var pointwise = tape.ops().pointwise();
    try (Tensor tokens = tape.scope().zeros(y.dtype(), sequences, features);
        Tensor rows = asRows(y);
        Tensor rest = asRows(x.value())) {
      pointwise.binary(BinaryOperator.ADD, tokens, token.value(), tokens);
      pointwise.setColumns(tokens, 0, rows);
      pointwise.setColumns(rest, features, rows);
    }
    return tape.record(new Prepend(token, x), y);
  }

  /** A view with one row a sequence. */
  private static Tensor asRows(Tensor x) {
    return x.reshape(x.shape().extent(0), x.shape().extent(1) * x.shape().columns());
  }

  @Override
  public List<Variable> inputs() {
    return List.of(token, x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    long features = token.shape().columns();
    try (Tensor rows = asRows(upstream)) {
      pass.add(token, (dtoken, write) -> {
        try (Tensor tokens = pass.scope().empty(upstream.dtype(), rows.shape().extent(0), features)) {
          pass.ops().pointwise().copyColumns(rows, 0, tokens);
          pass.ops().reduction().sumRows(tokens, dtoken, write);
        }
      });
      if (pass.needs(x)) {
        Tensor dx = pass.scope().empty(upstream.dtype(), rows.shape().extent(0), x.shape().extent(1) * features);
        pass.ops().pointwise().copyColumns(rows, features, dx);
        pass.add(x, dx);
      }
    }
  }
}
