package crema.corpus;

import crema.base.Keyed;

/** The parts into which the rows of a corpus are dealt. */
public enum CorpusSplit implements Keyed {
  /** To learn from. */
  TRAIN,
  /** To choose by. */
  VALIDATION,
  /** To judge by. */
  TEST;

  /** The name of the file of a split. */
  public static String file(String split) {
    return split + ".jsonl.zst";
  }
}
