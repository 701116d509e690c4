package crema.fasttext;

/** How scores become probabilities, and what training minimises. */
public enum LossKind {
  /** Hierarchical softmax over a Huffman tree: time logarithmic in the number of labels. */
  HIERARCHICAL_SOFTMAX("hs", 1),
  /** One logistic regression for the right label and one for each of a few random wrong ones. */
  NEGATIVE_SAMPLING("ns", 2),
  /** The softmax over all labels. */
  SOFTMAX("softmax", 3),
  /** A logistic regression a label; the loss for rows with several labels. */
  ONE_VS_ALL("one-vs-all", 4);

  private final String flag;
  private final int code;

  LossKind(String flag, int code) {
    this.flag = flag;
    this.code = code;
  }

  /** The name on fastText's command line: {@code hs}, {@code ns}, {@code softmax} or {@code one-vs-all}. */
  public String flag() {
    return flag;
  }

  /** The number in a model file. */
  int code() {
    return code;
  }

  /**
   * The loss of a command-line name; {@code ova} is short for {@code one-vs-all}.
   *
   * @throws IllegalArgumentException if there is no such loss
   */
  public static LossKind ofFlag(String flag) {
    for (LossKind loss : values()) {
      if (loss.flag.equals(flag)) {
        return loss;
      }
    }
    if (flag.equals("ova")) {
      return ONE_VS_ALL;
    }
    throw new IllegalArgumentException("unknown loss '" + flag + "': use softmax, hs, ns or one-vs-all");
  }
}
