package crema.langid;

import crema.fasttext.FastText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Detects the language of a text, with our own model or with a fastText classifier of languages. Thread-safe. */
public final class LanguageDetector {
  /** The code of ISO 639 for a language that cannot be told. */
  public static final String UNDETERMINED = "und";

  /** Which share of the probability of all languages the candidates must have: else the text is rather in none of them. */
  private static final double PLAUSIBLE = 0.1;

  private static final String SHIPPED = "languages.lid";

  private final LanguageClassifier model;

  /** The codes that can be an answer. */
  private final Set<String> candidates;

  private LanguageDetector(LanguageClassifier model, Collection<String> candidates) {
    this.model = model;
    this.candidates = Set.copyOf(candidates);
  }

  /** A detector on a model of {@link LanguageTrainer}. */
  public LanguageDetector(LanguageModel model) {
    this((LanguageClassifier) model);
  }

  /**
   * A detector on any classifier whose labels are languages, for instance the public {@code lid.176.ftz}.
   *
   * @throws IllegalArgumentException if the model holds word vectors only
   */
  public LanguageDetector(FastText model) {
    this(FastTextLanguages.of(model));
  }

  private LanguageDetector(LanguageClassifier model) {
    this(model, model.languages());
  }

  /** A detector on a model file, of {@link LanguageModel#save} or of fastText. */
  public static LanguageDetector load(Path file) throws IOException {
    return isOurs(file)
        ? new LanguageDetector(LanguageModel.read(Files.readAllBytes(file), file.toString()))
        : new LanguageDetector(FastText.load(file));
  }

  private static boolean isOurs(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (var in = Files.newInputStream(file)) {
      return LanguageModelFormat.isMarked(in.readNBytes(LanguageModelFormat.markLength()));
    }
  }

  /**
   * The detector that comes with Crema: 113 languages by their ISO 639-3 codes, trained on sentences from Tatoeba
   * (https://tatoeba.org), which are licensed under CC BY 2.0 FR.
   */
  public static LanguageDetector shipped() {
    try (var in = LanguageDetector.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + SHIPPED + " is missing from the class path");
      }
      return new LanguageDetector(LanguageModel.read(in.readAllBytes(), SHIPPED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A detector that answers with nothing but these languages, for texts of which that much is known. Probabilities stay
   * those among all languages.
   *
   * @throws IllegalArgumentException if the model does not know one of them, or there is none
   */
  public LanguageDetector among(Collection<String> codes) {
    if (codes.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one language to choose from");
    }
    if (languages().containsAll(codes)) {
      return new LanguageDetector(model, codes.stream().distinct().toList());
    }
    var names = new LanguageNames(languages());
    return new LanguageDetector(model, codes.stream().map(names::code).distinct().toList());
  }

  /** A detector that takes no language for more frequent in texts than another, as the model's prior may. */
  public LanguageDetector withoutPrior() {
    return new LanguageDetector(model.withoutPrior(), candidates);
  }

  /**
   * The most probable languages, the most probable first; none for a text without a word.
   *
   * @param k how many at most, at least 1; all if there are fewer
   * @throws IllegalArgumentException if k is below 1
   */
  public List<Language> detect(String text, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, not " + k);
    }
    return model.best(Objects.requireNonNull(text, "the text is null"), k, candidates);
  }

  /**
   * The language of a text, if that is sure: its share of the probability of all languages that can be an answer reaches
   * the threshold, for the text and for what is left of it without words that are rather names and codes. A text that is
   * far more probably in a language that cannot be an answer has none.
   *
   * @param threshold from 0, by which every text with a word has an answer, to 1
   */
  public Optional<Language> answer(String text, double threshold) {
    Optional<Language> best = best(text, threshold);
    String plain = threshold > 0 ? PlainWords.of(text) : text;
    return plain.equals(text) ? best
        : best.filter(
            language -> best(plain, threshold).filter(again -> again.code().equals(language.code())).isPresent());
  }

  /** The language of a text, if that is sure by a {@linkplain #sureFrom threshold of its own}. */
  public Optional<Language> answer(String text) {
    return answer(text, sureFrom());
  }

  /** The most probable language, if its share of the candidates' probability reaches a threshold, and theirs is not small. */
  private Optional<Language> best(String text, double threshold) {
    boolean isFree = candidates.size() == languages().size();
    List<Language> best = detect(text, isFree || threshold == 0 ? 1 : candidates.size());
    if (best.isEmpty()) {
      return Optional.empty();
    }
    double sum = isFree ? 1 : best.stream().mapToDouble(Language::probability).sum();
    return Optional.of(best.getFirst())
        .filter(language -> threshold == 0 || sum >= PLAUSIBLE && language.probability() >= threshold * sum);
  }

  /**
   * The threshold of {@link #answer(String)}: for models of {@link LanguageTrainer} one by which titles of brands and codes
   * have no answer; 0 for models of fastText, of whose probabilities nothing is known.
   */
  public double sureFrom() {
    return model.sureFrom();
  }

  /** The codes of all languages, the most frequent in training first. */
  public List<String> languages() {
    return model.languages();
  }
}
