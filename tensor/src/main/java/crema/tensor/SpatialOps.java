package crema.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Convolution, pooling and normalization of pictures. Pictures have their channels last, {@code [pictures, height,
 * width, channels]}, unless said otherwise; weights have PyTorch's layout.
 */
public interface SpatialOps {
  /**
   * y[p, v, h, o] = bias[o] + Σ weight[o, i, ky, kx] · x[p, v · stride + ky − before, h · stride + kx − before, i′],
   * over all i, ky and kx, where padding is zero and i′ is channel i of the group that o is of (cross-correlation;
   * Krizhevsky et al., NIPS 2012, for groups).
   *
   * @param x {@code [pictures, height, width, in]}
   * @param weight {@code [out, in / groups, window height, window width]}
   * @param bias {@code [out]}, or null
   * @param groups a divisor of {@code in} and {@code out}; the first {@code out / groups} channels of the result read
   *     the first {@code in / groups} channels of x, and so on
   * @param y {@code [pictures, vertical outputs, horizontal outputs, out]}
   */
  void convolve(Tensor x, Tensor weight, @Nullable Tensor bias, Window window, int groups, Tensor y);

  /**
   * The gradient of {@link #convolve} with respect to x.
   *
   * @param dy of y's shape
   * @param dx of x's shape, overwritten or added to, as {@code write} says
   */
  void convolveBackward(Tensor weight, Tensor dy, Window window, int groups, Tensor dx, Write write);

  /**
   * The gradient of {@link #convolve} with respect to the weight.
   *
   * @param dy of y's shape
   * @param dweight of the weight's shape, overwritten or added to, as {@code write} says
   */
  void convolveWeightBackward(Tensor x, Tensor dy, Window window, int groups, Tensor dweight, Write write);

  /**
   * The largest pixel of each window, channel by channel; padding does not count.
   *
   * @param x {@code [pictures, height, width, channels]}
   * @param y {@code [pictures, vertical outputs, horizontal outputs, channels]}
   */
  void maxPool(Tensor x, Window window, Tensor y);

  /**
   * The gradient of {@link #maxPool}. Of equal maxima the first one receives the gradient, row by row.
   *
   * @param dy of y's shape
   * @param dx of x's shape, overwritten
   */
  void maxPoolBackward(Tensor x, Window window, Tensor dy, Tensor dx);

  /**
   * The mean of the pixels of each window, channel by channel; padding counts as zeros.
   *
   * @param x {@code [pictures, height, width, channels]}
   * @param y {@code [pictures, vertical outputs, horizontal outputs, channels]}
   */
  void averagePool(Tensor x, Window window, Tensor y);

  /**
   * The gradient of {@link #averagePool}.
   *
   * @param dy of y's shape
   * @param dx of x's shape, overwritten
   */
  void averagePoolBackward(Window window, Tensor dy, Tensor dx);

  /**
   * Each picture as rows of square patches that lie side by side: what a vision transformer's first matrix product reads.
   * Pixels at the right and the bottom that fill no patch are left out.
   *
   * @param x {@code [pictures, channels, height, width]}: channels first
   * @param size pixels of a patch's side
   * @param y {@code [pictures · (height / size) · (width / size), channels · size · size]}: patches from left to right
   *     and top to bottom, each in the order of a convolution's weight
   */
  void patches(Tensor x, int size, Tensor y);

  /**
   * The gradient of {@link #patches}.
   *
   * @param dy of y's shape
   * @param dx of x's shape, overwritten
   */
  void patchesBackward(int size, Tensor dy, Tensor dx);

  /**
   * y[i, k, j] = x[i, j, k]: from channels first to channels last, or back.
   *
   * @param x {@code [matrices, rows, columns]}
   * @param y {@code [matrices, columns, rows]}
   */
  void transpose(Tensor x, Tensor y);

  /**
   * The mean and the biased variance of each channel over all pixels of all pictures.
   *
   * @param x {@code [.., channels]}
   * @param mean {@code [channels]}
   * @param variance {@code [channels]}
   */
  void batchStatistics(Tensor x, Tensor mean, Tensor variance);

  /**
   * y = rectifier(weight · (x − mean) / √(variance + epsilon) + bias + residual), channel by channel (Ioffe and
   * Szegedy, "Batch normalization", arXiv 1502.03167).
   *
   * @param x {@code [.., channels]}
   * @param mean {@code [channels]}
   * @param variance {@code [channels]}
   * @param weight {@code [channels]}
   * @param bias {@code [channels]}
   * @param residual of x's shape, added before the rectifier; null for none
   * @param y of x's shape
   */
  void batchNorm(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, @Nullable Tensor residual,
      BatchNormSpec spec, Tensor y);

  /**
   * The gradients of {@link #batchNorm}; with statistics of the batch they go through these too.
   *
   * @param y what {@link #batchNorm} gave
   * @param dy the gradient of y; overwritten with that of what went into the rectifier, which is the residual's too
   * @param dx of x's shape, overwritten or added to, as {@code write} says
   * @param dweight {@code [channels]}, added to; null when nobody needs it
   * @param dbias {@code [channels]}, added to; null when nobody needs it
   */
  void batchNormBackward(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor y, BatchNormSpec spec, Tensor dy,
      Tensor dx, Write write, @Nullable Tensor dweight, @Nullable Tensor dbias);
}
