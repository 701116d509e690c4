package crema.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Matrix products. All matrices are row-major; a tensor of more than two dimensions counts as {@code [rows, columns]}.
 */
public interface MatMulOps {
  /**
   * c = op(a) · op(b), or c += op(a) · op(b).
   *
   * @param orientation which of the operands are stored transposed
   * @param a {@code [m, k]}, or {@code [k, m]} when transposed
   * @param b {@code [k, n]}, or {@code [n, k]} when transposed
   * @param c {@code [m, n]}
   * @param write whether {@code c} is overwritten or added to
   */
  void matmul(Orientation orientation, Tensor a, Tensor b, Tensor c, Write write);

  /**
   * y = activation(x · weightᵀ + bias).
   *
   * @param x {@code [rows, in]}
   * @param weight {@code [out, in]}
   * @param bias {@code [out]}, or null
   * @param activation applied to each element
   * @param y {@code [rows, out]}
   * @param preactivation {@code [rows, out]}: receives x · weightᵀ + bias, or null when nobody needs it
   */
  void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y,
      @Nullable Tensor preactivation);

  /**
   * Packs a weight for {@link #linear(Tensor, PackedMatrix, Tensor, Activation, Tensor)}. Whether later changes of the
   * weight are seen is undefined.
   *
   * @param weight {@code [out, in]}
   */
  PackedMatrix pack(Tensor weight);

  /** y = activation(x · weightᵀ + bias) with a packed weight; the same bits as with the weight itself. */
  void linear(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Activation activation, Tensor y);
}
