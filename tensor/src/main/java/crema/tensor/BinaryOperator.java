package crema.tensor;

/** Arithmetic on pairs of elements. */
public enum BinaryOperator {
  /** a + b. */
  ADD,
  /** a − b. */
  SUBTRACT,
  /** a · b. */
  MULTIPLY,
  /** a / b. */
  DIVIDE
}
