package crema.task;

import crema.base.Keyed;

/** How the probability is found from which on a text has a label, where it may have several. */
public enum ThresholdKind implements Keyed {
  /** One for all labels, chosen on the validation rows. */
  GLOBAL,
  /** Chosen for each label. */
  PER_LABEL,
  /** None: only the most probable label. */
  ARGMAX
}
