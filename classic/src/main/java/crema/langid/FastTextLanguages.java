package crema.langid;

import crema.data.FastTextLines;
import crema.fasttext.FastText;
import crema.fasttext.Task;
import java.util.List;
import java.util.Set;

/** A fastText classifier whose labels are language codes, for instance the public {@code lid.176.ftz}. */
record FastTextLanguages(FastText model, List<String> languages) implements LanguageClassifier {
  private static final String LABEL_PREFIX = FastTextLines.LABEL_PREFIX;
  private static final int ALL = -1;

  /**
   * A classifier on a model.
   *
   * @throws IllegalArgumentException if the model holds word vectors only
   */
  static FastTextLanguages of(FastText model) {
    if (model.config().task() != Task.SUPERVISED) {
      throw new IllegalArgumentException("the model holds word vectors; a language model must be supervised");
    }
    return new FastTextLanguages(model, model.labels().stream().map(FastTextLanguages::code).toList());
  }

  @Override
  public List<Language> best(String text, int k, Set<String> candidates) {
    if (text.isBlank()) {
      return List.of();
    }
    boolean any = candidates.size() == languages.size();
    return model.predict(text, any ? Math.min(k, languages.size()) : ALL, 0f).stream()
        .map(prediction -> new Language(code(prediction.label()), Math.min(1f, prediction.probability())))
        .filter(language -> candidates.contains(language.code()))
        .limit(k)
        .toList();
  }

  /** Nothing is known of the probabilities of a model that others have trained. */
  @Override
  public double sureFrom() {
    return 0;
  }

  @Override
  public LanguageClassifier withoutPrior() {
    return this;
  }

  private static String code(String label) {
    return label.startsWith(LABEL_PREFIX) ? label.substring(LABEL_PREFIX.length()) : label;
  }
}
