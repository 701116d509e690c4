package crema.tensor;

/** Which operands of a row-major matrix product are stored transposed. */
public enum Orientation {
  /** C = A · B with A {@code [m, k]} and B {@code [k, n]}. */
  NN,
  /** C = A · Bᵀ with A {@code [m, k]} and B {@code [n, k]}: a linear layer's forward pass. */
  NT,
  /** C = Aᵀ · B with A {@code [k, m]} and B {@code [k, n]}: a linear layer's weight gradient. */
  TN;

  /** Whether A is stored as {@code [k, m]}. */
  public boolean aIsTransposed() {
    return this == TN;
  }

  /** Whether B is stored as {@code [n, k]}. */
  public boolean bIsTransposed() {
    return this == NT;
  }
}
