package crema.tune;

import crema.base.Keyed;

/** How the values of a range are spread, as it is written in a config. */
public enum Scale implements Keyed {
  /** Numbers between two, each decade as likely as another: for learning rates and the like. */
  LOG,
  /** Numbers between two, all as likely. */
  LINEAR,
  /** Whole numbers from one to another, all as likely. */
  INTEGER,
  /** Values that are listed. */
  CHOICE
}
