package crema.tokenizer;

/**
 * A token that is found in the text before the model sees it.
 *
 * @param singleWord whether it is found only where no word character touches it
 * @param leftStrip whether it swallows white space before it
 * @param rightStrip whether it swallows white space after it
 * @param normalized whether it is looked for in the normalized text, in its own normalized form
 * @param special whether it is a control token, left out of decoded text on request
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean leftStrip,
    boolean rightStrip,
    boolean normalized,
    boolean special) {

  /** A control token such as {@code <pad>}, found verbatim. */
  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, false, false, false, false, true);
  }

  /** Returns this token with another id. */
  AddedToken withId(int id) {
    return new AddedToken(id, content, singleWord, leftStrip, rightStrip, normalized, special);
  }
}
