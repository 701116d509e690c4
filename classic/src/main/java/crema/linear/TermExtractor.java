package crema.linear;

/** Finds a text's terms. */
sealed interface TermExtractor permits WordTerms, CharacterTerms {
  /** Receives an occurrence of a term. */
  @FunctionalInterface
  interface Visitor {
    /**
     * An occurrence.
     *
     * @param from where it begins in the text, in lower case if terms are
     * @param to where it ends, exclusive; white space around a word may lie beyond the text's ends
     */
    void term(String term, int from, int to);
  }

  /** Calls the visitor with each occurrence of a term. */
  void forEachTerm(String text, Visitor visitor);
}
