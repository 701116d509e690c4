package crema.langid;

import java.util.List;
import java.util.Set;

/** What knows how probable each language of a text is. Thread-safe. */
sealed interface LanguageClassifier permits LanguageModel, FastTextLanguages {

  /** The codes of all languages, the most frequent in training first. */
  List<String> languages();

  /**
   * The most probable languages of a text, with their probabilities among all languages, the most probable first; none
   * for a text without a word.
   *
   * @param k how many at most
   * @param candidates the codes to choose from
   */
  List<Language> best(String text, int k, Set<String> candidates);

  /** From which probability on a language is rather the right one than not, also of titles full of names and codes. */
  double sureFrom();

  /** The same if all languages are equally frequent; itself if it does not take some for more frequent than others. */
  LanguageClassifier withoutPrior();
}
