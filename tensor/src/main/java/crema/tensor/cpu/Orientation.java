package crema.tensor.cpu;

/** Which operands of a row-major product are stored transposed. */
public enum Orientation {
  /** C = A · B with A {@code [m, k]} and B {@code [k, n]}. */
  NN,
  /** C = A · Bᵀ with A {@code [m, k]} and B {@code [n, k]}: a linear layer's forward pass. */
  NT,
  /** C = Aᵀ · B with A {@code [k, m]} and B {@code [k, n]}: a linear layer's weight gradient. */
  TN;

  boolean aIsTransposed() {
    return this == TN;
  }

  boolean bIsTransposed() {
    return this == NT;
  }
}
