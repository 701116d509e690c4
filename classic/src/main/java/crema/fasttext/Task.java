package crema.fasttext;

import crema.base.Keyed;

/** What a model is trained for. */
public enum Task implements Keyed {
  /** Word vectors that predict a word from the sum of its neighbours. */
  CBOW("cbow", 1),
  /** Word vectors that predict the neighbours of a word. */
  SKIPGRAM("sg", 2),
  /** A text classifier. */
  SUPERVISED("sup", 3);

  private final String key;
  private final int code;

  Task(String key, int code) {
    this.key = key;
    this.code = code;
  }

  /** The name that fastText's {@code dump args} prints. */
  @Override
  public String key() {
    return key;
  }

  /** The number in a model file. */
  int code() {
    return code;
  }
}
