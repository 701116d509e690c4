package crema.autograd.op;

import static java.util.Objects.requireNonNull;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Root mean square normalization of each row.
 *
 * @param x {@code [.., features]}
 * @param weight {@code [features]}
 * @param inverseRms {@code [rows]}: 1 / √(mean(x²) + epsilon); null when no gradient is wanted
 */
public record RmsNorm(Variable x, Variable weight, @Nullable Tensor inverseRms) implements Op {
  /** weight · x / √(mean(x²) + epsilon) for each row, of x's shape. */
  public static Variable apply(Tape tape, Variable x, Variable weight, float epsilon) {
    check(x.shape(), weight.shape());
    Tensor y = tape.scope().empty(tape.activationType(x), x.shape());
    Tensor inverseRms = tape.records(x, weight) ? tape.scope().empty(Tape.sumType(x), x.shape().rows()) : null;
    tape.ops().normalization().rmsNorm(x.value(), weight.value(), epsilon, y, inverseRms);
    return tape.record(new RmsNorm(x, weight, inverseRms), y);
  }

  static void check(Shape x, Shape weight) {
    if (x.rank() < 1 || !weight.equals(Shape.of(x.columns()))) {
      throw new IllegalArgumentException("rmsNorm: weight " + weight + " does not fit x " + x);
    }
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x, weight);
  }

  @Override
  public List<Tensor> saved() {
    return inverseRms == null ? List.of() : List.of(inverseRms);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    var dx = pass.sink(x);
    pass.ops().normalization().rmsNormBackward(x.value(), weight.value(), requireNonNull(inverseRms), upstream,
        dx.tensor(), dx.write(), pass.accumulator(weight));
  }
}
