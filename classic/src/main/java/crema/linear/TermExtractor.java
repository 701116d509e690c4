package crema.linear;

import java.util.function.Consumer;

/** Finds a text's terms. */
sealed interface TermExtractor permits WordTerms, CharacterTerms {
  /** Calls the consumer with each occurrence of a term. */
  void forEachTerm(String text, Consumer<String> consumer);
}
