package crema.tokenizer;

import org.jspecify.annotations.Nullable;

/** What turns a piece of text into tokens: the vocabulary and the algorithm that a tokenizer is built on. */
sealed interface Model permits BpeModel {
  /** Returns the largest id plus one. */
  int size();

  /** Returns the token of an id, or null where the vocabulary has none. */
  @Nullable
  String token(int id);

  /** Returns the id of a token as the vocabulary spells it, or -1. */
  int id(String token);

  /** Returns the bytes that a token of the vocabulary stands for. */
  byte[] bytes(int id);

  /** Appends the ids of the piece {@code text[from, to)}, whose surrogates are all paired. Thread-safe. */
  void encode(char[] text, int from, int to, TokenBuffer out);
}
