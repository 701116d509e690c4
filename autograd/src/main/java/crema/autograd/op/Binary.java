package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/**
 * a ∘ b for each element.
 *
 * @param operator ∘
 * @param a any shape
 * @param b a's shape or its innermost dimensions, repeated along the others
 */
public record Binary(BinaryOperator operator, Variable a, Variable b) implements Op {
  /** a + b: {@link #apply} with {@link BinaryOperator#ADD}. */
  public static Variable add(Tape tape, Variable a, Variable b) {
    return apply(tape, BinaryOperator.ADD, a, b);
  }

  /** a − b: {@link #apply} with {@link BinaryOperator#SUBTRACT}. */
  public static Variable subtract(Tape tape, Variable a, Variable b) {
    return apply(tape, BinaryOperator.SUBTRACT, a, b);
  }

  /** a · b: {@link #apply} with {@link BinaryOperator#MULTIPLY}. */
  public static Variable multiply(Tape tape, Variable a, Variable b) {
    return apply(tape, BinaryOperator.MULTIPLY, a, b);
  }

  /** a / b: {@link #apply} with {@link BinaryOperator#DIVIDE}. */
  public static Variable divide(Tape tape, Variable a, Variable b) {
    return apply(tape, BinaryOperator.DIVIDE, a, b);
  }

  /** a ∘ b, of a's shape and the {@linkplain Tape#widest wider} type; b's shape is a's or its innermost dimensions. */
  public static Variable apply(Tape tape, BinaryOperator operator, Variable a, Variable b) {
    if (!a.shape().endsWith(b.shape())) {
      throw new IllegalArgumentException(operator.name().toLowerCase(Locale.ROOT) + ": shape " + b.shape()
          + " is not what shape " + a.shape() + " ends with");
    }
    DType type = Tape.widest(a, b);
    Variable left = Cast.apply(tape, a, type);
    Variable right = Cast.apply(tape, b, type);
    Tensor y = tape.scope().emptyLike(left.value());
    tape.ops().pointwise().binary(operator, left.value(), right.value(), y);
    return tape.record(new Binary(operator, left, right), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    if (pass.needs(b)) {
      backwardB(upstream, pass);
    }
    if (pass.needs(a)) {
      if (operator == BinaryOperator.MULTIPLY || operator == BinaryOperator.DIVIDE) {
        pass.ops().pointwise().binary(operator, upstream, b.value(), upstream);
      }
      pass.add(a, upstream);
    }
  }

  /** Sends b what remains of ∂(a ∘ b)/∂b · upstream when summed over the dimensions along which b was repeated. */
  private void backwardB(Tensor upstream, BackwardPass pass) {
    var pointwise = pass.ops().pointwise();
    Tensor db = pass.scope().emptyLike(upstream);
    switch (operator) {
      case ADD -> pointwise.copy(upstream, db);
      case SUBTRACT -> pointwise.scale(-1, upstream, db);
      case MULTIPLY -> pointwise.binary(BinaryOperator.MULTIPLY, upstream, a.value(), db);
      case DIVIDE -> {
        // ∂(a / b)/∂b = −a / b²
        pointwise.binary(BinaryOperator.MULTIPLY, upstream, a.value(), db);
        pointwise.binary(BinaryOperator.DIVIDE, db, b.value(), db);
        pointwise.binary(BinaryOperator.DIVIDE, db, b.value(), db);
        pointwise.scale(-1, db, db);
      }
    }
    if (b.shape().equals(a.shape())) {
      pass.add(b, db);
    } else {
      pass.add(b, (sum, write) -> pass.ops().reduction().sumRows(db, sum, write));
      db.close();
    }
  }
}
