package crema.tokenizer;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokens of a model and their ids. */
final class Vocabulary {
  private final @Nullable String[] tokens;
  private final Map<String, Integer> ids;

  /**
   * Makes a vocabulary that owns its arguments.
   *
   * @param tokens the token of each id, null where there is none
   * @param ids the id of each token
   */
  Vocabulary(@Nullable String[] tokens, Map<String, Integer> ids) {
    this.tokens = tokens;
    this.ids = ids;
  }

  /** Returns the largest id plus one. */
  int size() {
    return tokens.length;
  }

  /** Returns how many tokens there are; fewer than {@link #size} where ids are left out. */
  int count() {
    return ids.size();
  }

  /** Returns the token of an id, or null where there is none. */
  @Nullable
  String token(int id) {
    return tokens[id];
  }

  /** Returns the id of a token, or -1. */
  int id(String token) {
    return ids.getOrDefault(token, -1);
  }
}
