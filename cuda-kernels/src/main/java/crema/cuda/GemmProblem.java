package crema.cuda;

import crema.tensor.DType;
import crema.tensor.Tensor;
import crema.tensor.Write;
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
  /** As many tiles fill a large device; a product with fewer is cut into smaller tiles or along k. */
  static final int ENOUGH_TILES = 128;
  /** A part of k is no shorter: shorter ones cost more in sums of sums than they gain. */
  private static final int LEAST_PART_OF_K = 256;

  /**
   * Operands as they are stored, each F32 or BF16.
   *
   * @param k the extent that is summed over
   */
  record Term(Tensor a, Tensor b, long k) {}

  /**
   * Where a product goes.
   *
   * @param add whether it is added to what is there
   */
  record Output(long address, boolean add) {}

  /** The output of the whole product, about to be written. */
  Output output() {
    boolean adds = CudaStorage.accumulation(c, add ? Write.ADD : Write.SET) == Write.ADD;
    return new Output(adds ? CudaStorage.updated(c) : CudaStorage.overwritten(c), adds);
  }

  /** How many tiles of a size an output of m by n has. */
  static long tiles(long m, long n, int size) {
    return Math.ceilDiv(m, size) * Math.ceilDiv(n, size);
  }

  /** Into how many parts k is cut, so that with so many tiles there is work for a large device. */
  static int parts(long tiles, long k) {
    return Math.toIntExact(Math.clamp(Math.ceilDiv(ENOUGH_TILES, Math.max(1, tiles)), 1,
        Math.max(1, k / LEAST_PART_OF_K)));
  }

  /** How much of k a part has, a multiple of what a kernel takes at a time. */
  static int partOfK(long k, int parts, int multiple) {
    return Math.toIntExact(Math.ceilDiv(Math.ceilDiv(Math.max(k, 1), parts), multiple) * multiple);
  }

  /** The address of an operand in BF16. */
  static long halfAddress(Tensor tensor) {
    return tensor.dtype() == DType.BF16 ? CudaStorage.address(tensor) : CudaStorage.half(tensor);
  }

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
