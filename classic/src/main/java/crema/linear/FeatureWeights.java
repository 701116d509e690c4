package crema.linear;

/** How far the weights of features may go in the training of a label's hyperplane. */
public enum FeatureWeights {
  /** All alike. */
  NONE,
  /**
   * As far as the feature speaks for the label or against it by itself, in naive Bayes's reckoning: what is minimised
   * has Σ w²/r² in place of Σ w², where r is the logarithm of how much more often a text has the feature if it has the
   * label. The same as the support vector machine of Wang and Manning, "Baselines and bigrams: simple, good sentiment and
   * topic classification" (ACL 2012), whose features are multiplied by r.
   */
  BAYES
}
