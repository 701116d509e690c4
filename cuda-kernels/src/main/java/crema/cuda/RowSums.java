package crema.cuda;

import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of up to two weights of rows: each block of a kernel leaves its sum, and {@link #add} adds them up.
 *
 * @param parts whose sums there are
 * @param memory {@code F32 [parts, features]} for each gradient that is wanted
 */
record RowSums(CudaContext context, Parts parts, Scratch memory, @Nullable Tensor first, @Nullable Tensor second)
    implements AutoCloseable {
  static RowSums of(CudaContext context, RowLayout layout, @Nullable Tensor first, @Nullable Tensor second) {
    var parts = Parts.ofRows(layout.rows());
    int wanted = (first == null ? 0 : 1) + (second == null ? 0 : 1);
    return new RowSums(context, parts, context.scratch((long) wanted * parts.count() * layout.features() * Float.BYTES),
        first, second);
  }

  /** Where a block's part of the first gradient goes; 0 if nobody wants it. */
  long firstAddress() {
    return first == null ? 0 : memory.address();
  }

  /** Where a block's part of the second gradient goes; 0 if nobody wants it. */
  long secondAddress() {
    return second == null ? 0
        : first == null ? memory.address() : memory.address() + parts.count() * first.elements() * Float.BYTES;
  }

  /** Queues the sums over parts. */
  void add() {
    if (first != null && second != null) {
      CudaReduction.addPartials(context, memory.address(), parts.count(), first, second);
    } else if (first != null) {
      CudaReduction.sumPartials(context, memory.address(), parts.count(), first, Write.ADD);
    } else if (second != null) {
      CudaReduction.sumPartials(context, memory.address(), parts.count(), second, Write.ADD);
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
