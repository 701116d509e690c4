package crema.nn.loss;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BinaryOperator;
import crema.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Lets some rows of a batch count more than others in any loss: the values stay as they are, and the gradient of each row
 * is multiplied by its weight. Of a loss that is a sum over rows, that is the gradient of the weighted sum, with whatever
 * the loss divides by; so weights of labels stay what they are. The value of the loss is that without weights.
 *
 * @param x {@code [rows, columns]}: logits or embeddings
 * @param weights {@code [rows, columns]}: the weight of each row, in all of its columns
 */
public record RowWeights(Variable x, Tensor weights) implements Op {
  /**
   * x, whose gradient is weighted.
   *
   * @param weights {@code [rows]}
   * @throws IllegalArgumentException if there is not one weight a row
   */
  public static Variable apply(Tape tape, Variable x, double[] weights) {
    if (x.shape().rank() != 2 || x.shape().rows() != weights.length) {
      throw new IllegalArgumentException(weights.length + " weights of rows for an input of " + x.shape());
    }
    if (!tape.records(x)) {
      return x;
    }
    int columns = Math.toIntExact(x.shape().columns());
    var spread = new double[Math.multiplyExact(weights.length, columns)];
    for (int row = 0; row < weights.length; row++) {
      Arrays.fill(spread, row * columns, (row + 1) * columns, weights[row]);
    }
    Tensor y = tape.scope().emptyLike(x.value());
    tape.ops().pointwise().copy(x.value(), y);
    return tape.record(new RowWeights(x, tape.scope().emptyLike(x.value()).set(spread)), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public List<Tensor> saved() {
    return List.of(weights);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    pass.ops().pointwise().binary(BinaryOperator.MULTIPLY, upstream, weights, upstream);
    pass.add(x, upstream);
  }
}
