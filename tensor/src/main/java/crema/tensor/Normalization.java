package crema.tensor;

import crema.tensor.reference.ReferenceCall;
import org.jspecify.annotations.Nullable;

/** Normalization of rows. */
public interface Normalization {
  /**
   * y = weight · x / √(mean(x²) + epsilon) for each row (Zhang and Sennrich, "Root mean square layer normalization",
   * arXiv 1910.07467, equation 4).
   *
   * @param x {@code [rows, features]}
   * @param weight {@code [features]}
   * @param y {@code [rows, features]}
   * @param inverseRms {@code [rows]}: receives 1 / √(mean(x²) + epsilon) for the backward pass; null when not needed
   */
  default void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, @Nullable Tensor inverseRms) {
    ReferenceCall.run(y.backend(), call -> call.backend().normalization().rmsNorm(
        call.in(x), call.in(weight), epsilon, call.out(y), call.outOrNull(inverseRms)));
  }

  /**
   * The gradients of {@link #rmsNorm}.
   *
   * @param dx {@code [rows, features]}, overwritten or, with {@code accumulate}, added to
   * @param dweight {@code [features]}, added to; null when nobody needs it
   */
  default void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dy, Tensor dx, boolean accumulate,
      @Nullable Tensor dweight) {
    ReferenceCall.run(dx.backend(), call -> call.backend().normalization().rmsNormBackward(call.in(x), call.in(weight),
        call.in(inverseRms), call.in(dy), accumulate ? call.inOut(dx) : call.out(dx), accumulate,
        call.inOutOrNull(dweight)));
  }

  /**
   * y = weight · (x − mean) / √(variance + epsilon) + bias for each row, with the biased variance (Ba, Kiros and
   * Hinton, arXiv 1607.06450).
   *
   * @param x {@code [rows, features]}
   * @param weight {@code [features]}
   * @param bias {@code [features]}, or null
   * @param y {@code [rows, features]}
   * @param mean {@code [rows]}: receives the means; null when not needed
   * @param inverseDeviation {@code [rows]}: receives 1 / √(variance + epsilon); null when not needed
   */
  default void layerNorm(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, Tensor y, @Nullable Tensor mean,
      @Nullable Tensor inverseDeviation) {
    ReferenceCall.run(y.backend(), call -> call.backend().normalization().layerNorm(call.in(x), call.in(weight),
        call.inOrNull(bias), epsilon, call.out(y), call.outOrNull(mean), call.outOrNull(inverseDeviation)));
  }

  /**
   * The gradients of {@link #layerNorm}.
   *
   * @param dx {@code [rows, features]}, overwritten or, with {@code accumulate}, added to
   * @param dweight {@code [features]}, added to; null when nobody needs it
   * @param dbias {@code [features]}, added to; null when nobody needs it
   */
  default void layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx,
      boolean accumulate, @Nullable Tensor dweight, @Nullable Tensor dbias) {
    ReferenceCall.run(dx.backend(), call -> call.backend().normalization().layerNormBackward(call.in(x),
        call.in(weight), call.in(mean), call.in(inverseDeviation), call.in(dy),
        accumulate ? call.inOut(dx) : call.out(dx), accumulate, call.inOutOrNull(dweight), call.inOutOrNull(dbias)));
  }
}
