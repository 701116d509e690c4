package crema.tensor;

import crema.base.Keyed;

/** How the tokens of a sequence become one vector. */
public enum Pooling implements Keyed {
  /** The mean of all tokens. */
  MEAN,
  /** The largest value of each feature. */
  MAX,
  /** The first token. */
  FIRST,
  /** The last token. */
  LAST
}
