package crema.tokenizer;

import crema.base.WorkerPool;
import crema.base.json.ObjectNode;

/** What the kinds of tokenizers differ in when they are trained. */
interface ModelTraining {
  /** The number of tokens without which there is no model, besides special ones. */
  int leastTokens();

  /** What these tokens are, for messages. */
  String leastTokensAre();

  /** Whether the model takes the bytes of words. */
  default boolean takesBytes() {
    return false;
  }

  /**
   * Checks a special token.
   *
   * @throws IllegalArgumentException if it cannot be one
   */
  default void checkSpecialToken(String token) {}

  /** Writes the parts of a {@code tokenizer.json} around the model, the special tokens around texts apart. */
  void describe(ObjectNode settings, boolean lowercase);

  /** Learns a model from the words of a corpus. */
  Model train(WordCounts words, TokenizerTrainer settings, WorkerPool pool);
}
