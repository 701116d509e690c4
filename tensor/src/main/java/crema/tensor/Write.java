package crema.tensor;

/** How an op leaves its result in an output. */
public enum Write {
  /** The output is overwritten: it may hold anything before. */
  SET,
  /** The result is added to what the output holds. */
  ADD
}
