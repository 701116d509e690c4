package crema.nn.langid;

import crema.nn.fasttext.FastText;
import crema.nn.fasttext.Task;
import java.util.List;

/** A fastText classifier whose labels are language codes, for instance the public {@code lid.176.ftz}. */
record FastTextLanguages(FastText model) implements LanguageClassifier {
  private static final String LABEL_PREFIX = "__label__";
  private static final int ALL = -1;

  FastTextLanguages {
    if (model.config().task() != Task.SUPERVISED) {
      throw new IllegalArgumentException("the model holds word vectors; a language model must be supervised");
    }
  }

  @Override
  public List<String> languages() {
    return model.labels().stream().map(FastTextLanguages::code).toList();
  }

  @Override
  public List<Language> rank(String text) {
    return text.isBlank() ? List.of() : model.predict(text, ALL, 0f).stream()
        .map(p -> new Language(code(p.label()), Math.min(1f, p.probability())))
        .toList();
  }

  private static String code(String label) {
    return label.startsWith(LABEL_PREFIX) ? label.substring(LABEL_PREFIX.length()) : label;
  }
}
