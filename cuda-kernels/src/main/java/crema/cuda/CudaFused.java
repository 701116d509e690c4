package crema.cuda;

import crema.base.Rng;
import crema.tensor.ComposedOps;
import crema.tensor.FusedOps;
import crema.tensor.QkvGradients;
import crema.tensor.QkvWeights;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link FusedOps}: one kernel where there is one, and compositions of others. */
final class CudaFused implements FusedOps {
  private final CudaNormalization normalization;
  private final ComposedOps composed;

  CudaFused(CudaNormalization normalization, ComposedOps composed) {
    this.normalization = normalization;
    this.composed = composed;
  }

  @Override
  public void residualRmsNorm(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, float epsilon, Tensor sum, Tensor y, @Nullable Tensor inverseRms) {
    normalization.residualRmsNorm(new Branch(branch, gamma, sequences, p, random), x, weight, epsilon, sum, y,
        inverseRms);
  }

  @Override
  public void residualRmsNormBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, Tensor sum, Tensor inverseRms, Tensor dy, Tensor dsum, Write write,
      @Nullable Tensor dweight, Tensor dbranch, @Nullable Tensor dgamma) {
    normalization.residualRmsNormBackward(new Branch(branch, gamma, sequences, p, random), weight, sum, inverseRms, dy,
        dsum, write, dweight, dbranch, dgamma);
  }

  @Override
  public void qkvRope(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta, Tensor q,
      Tensor k, Tensor v) {
    composed.qkvRope(x, weights, sequences, headDim, theta, q, k, v);
  }

  @Override
  public void qkvRopeBackward(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta,
      Tensor dq, Tensor dk, Tensor dv, Tensor dx, Write write, QkvGradients dweights) {
    composed.qkvRopeBackward(x, weights, sequences, headDim, theta, dq, dk, dv, dx, write, dweights);
  }

  @Override
  public void gatedLinear(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor y, Tensor gate, Tensor up) {
    composed.gatedLinear(x, gateWeight, upWeight, y, gate, up);
  }

  @Override
  public void gatedLinearBackward(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor dy,
      Tensor dx, Write write, @Nullable Tensor dgateWeight, @Nullable Tensor dupWeight) {
    composed.gatedLinearBackward(x, gateWeight, upWeight, gate, up, dy, dx, write, dgateWeight, dupWeight);
  }
}
