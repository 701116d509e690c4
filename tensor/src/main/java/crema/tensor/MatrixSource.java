package crema.tensor;

/** A weight matrix that is read some rows at a time, as from a file, to be {@linkplain Backend#pack packed}. */
public interface MatrixSource {
  /** Its rows and columns, {@code [out, in]}. */
  Shape shape();

  /**
   * The type to keep: {@link DType#F32}, or {@link DType#BF16} or {@link DType#F16} for one whose elements have no more
   * bits than that. The products are the same bits.
   */
  DType type();

  /**
   * Copies some rows.
   *
   * @param rows {@code F32 [count, in]}
   */
  void read(long firstRow, Tensor rows);
}
