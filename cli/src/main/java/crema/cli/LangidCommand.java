package crema.cli;

import crema.base.UserError;
import crema.classify.Prediction;
import crema.cli.console.Terminal;
import crema.langid.LanguageDetector;
import crema.langid.LanguageNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells the languages of texts. */
@Command(
    name = "langid",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Tells the languages of texts: those given as arguments, the lines of a file, or the lines of standard input.",
        "One line of output for each text, in order. The model that comes along knows 113 languages by their ISO 639-3",
        "codes; one of 'crema langid-train' or any fastText model whose labels are languages can take its place.",
        "A text whose language is not sure, such as a title of brands and codes, is 'und'; objects of jsonl have the",
        "candidates with their probabilities too."
    },
    footer = {
        "",
        "Examples:",
        "  crema langid \"Where is the station?\" \"Wo ist der Bahnhof?\"",
        "  crema langid --top 3 --threshold 0.1 --format jsonl --file titles.txt",
        "  crema langid --threshold 0 \"Canon EOS R5\" hello",
        "  crema langid --file offers.csv.gz --text title --format tsv",
        "  crema langid --languages en,de,fr --codes 2 --file titles.txt",
        "  crema langid --model lid.176.ftz < titles.txt"
    })
final class LangidCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "TEXT", description = "Texts; none to read a file or standard input.")
  private List<String> texts = new ArrayList<>();

  @Mixin
  private TextInput input = new TextInput();

  @Mixin
  private KeepFlags keep = new KeepFlags();

  @Option(names = {"-m", "--model"}, paramLabel = "FILE",
      description = "A model of 'crema langid-train' or of fastText, .bin or .ftz (default: the one that comes along).")
  private @Nullable Path model;

  @Option(names = "--languages", split = "[,;]", paramLabel = "CODE",
      description = "The languages that the texts can be in, by their codes of two or three letters or their English names "
          + "(default: all that the model knows).")
  private List<String> languages = List.of();

  @Option(names = "--no-prior", description = {
      "Take all languages for equally frequent (default: where a text can be in several languages, a common one",
      "is preferred to a rare one, as the model says)."})
  private boolean noPrior;

  @Option(names = {"-k", "--top"}, paramLabel = "K", defaultValue = "1",
      description = "How many languages for each text (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(names = "--codes", paramLabel = "KIND", defaultValue = "model",
      description = "How languages are printed: model, as the model calls them; 2 or 3, by so many letters where there are such "
          + "codes; name, in English (default: ${DEFAULT-VALUE}).")
  private String codes = "model";

  @Option(names = "--threshold", paramLabel = "P",
      description = {
          "The probability from which a language is sure; of several, those that are less probable are left out.",
          "With 0 every text has a language (default: 0.8, by which titles of brands and codes are 'und', with all of",
          "--top listed; 0 for models of fastText)."})
  private @Nullable Double threshold;

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
      description = "text: language and probability; tsv: text, then languages and probabilities; jsonl: an object a "
          + "line (default: ${DEFAULT-VALUE}).")
  private PredictionFormat format = PredictionFormat.TEXT;

  LangidCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw new UserError("--top must be at least 1");
    }
    if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
      throw new UserError("--threshold must be between 0 and 1");
    }
    LanguageDetector detector = detector();
    UnaryOperator<String> shown = shown(detector);
    double sure = threshold == null ? detector.sureFrom() : threshold;
    var output = new PredictionWriter(terminal.out(), format, LanguageDetector.UNDETERMINED, "language");
    input.keep(keep);
    input.forEachBatch(texts, terminal, batch -> {
      List<List<Prediction>> candidates =
          batch.stream().map(text -> detect(detector, text.text(), shown)).toList();
      output.write(batch, IntStream.range(0, batch.size())
          .mapToObj(i -> detector.answer(batch.get(i).text(), sure).isPresent() ? candidates.get(i)
              : List.<Prediction>of())
          .toList(), candidates);
      return !output.isClosed();
    });
    return Math.max(input.report(terminal), output.report(terminal.err()));
  }

  private LanguageDetector detector() throws IOException {
    try {
      LanguageDetector loaded = model == null ? LanguageDetector.shipped() : LanguageDetector.load(model);
      LanguageDetector detector = noPrior ? loaded.withoutPrior() : loaded;
      return languages.isEmpty() ? detector : detector.among(languages);
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  private UnaryOperator<String> shown(LanguageDetector detector) {
    // Names take longer to collect than a few texts to read, and are seldom asked for.
    return switch (codes) {
      case "model" -> UnaryOperator.identity();
      case "2" -> new LanguageNames(detector.languages())::shortCode;
      case "3" -> new LanguageNames(detector.languages())::longCode;
      case "name" -> new LanguageNames(detector.languages())::englishName;
      default -> throw new UserError("--codes must be model, 2, 3 or name, not '" + codes + "'");
    };
  }

  private List<Prediction> detect(LanguageDetector detector, String text, UnaryOperator<String> shown) {
    return detector.detect(text, top).stream()
        .filter(language -> threshold == null || language.probability() >= threshold)
        .map(language -> new Prediction(shown.apply(language.code()), language.probability()))
        .toList();
  }
}
