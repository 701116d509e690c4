package crema.tensor;

/**
 * A matrix most of whose rows are zero: the gradient of an embedding table.
 *
 * @param rows {@code I32 [n]}: which rows, ascending, each once
 * @param values {@code [n, columns]}: their elements
 */
public record SparseRows(Tensor rows, Tensor values) implements AutoCloseable {
  /** Checks that there is a row of values for each index. */
  public SparseRows {
    if (rows.dtype() != DType.I32 || values.shape().rank() != 2 || rows.elements() != values.shape().extent(0)) {
      throw new IllegalArgumentException("rows " + rows.shape() + " do not match values " + values.shape());
    }
  }

  /** Lets go of both tensors. */
  @Override
  public void close() {
    rows.close();
    values.close();
  }
}
