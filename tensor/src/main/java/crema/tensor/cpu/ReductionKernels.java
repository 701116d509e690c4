package crema.tensor.cpu;

/**
 * Reductions of runs of {@code n} floats to one number.
 *
 * <p>Sums of floats keep 16 virtual lanes: lane l adds the elements l, l + 16, l + 32 and so on, with fused
 * multiply-adds where there is a product, and the lanes are combined in the tree (l, l + 8), (l, l + 4), (l, l + 2),
 * (l, l + 1). Sums in double precision keep 8. So all widths, and the scalar kernels, give the same bits.
 */
abstract sealed class ReductionKernels permits ScalarReductionKernels, VectorReductionKernels {
  /** The virtual lanes of a sum of floats. */
  static final int VIRTUAL_LANES = 16;
  /** The virtual lanes of a sum in double precision. */
  static final int DOUBLE_LANES = 8;

  /** Σ x. */
  abstract float sum(float[] x, int xo, int n);

  /** Σ x · y. */
  abstract float dot(float[] x, int xo, float[] y, int yo, int n);

  /** Σ (x − shift) · y · z. */
  abstract float shiftedDot(float[] x, int xo, float shift, float[] y, int yo, float[] z, int zo, int n);

  /** Σ (x − mean)². */
  abstract float squaredDeviations(float[] x, int xo, float mean, int n);

  /** The largest element; −∞ of none, NaN where there is one. */
  abstract float max(float[] x, int xo, int n);

  /** Σ x in double precision. */
  abstract double wideSum(float[] x, int xo, int n);

  /** Σ x² in double precision. */
  abstract double wideSumOfSquares(float[] x, int xo, int n);

  /** Whether no element is infinite or NaN. */
  abstract boolean isFinite(float[] x, int xo, int n);
}
