package crema.fasttext;

/** What a model is trained for. */
public enum Task {
  /** Word vectors that predict a word from the sum of its neighbours. */
  CBOW("cbow", 1),
  /** Word vectors that predict the neighbours of a word. */
  SKIPGRAM("sg", 2),
  /** A text classifier. */
  SUPERVISED("sup", 3);

  private final String flag;
  private final int code;

  Task(String flag, int code) {
    this.flag = flag;
    this.code = code;
  }

  /** The name that fastText's {@code dump args} prints. */
  public String flag() {
    return flag;
  }

  /** The number in a model file. */
  int code() {
    return code;
  }
}
