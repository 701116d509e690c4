package crema.audit;

import crema.base.UserError;

/**
 * How rows are audited.
 *
 * @param folds into how many parts rows are dealt; each is judged by a model of the others
 * @param seed deals rows out
 * @param similarity cosine of their terms from which two texts are nearly the same
 * @param next how many unlabelled rows are chosen to be labelled next
 * @param threads on which the result does not depend
 */
public record AuditOptions(int folds, long seed, double similarity, int next, int threads) {
  /** Five folds. */
  public static final AuditOptions DEFAULTS =
      new AuditOptions(5, 1, 0.9, 100, Runtime.getRuntime().availableProcessors());

  /**
   * Checks the ranges.
   *
   * @throws UserError when one is outside
   */
  public AuditOptions {
    if (folds < 2 || folds > 100) {
      throw new UserError("folds must be from 2 to 100, not " + folds);
    }
    if (!(similarity > 0 && similarity <= 1)) {
      throw new UserError("similarity must be above 0 and at most 1, not " + similarity);
    }
    if (next < 0) {
      throw new UserError("next must be 0 or more, not " + next);
    }
  }
}
