package crema.nn.fasttext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** Tells the language of a text with a fastText classifier whose labels are language codes. Thread-safe. */
public final class LanguageDetector {
  /** The start of the labels of a model that reads texts as {@link #normalise} writes them. */
  static final String NORMALISED_PREFIX = "__langid__";

  private static final String SHIPPED = "languages.ftz.gz";
  private static final String LABEL_PREFIX = "__label__";

  /** What a compressed model may hold: few bytes of a file must not ask for all memory. */
  private static final int LARGEST_COMPRESSED = 256 << 20;

  /** As many languages as there are. */
  private static final int ALL = -1;

  private final FastText model;
  private final boolean normalises;

  /** The codes that can be an answer; empty for all. */
  private final Set<String> candidates;

  /**
   * A detector on any classifier whose labels are languages, for instance the public {@code lid.176.ftz}.
   *
   * @throws IllegalArgumentException if the model holds word vectors only
   */
  public LanguageDetector(FastText model) {
    this(model, Set.of());
  }

  private LanguageDetector(FastText model, Set<String> candidates) {
    if (model.config().task() != Task.SUPERVISED) {
      throw new IllegalArgumentException("the model holds word vectors; a language model must be supervised");
    }
    this.model = model;
    normalises = model.labels().stream().allMatch(label -> label.startsWith(NORMALISED_PREFIX));
    this.candidates = candidates;
  }

  /** A detector on a model file; one whose name ends in {@code .gz} is uncompressed. */
  public static LanguageDetector load(Path file) throws IOException {
    if (!file.toString().endsWith(".gz")) {
      return new LanguageDetector(FastText.load(file));
    }
    try (var in = TextSource.of(file).open()) {
      byte[] model = in.readNBytes(LARGEST_COMPRESSED + 1);
      if (model.length > LARGEST_COMPRESSED) {
        throw new IOException(file + " holds more than " + LARGEST_COMPRESSED + " bytes; uncompress it first");
      }
      return new LanguageDetector(FastText.read(model, file.toString()));
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
      return new LanguageDetector(FastText.read(new GZIPInputStream(in).readAllBytes(), SHIPPED));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A language and how probable it is.
   *
   * @param code the model's label without its prefix
   * @param probability between 0 and 1
   */
  public record Language(String code, float probability) {}

  /**
   * A detector that answers with nothing but these languages, for texts of which that much is known. Probabilities stay
   * those among all languages.
   *
   * @throws IllegalArgumentException if the model does not know one of them, or there is none
   */
  public LanguageDetector among(Collection<String> codes) {
    List<String> known = languages();
    for (String code : codes) {
      if (!known.contains(code)) {
        throw new IllegalArgumentException("the model does not know the language '" + code + "'; it knows "
            + String.join(", ", known.stream().sorted().toList()));
      }
    }
    if (codes.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one language to choose from");
    }
    return new LanguageDetector(model, Set.copyOf(codes));
  }

  /** The {@code k} most probable languages, the most probable first; none for a text without a word. */
  public List<Language> detect(String text, int k) {
    String words = normalises ? normalise(text) : text;
    if (words.isBlank()) {
      return List.of();
    }
    return model.predict(words, candidates.isEmpty() ? k : ALL, 0f).stream()
        .map(p -> new Language(code(p.label()), Math.min(1f, p.probability())))
        .filter(language -> candidates.isEmpty() || candidates.contains(language.code()))
        .limit(k)
        .toList();
  }

  /**
   * What models of {@link LanguageTrainer}, the shipped one among them, are trained on: letters in lower case, marks
   * and apostrophes, and a space for anything else, so that a word is the same at the start of a sentence, before a
   * comma and in quotes.
   */
  public static String normalise(String text) {
    var result = new StringBuilder(text.length());
    text.codePoints().forEach(c -> {
      if (Character.isLetter(c)) {
        result.appendCodePoint(Character.toLowerCase(c));
      } else {
        result.appendCodePoint(c == '\'' || isMark(c) ? c : ' ');
      }
    });
    return result.toString();
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  /** The codes of all languages, the most frequent in training first. */
  public List<String> languages() {
    return model.labels().stream().map(LanguageDetector::code).toList();
  }

  private static String code(String label) {
    for (String prefix : List.of(LABEL_PREFIX, NORMALISED_PREFIX)) {
      if (label.startsWith(prefix)) {
        return label.substring(prefix.length());
      }
    }
    return label;
  }
}
