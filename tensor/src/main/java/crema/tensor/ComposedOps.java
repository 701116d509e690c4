package crema.tensor;

import crema.base.Rng;
import java.util.ArrayList;
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
  public void qkvRope(Tensor x, Tensor weight, Sequences sequences, int headDim, double theta, Tensor q, Tensor k,
      Tensor v) {
    try (var parts = new Parts(weight, q, k, v)) {
      linear(x, parts, q, 0);
      attention.rope(q, sequences, headDim, theta, q);
      linear(x, parts, k, 1);
      attention.rope(k, sequences, headDim, theta, k);
      linear(x, parts, v, 2);
    }
  }

  @Override
  public void qkvRopeBackward(Tensor x, Tensor weight, Sequences sequences, int headDim, double theta, Tensor dq,
      Tensor dk, Tensor dv, Tensor dx, Write write, @Nullable Tensor dweight) {
    try (var parts = new Parts(weight, dq, dk, dv); var gradients = Parts.ofNullable(dweight, dq, dk, dv)) {
      linearBackward(x, parts, dv, 2, dx, write, gradients);
      attention.ropeBackward(dk, sequences, headDim, theta, dk);
      linearBackward(x, parts, dk, 1, dx, Write.ADD, gradients);
      attention.ropeBackward(dq, sequences, headDim, theta, dq);
      linearBackward(x, parts, dq, 0, dx, Write.ADD, gradients);
    }
  }

  @Override
  public void gatedLinear(Tensor x, Tensor weight, Tensor y, Tensor gate, Tensor up) {
    try (var parts = new Parts(weight, gate, up)) {
      linear(x, parts, gate, 0);
      linear(x, parts, up, 1);
    }
    pointwise.swiglu(gate, up, y);
  }

  @Override
  public void gatedLinearBackward(Tensor x, Tensor weight, Tensor gate, Tensor up, Tensor dy, Tensor dx, Write write,
      @Nullable Tensor dweight) {
    pointwise.swigluBackward(gate, up, dy, gate, up);
    try (var parts = new Parts(weight, gate, up); var gradients = Parts.ofNullable(dweight, gate, up)) {
      linearBackward(x, parts, up, 1, dx, write, gradients);
      linearBackward(x, parts, gate, 0, dx, Write.ADD, gradients);
    }
  }

  private void linear(Tensor x, Parts weights, Tensor y, int part) {
    products.linear(x, weights.of(part), null, Activation.IDENTITY, y, null);
  }

  private void linearBackward(Tensor x, Parts weights, Tensor dy, int part, Tensor dx, Write write,
      @Nullable Parts gradients) {
    if (gradients != null) {
      products.matmul(Orientation.TN, dy, x, gradients.of(part), Write.ADD);
    }
    products.matmul(Orientation.NN, dy, weights.of(part), dx, write);
  }

  /** Views of a weight's rows, as many for each part as the part's values have columns. */
  private static final class Parts implements AutoCloseable {
    private final List<Tensor> views = new ArrayList<>();

    Parts(Tensor weight, Tensor... values) {
      long row = 0;
      for (Tensor value : values) {
        long rows = value.shape().columns();
        views.add(weight.rows(row, row + rows));
        row += rows;
      }
    }

    static @Nullable Parts ofNullable(@Nullable Tensor weight, Tensor... values) {
      return weight == null ? null : new Parts(weight, values);
    }

    Tensor of(int part) {
      return views.get(part);
    }

    @Override
    public void close() {
      views.forEach(Tensor::close);
    }
  }
}
