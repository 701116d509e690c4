package crema.bench;

/** A library that multiplies matrices, with operands of its own. */
interface GemmContender extends AutoCloseable {
  /** Its name, as a column of the table. */
  String label();

  /**
   * Takes copies of the operands of the products to come.
   *
   * @param a A {@code [m, k]}, or {@code [k, m]} for TN
   * @param b B {@code [k, n]}, or {@code [n, k]} for NT
   */
  void load(GemmShape shape, float[] a, float[] b);

  /** Computes C from the loaded operands. */
  void multiply();

  /** A copy of C {@code [m, n]}. */
  float[] result();

  @Override
  void close();
}
