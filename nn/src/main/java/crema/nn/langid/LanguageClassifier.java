package crema.nn.langid;

import java.util.List;

/** What knows how probable each language of a text is. Thread-safe. */
sealed interface LanguageClassifier permits LanguageModel, FastTextLanguages {

  /** The codes of all languages, the most frequent in training first. */
  List<String> languages();

  /** All languages of a text, the most probable first; none for a text without a word. */
  List<Language> rank(String text);
}
