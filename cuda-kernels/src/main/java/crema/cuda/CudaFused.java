package crema.cuda;

import crema.base.Rng;
import crema.tensor.AttentionOps;
import crema.tensor.FusedOps;
import crema.tensor.Orientation;
import crema.tensor.QkvGradients;
import crema.tensor.QkvWeights;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link FusedOps}: a residual connection with its normalization is one kernel; products of one activation with several
 * weights are one launch, and so is the gradient of that activation.
 */
final class CudaFused implements FusedOps {
  private final CudaMatMul products;
  private final CudaPointwise pointwise;
  private final CudaResidual residuals;
  private final AttentionOps attention;

  CudaFused(CudaMatMul products, CudaPointwise pointwise, CudaResidual residuals, AttentionOps attention) {
    this.products = products;
    this.pointwise = pointwise;
    this.residuals = residuals;
    this.attention = attention;
  }

  @Override
  public void residualRmsNorm(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, float epsilon, Tensor sum, Tensor y, @Nullable Tensor inverseRms) {
    residuals.residualRmsNorm(new Branch(branch, gamma, sequences, p, random), x, weight, epsilon, sum, y,
        inverseRms);
  }

  @Override
  public void residualRmsNormBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, Tensor sum, Tensor inverseRms, Tensor dy, Tensor dsum, Write write,
      @Nullable Tensor dweight, Tensor dbranch, @Nullable Tensor dgamma) {
    residuals.residualRmsNormBackward(new Branch(branch, gamma, sequences, p, random), weight, sum, inverseRms, dy,
        dsum, write, dweight, dbranch, dgamma);
  }

  @Override
  public void qkvRope(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta, Tensor q,
      Tensor k, Tensor v) {
    products.run(Orientation.NT, List.of(linear(x, weights.query(), q), linear(x, weights.key(), k),
        linear(x, weights.value(), v)));
    attention.rope(q, sequences, headDim, theta, q);
    attention.rope(k, sequences, headDim, theta, k);
  }

  @Override
  public void qkvRopeBackward(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta,
      Tensor dq, Tensor dk, Tensor dv, Tensor dx, Write write, QkvGradients dweights) {
    attention.ropeBackward(dq, sequences, headDim, theta, dq);
    attention.ropeBackward(dk, sequences, headDim, theta, dk);
    var gradients = new ArrayList<GemmProblem>();
    addGradient(gradients, dq, x, dweights.query());
    addGradient(gradients, dk, x, dweights.key());
    addGradient(gradients, dv, x, dweights.value());
    products.run(Orientation.TN, gradients);
    products.run(Orientation.NN, List.of(new GemmProblem(
        List.of(term(dq, weights.query()), term(dk, weights.key()), term(dv, weights.value())), dx, null,
        write == Write.ADD)));
  }

  @Override
  public void gatedLinear(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor y, Tensor gate, Tensor up) {
    if (products.gated(x, gateWeight, upWeight, gate, up, y)) {
      return;
    }
    products.run(Orientation.NT, List.of(linear(x, gateWeight, gate), linear(x, upWeight, up)));
    pointwise.swiglu(gate, up, y);
  }

  @Override
  public void gatedLinearBackward(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor dy,
      Tensor dx, Write write, @Nullable Tensor dgateWeight, @Nullable Tensor dupWeight) {
    pointwise.swigluBackward(gate, up, dy, gate, up);
    var gradients = new ArrayList<GemmProblem>();
    addGradient(gradients, gate, x, dgateWeight);
    addGradient(gradients, up, x, dupWeight);
    products.run(Orientation.TN, gradients);
    products.run(Orientation.NN, List.of(
        new GemmProblem(List.of(term(gate, gateWeight), term(up, upWeight)), dx, null, write == Write.ADD)));
  }

  private static GemmProblem linear(Tensor x, Tensor weight, Tensor y) {
    return GemmProblem.of(x, weight, x.shape().columns(), y, null, false);
  }

  /** dweight += dyᵀ · x. */
  private static void addGradient(List<GemmProblem> problems, Tensor dy, Tensor x, @Nullable Tensor dweight) {
    if (dweight != null) {
      problems.add(GemmProblem.of(dy, x, x.shape().rows(), dweight, null, true));
    }
  }

  /** dy · weight. */
  private static GemmProblem.Term term(Tensor dy, Tensor weight) {
    return new GemmProblem.Term(dy, weight, dy.shape().columns());
  }
}
