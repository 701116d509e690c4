package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.MultiOp;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a matrix as several matrices: queries, keys and values that one weight gives, say.
 *
 * @param x {@code [rows, columns]}
 * @param widths how many columns each part has
 */
public record SplitColumns(Variable x, List<Integer> widths) implements MultiOp {
  /** Copies the widths. */
  public SplitColumns {
    widths = List.copyOf(widths);
  }

  /** Matrices {@code [rows, width]} whose columns, one after the other, are those of x. */
  public static List<Variable> apply(Tape tape, Variable x, List<Integer> widths) {
    if (x.shape().rank() != 2 || widths.stream().mapToLong(Integer::intValue).sum() != x.shape().columns()) {
      throw new IllegalArgumentException("splitColumns: x " + x.shape() + " has no parts of " + widths + " columns");
    }
    List<Tensor> values = new ArrayList<>();
    long from = 0;
    for (int width : widths) {
      Tensor y = tape.scope().empty(x.value().dtype(), x.shape().rows(), width);
      tape.ops().pointwise().copyColumns(x.value(), from, y);
      values.add(y);
      from += width;
    }
    return tape.record(new SplitColumns(x, widths), values);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(List<@Nullable Tensor> upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(x.value());
    if (upstream.contains(null)) {
      pass.ops().pointwise().fill(0, dx);
    }
    long from = 0;
    for (int i = 0; i < widths.size(); i++) {
      Tensor gradient = upstream.get(i);
      if (gradient != null) {
        pass.ops().pointwise().setColumns(gradient, from, dx);
      }
      from += widths.get(i);
    }
    pass.add(x, dx);
  }
}
