package crema.fasttext;

import crema.base.Keyed;

/** How scores become probabilities, and what training minimises. */
public enum LossKind implements Keyed {
  /** Hierarchical softmax over a Huffman tree: time logarithmic in the number of labels. */
  HIERARCHICAL_SOFTMAX("hs", 1),
  /** One logistic regression for the right label and one for each of a few random wrong ones. */
  NEGATIVE_SAMPLING("ns", 2),
  /** The softmax over all labels. */
  SOFTMAX("softmax", 3),
  /** A logistic regression a label; the loss for rows with several labels. */
  ONE_VS_ALL("one-vs-all", 4);

  private final String key;
  private final int code;

  LossKind(String key, int code) {
    this.key = key;
    this.code = code;
  }

  /** The name on fastText's command line: {@code hs}, {@code ns}, {@code softmax} or {@code one-vs-all}. */
  @Override
  public String key() {
    return key;
  }

  /** The number in a model file. */
  int code() {
    return code;
  }

  /**
   * The loss with a {@linkplain #key key}; {@code ova} is short for {@code one-vs-all}.
   *
   * @throws crema.base.UserError if there is no such loss
   */
  public static LossKind of(String key) {
    return key.equals("ova") ? ONE_VS_ALL : Keyed.find(LossKind.class, key, "loss");
  }
}
