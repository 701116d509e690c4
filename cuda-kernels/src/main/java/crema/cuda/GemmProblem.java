package crema.cuda;

import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A matrix product of a launch of {@code gemm_mma.cu}, which may have some: c [m, n] = the sum over terms of op(a) op(b).
 *
 * @param terms one to three
 * @param c F32 or BF16; its number of columns is n
 * @param bias added to each row, or null
 * @param add whether the product is added to c
 */
record GemmProblem(List<Term> terms, Tensor c, @Nullable Tensor bias, boolean add) {
  /** The most terms of a problem, and the most problems of a launch. */
  static final int MOST = 3;

  /**
   * Operands as they are stored, each F32 or BF16.
   *
   * @param k the extent that is summed over
   */
  record Term(Tensor a, Tensor b, long k) {}

  static GemmProblem of(Tensor a, Tensor b, long k, Tensor c, @Nullable Tensor bias, boolean add) {
    return new GemmProblem(List.of(new Term(a, b, k)), c, bias, add);
  }

  long m() {
    return c.elements() / n();
  }

  long n() {
    return c.shape().columns();
  }
}
