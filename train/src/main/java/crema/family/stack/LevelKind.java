package crema.family.stack;

import crema.base.Keyed;

/** What the second level of a stack may be. */
public enum LevelKind implements Keyed {
  /** A weighted average of probabilities, found by greedy selection. */
  AVERAGE,
  /** A logistic regression with a weight a member. */
  LOGISTIC,
  /** The member that is best by itself. */
  BEST
}
