package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BatchNormSpec;
import crema.tensor.BatchNormSpec.Statistics;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalization of each channel, with what may follow it fused: a residual connection and a rectifier.
 *
 * @param x {@code [.., channels]}
 * @param weight {@code [channels]}
 * @param bias {@code [channels]}
 * @param residual of x's shape, added before the rectifier; null for none
 * @param moments the means and variances that x is normalized with
 * @param spec how it computes
 * @param y the value
 */
public record BatchNorm(Variable x, Variable weight, Variable bias, @Nullable Variable residual, Moments moments,
    BatchNormSpec spec, Tensor y) implements Op {
  /**
   * The means and variances of channels.
   *
   * @param mean {@code [channels]}
   * @param variance {@code [channels]}
   */
  public record Moments(Tensor mean, Tensor variance) {
    /** The mean and the biased variance of each channel of x, {@code [.., channels]}. */
    public static Moments of(Tape tape, Variable x) {
      Tensor mean = tape.scope().empty(Tape.sumType(x), x.shape().columns());
      Tensor variance = tape.scope().emptyLike(mean);
      tape.ops().spatial().batchStatistics(x.value(), mean, variance);
      return new Moments(mean, variance);
    }
  }

  /**
   * rectifier(weight · (x − mean) / √(variance + epsilon) + bias + residual), of x's shape.
   *
   * @param moments {@linkplain Moments#of those of x}, which die with this op, if the spec says that they are of the
   *     batch
   */
  public static Variable apply(Tape tape, Variable x, Variable weight, Variable bias, @Nullable Variable residual,
      Moments moments, BatchNormSpec spec) {
    Shape channels = Shape.of(x.shape().columns());
    for (Shape shape : List.of(weight.shape(), bias.shape(), moments.mean().shape(), moments.variance().shape())) {
      if (x.shape().rank() < 1 || !shape.equals(channels)) {
        throw new IllegalArgumentException("batchNorm: " + shape + " does not fit x " + x.shape());
      }
    }
    if (residual != null && !residual.shape().equals(x.shape())) {
      throw new IllegalArgumentException("batchNorm: residual " + residual.shape() + " does not fit x " + x.shape());
    }
    Tensor y = tape.scope().empty(Tape.sumType(x), x.shape());
    tape.ops().spatial().batchNorm(x.value(), moments.mean(), moments.variance(), weight.value(), bias.value(),
        residual == null ? null : residual.value(), spec, y);
    return tape.record(new BatchNorm(x, weight, bias, residual, moments, spec, y), y);
  }

  @Override
  public List<Variable> inputs() {
    return residual == null ? List.of(x, weight, bias) : List.of(x, weight, bias, residual);
  }

  @Override
  public List<Tensor> saved() {
    return spec.statistics() == Statistics.BATCH ? List.of(moments.mean(), moments.variance()) : List.of();
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    var dx = pass.sink(x);
    pass.ops().spatial().batchNormBackward(x.value(), moments.mean(), moments.variance(), weight.value(), y, spec,
        upstream, dx.tensor(), dx.write(), pass.accumulator(weight), pass.accumulator(bias));
    if (residual != null) {
      pass.add(residual, upstream);
    }
  }
}
