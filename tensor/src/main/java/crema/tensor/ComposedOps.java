package crema.tensor;

import crema.base.Rng;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link FusedOps} as compositions of a backend's other families: their specification, and what a
 * backend offers that does not fuse them. The bits are those of the single ops in the order in which a tape runs them.
 */
public final class ComposedOps implements FusedOps {
  private final MatMulOps products;
  private final PointwiseOps pointwise;
  private final NormalizationOps normalization;
  private final AttentionOps attention;

  /** Compositions of the given ops of one backend. */
  public ComposedOps(MatMulOps products, PointwiseOps pointwise, NormalizationOps normalization,
      AttentionOps attention) {
    this.products = products;
    this.pointwise = pointwise;
    this.normalization = normalization;
    this.attention = attention;
  }

  /**
   * {@link OptimizerOps#adamWAll} as one update after the other, for a backend that has no kernel for all of them.
   *
   * @param optimizers makes the single updates
   * @param reduction measures the gradients
   */
  public static Deferred adamWAll(OptimizerOps optimizers, ReductionOps reduction, List<AdamWSlot> slots,
      double maxNorm) {
    double sum = 0;
    for (AdamWSlot slot : slots) {
      sum += reduction.sumOfSquares(slot.gradientValues());
    }
    double norm = Math.sqrt(sum);
    if (Double.isFinite(norm)) {
      double clipping = Math.min(1, maxNorm / (norm + 1e-6));
      for (AdamWSlot slot : slots) {
        AdamWStep step = slot.step().scaled(clipping);
        switch (slot) {
          case AdamWSlot.Dense dense ->
              optimizers.adamW(dense.parameter(), dense.gradient(), dense.firstMoment(), dense.secondMoment(), step);
          case AdamWSlot.Sparse sparse -> optimizers.adamWSparse(sparse.parameter(), sparse.gradient(),
              sparse.firstMoment(), sparse.secondMoment(), step);
        }
      }
    }
    return Deferred.of(norm);
  }

  @Override
  public void residualRmsNorm(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, float epsilon, Tensor sum, Tensor y, @Nullable Tensor inverseRms) {
    pointwise.residual(x, branch, gamma, sequences, p, random, sum);
    normalization.rmsNorm(sum, weight, epsilon, y, inverseRms);
  }

  @Override
  public void residualRmsNormBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, Tensor sum, Tensor inverseRms, Tensor dy, Tensor dsum, Write write,
      @Nullable Tensor dweight, Tensor dbranch, @Nullable Tensor dgamma) {
    normalization.rmsNormBackward(sum, weight, inverseRms, dy, dsum, write, dweight);
    pointwise.residualBackward(branch, gamma, sequences, p, random, dsum, dbranch, dgamma);
  }

  @Override
  public void qkvRope(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta, Tensor q,
      Tensor k, Tensor v) {
    linear(x, weights.query(), q);
    attention.rope(q, sequences, headDim, theta, q);
    linear(x, weights.key(), k);
    attention.rope(k, sequences, headDim, theta, k);
    linear(x, weights.value(), v);
  }

  @Override
  public void qkvRopeBackward(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta,
      Tensor dq, Tensor dk, Tensor dv, Tensor dx, Write write, QkvGradients dweights) {
    linearBackward(x, weights.value(), dv, dx, write, dweights.value());
    attention.ropeBackward(dk, sequences, headDim, theta, dk);
    linearBackward(x, weights.key(), dk, dx, Write.ADD, dweights.key());
    attention.ropeBackward(dq, sequences, headDim, theta, dq);
    linearBackward(x, weights.query(), dq, dx, Write.ADD, dweights.query());
  }

  @Override
  public void gatedLinear(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor y, Tensor gate, Tensor up) {
    linear(x, gateWeight, gate);
    linear(x, upWeight, up);
    pointwise.swiglu(gate, up, y);
  }

  @Override
  public void gatedLinearBackward(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor dy,
      Tensor dx, Write write, @Nullable Tensor dgateWeight, @Nullable Tensor dupWeight) {
    pointwise.swigluBackward(gate, up, dy, gate, up);
    linearBackward(x, upWeight, up, dx, write, dupWeight);
    linearBackward(x, gateWeight, gate, dx, Write.ADD, dgateWeight);
  }

  private void linear(Tensor x, Tensor weight, Tensor y) {
    products.linear(x, weight, null, Activation.IDENTITY, y, null);
  }

  private void linearBackward(Tensor x, Tensor weight, Tensor dy, Tensor dx, Write write, @Nullable Tensor dweight) {
    if (dweight != null) {
      products.matmul(Orientation.TN, dy, x, dweight, Write.ADD);
    }
    products.matmul(Orientation.NN, dy, weight, dx, write);
  }
}
