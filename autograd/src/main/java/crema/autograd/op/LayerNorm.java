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
 * Layer normalization of each row.
 *
 * @param x {@code [.., features]}
 * @param weight {@code [features]}
 * @param bias {@code [features]}, or null
 * @param mean {@code [rows]}: the means; null when no gradient is wanted
 * @param inverseDeviation {@code [rows]}: 1 / √(variance + epsilon); null when no gradient is wanted
 */
public record LayerNorm(Variable x, Variable weight, @Nullable Variable bias, @Nullable Tensor mean,
    @Nullable Tensor inverseDeviation) implements Op {
  /** weight · (x − mean) / √(variance + epsilon) + bias for each row, of x's shape. */
  public static Variable apply(Tape tape, Variable x, Variable weight, @Nullable Variable bias, float epsilon) {
    Shape features = Shape.of(x.shape().columns());
    if (x.shape().rank() < 1 || !weight.shape().equals(features)) {
      throw new IllegalArgumentException("layerNorm: weight " + weight.shape() + " does not fit x " + x.shape());
    }
    if (bias != null && !bias.shape().equals(features)) {
      throw new IllegalArgumentException("layerNorm: bias " + bias.shape() + " does not fit x " + x.shape());
    }
    Tensor y = tape.scope().empty(tape.activationType(x), x.shape());
    boolean recorded = bias == null ? tape.records(x, weight) : tape.records(x, weight, bias);
    Tensor mean = recorded ? tape.scope().empty(Tape.sumType(x), x.shape().rows()) : null;
    Tensor inverseDeviation = recorded ? tape.scope().empty(Tape.sumType(x), x.shape().rows()) : null;
    tape.ops().normalization().layerNorm(x.value(), weight.value(), bias == null ? null : bias.value(), epsilon, y,
        mean, inverseDeviation);
    return tape.record(new LayerNorm(x, weight, bias, mean, inverseDeviation), y);
  }

  @Override
  public List<Variable> inputs() {
    return bias == null ? List.of(x, weight) : List.of(x, weight, bias);
  }

  @Override
  public List<Tensor> saved() {
    return mean == null || inverseDeviation == null ? List.of() : List.of(mean, inverseDeviation);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    var dx = pass.sink(x);
    pass.ops().normalization().layerNormBackward(x.value(), weight.value(), requireNonNull(mean),
        requireNonNull(inverseDeviation), upstream, dx.tensor(), dx.write(), pass.accumulator(weight),
        pass.accumulator(bias));
  }
}
