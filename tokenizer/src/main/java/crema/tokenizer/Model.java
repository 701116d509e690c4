package crema.tokenizer;

import org.jspecify.annotations.Nullable;

/** What turns a piece of text into tokens: the vocabulary and the algorithm that a tokenizer is built on. */
sealed interface Model permits CachingModel, WordLevelModel {
  /** Returns the tokens and their ids. */
  Vocabulary vocabulary();

  /**
   * Appends the ids of the piece {@code text[from, to)}, whose surrogates are all paired, and where they are in the text
   * to the {@link Workspace#spans} of {@code out}, if it has them. Thread-safe.
   */
  void encode(char[] text, int from, int to, TokenBuffer out);

  /** Returns the largest id plus one. */
  default int size() {
    return vocabulary().size();
  }

  /** Returns the token of an id, or null where the vocabulary has none. */
  default @Nullable String token(int id) {
    return vocabulary().token(id);
  }

  /** Returns the id of a token as the vocabulary spells it, or -1. */
  default int id(String token) {
    return vocabulary().id(token);
  }
}
