package crema.tokenizer;

/**
 * The special tokens that a tokenizer puts around a text, as {@code <s>} and {@code </s>}.
 *
 * @param prefix ids before the text's
 * @param suffix ids after the text's
 */
@SuppressWarnings("ArrayRecordComponent")
record PostProcessor(int[] prefix, int[] suffix) {
  static final PostProcessor NONE = new PostProcessor(new int[0], new int[0]);

  void before(TokenBuffer out) {
    out.addAll(prefix, prefix.length);
  }

  void after(TokenBuffer out) {
    out.addAll(suffix, suffix.length);
  }
}
