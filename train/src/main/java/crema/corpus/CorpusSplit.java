package crema.corpus;

import crema.base.Keyed;

/** The parts into which the rows of a corpus are dealt. */
public enum CorpusSplit implements Keyed {
  TRAIN,
  VALIDATION,
  TEST;

  /** The name of the file of a split. */
  public static String file(String split) {
    return split + ".jsonl.zst";
  }
}
