package crema.linear;

/** What a label's hyperplane pays for a text with margin m = y · (w · x + b), y being 1 or -1. */
public enum LinearLoss {
  /** max(0, 1 - m): the support vector machine with L1 loss. */
  HINGE,
  /** max(0, 1 - m)²: the support vector machine with L2 loss. */
  SQUARED_HINGE,
  /** ln(1 + exp(-m)): logistic regression. */
  LOGISTIC
}
