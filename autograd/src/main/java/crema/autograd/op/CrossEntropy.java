package crema.autograd.op;

import static java.util.Objects.requireNonNull;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy from logits, averaged over the rows that have a label. The forward pass has all that the
 * gradient needs and writes it at once.
 *
 * @param logits {@code [rows, classes]}
 * @param dlogits {@code [rows, classes]}: the gradient of the mean loss; null when none is wanted
 */
public record CrossEntropy(Variable logits, @Nullable Tensor dlogits) implements Op {
  /**
   * The mean loss: {@code [1]}.
   *
   * @param logits {@code [rows, classes]}
   * @param labels {@code I32 [rows]}; rows with a negative label do not count
   * @param classWeights {@code [classes]}, or null for ones
   * @param smoothing label smoothing, in [0, 1)
   */
  public static Variable apply(Tape tape, Variable logits, Tensor labels, @Nullable Tensor classWeights,
      float smoothing) {
    if (logits.value().dtype() == DType.BF16) {
      return apply(tape, Cast.apply(tape, logits, DType.F32), labels, classWeights, smoothing);
    }
    Shape shape = logits.shape();
    if (shape.rank() != 2 || labels.dtype() != DType.I32 || !labels.shape().equals(Shape.of(shape.extent(0)))) {
      throw new IllegalArgumentException("crossEntropy: logits " + shape + " and labels " + labels.dtype() + " "
          + labels.shape() + " must be [rows, classes] and I32 [rows]");
    }
    if (classWeights != null && !classWeights.shape().equals(Shape.of(shape.extent(1)))) {
      throw new IllegalArgumentException("crossEntropy: class weights " + classWeights.shape() + " do not fit logits "
          + shape);
    }
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("label smoothing " + smoothing + " is not in [0, 1)");
    }
    Tensor loss = tape.scope().empty(logits.value().dtype(), 1);
    Tensor dlogits = tape.records(logits) ? tape.scope().emptyLike(logits.value()) : null;
    tape.ops().losses().crossEntropy(logits.value(), labels, classWeights, smoothing, loss, dlogits);
    return tape.record(new CrossEntropy(logits, dlogits), loss);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(logits);
  }

  @Override
  public List<Tensor> saved() {
    return dlogits == null ? List.of() : List.of(dlogits);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor gradient = requireNonNull(dlogits);
    pass.ops().pointwise().binary(BinaryOperator.MULTIPLY, gradient, upstream, gradient);
    pass.add(logits, gradient);
  }
}
