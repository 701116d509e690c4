package crema.tensor;

import org.jspecify.annotations.Nullable;

/** Normalization of rows. */
public interface NormalizationOps {
  /**
   * y = weight · x / √(mean(x²) + epsilon) for each row (Zhang and Sennrich, "Root mean square layer normalization",
   * arXiv 1910.07467, equation 4).
   *
   * @param x {@code [rows, features]}
   * @param weight {@code [features]}
   * @param y {@code [rows, features]}
   * @param inverseRms {@code [rows]}: receives 1 / √(mean(x²) + epsilon) for the backward pass; null when not needed
   */
  void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, @Nullable Tensor inverseRms);

  /**
   * The gradients of {@link #rmsNorm}.
   *
   * @param dx {@code [rows, features]}, overwritten or added to, as {@code write} says
   * @param dweight {@code [features]}, added to; null when nobody needs it
   */
  void rmsNormBackward(Tensor x, Tensor weight, Tensor inverseRms, Tensor dy, Tensor dx, Write write,
      @Nullable Tensor dweight);

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
  void layerNorm(Tensor x, Tensor weight, @Nullable Tensor bias, float epsilon, Tensor y, @Nullable Tensor mean,
      @Nullable Tensor inverseDeviation);

  /**
   * The gradients of {@link #layerNorm}.
   *
   * @param dx {@code [rows, features]}, overwritten or added to, as {@code write} says
   * @param dweight {@code [features]}, added to; null when nobody needs it
   * @param dbias {@code [features]}, added to; null when nobody needs it
   */
  void layerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor inverseDeviation, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dweight, @Nullable Tensor dbias);
}
