package crema.tensor;

/** How the tokens of a sequence become one vector. */
public enum Pooling {
  /** The mean of all tokens. */
  MEAN,
  /** The largest value of each feature. */
  MAX,
  /** The first token. */
  FIRST,
  /** The last token. */
  LAST
}
