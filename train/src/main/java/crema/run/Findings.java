package crema.run;

import crema.base.AtomicFile;
import crema.classify.ModelDirectory;
import crema.classify.TrainingListener;
import crema.data.LabelSet;
import crema.linear.TfIdf;
import crema.metrics.LabelCounts;
import crema.metrics.Outcomes;
import crema.metrics.SingleLabelOutcomes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** What makes a run hardly worth its name though nothing failed, a line each: few runs have any. */
public final class Findings {
  /** Fewer test rows say nothing of what a model has not learned. */
  private static final int FEWEST_DOCUMENTS = 20;
  private static final int FEWEST_OF_A_LABEL = 5;
  /** A model that answers one label so often, and half as often again as it is right to, has learned to do that. */
  private static final double NEARLY_ALL = 0.9;
  private static final double TOO_OFTEN = 1.5;
  /** A network has some 40 parameters for each token that it learns from where that goes well, and thousands where not. */
  private static final double MOST_PARAMETERS_OF_A_TOKEN = 1000;

  /** A text that shares fewer terms with others than this, on average, says nothing of them. */
  private static final double FEWEST_SHARED_TERMS = 0.5;

  private Findings() {}

  /** Tells something, if there is something to tell, once in a run, and keeps it for its report. */
  public static void tell(Optional<String> finding, ModelDirectory directory, TrainingListener listener) {
    if (finding.isEmpty()) {
      return;
    }
    try {
      List<String> told = told(directory);
      if (!told.contains(finding.get())) {
        var all = new ArrayList<>(told);
        all.add(finding.get());
        Files.createDirectories(directory.cache());
        AtomicFile.writeText(file(directory), String.join("\n", all));
        listener.warning(finding.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the run in a directory was told of. */
  static List<String> told(ModelDirectory directory) throws IOException {
    return Files.exists(file(directory)) ? Files.readAllLines(file(directory)) : List.of();
  }

  private static Path file(ModelDirectory directory) {
    return directory.cache().resolve("findings.txt");
  }

  /** What a test shows. */
  static List<String> ofTest(Outcomes outcomes, List<String> labels) {
    var findings = new ArrayList<String>();
    LabelCounts counts = outcomes.counts();
    if (outcomes.documents() < FEWEST_DOCUMENTS || !(outcomes instanceof SingleLabelOutcomes)) {
      return findings;
    }
    int most = IntStream.range(0, labels.size()).boxed().max(Comparator.comparingLong(counts::predictions)).orElse(0);
    if (counts.predictions(most) >= NEARLY_ALL * outcomes.documents()
        && counts.predictions(most) >= TOO_OFTEN * counts.support(most)) {
      findings.add(String.format(Locale.ROOT,
          "the model answers '%s' for %,d of %,d test rows, of which %,d have it: it has learned little else",
          labels.get(most), counts.predictions(most), outcomes.documents(), counts.support(most)));
      return findings;
    }
    int[] lost = IntStream.range(0, labels.size())
        .filter(label -> counts.support(label) >= FEWEST_OF_A_LABEL && counts.predictions(label) == 0).toArray();
    if (lost.length > 0) {
      int first = IntStream.of(lost).boxed().max(Comparator.comparingLong(counts::support)).orElseThrow();
      findings.add(String.format(Locale.ROOT,
          "%,d %s with %d test rows or more %s never answered, for instance '%s' with %,d",
          lost.length,
          lost.length == 1 ? "label" : "labels", FEWEST_OF_A_LABEL, lost.length == 1 ? "is" : "are", labels.get(first),
          counts.support(first)));
    }
    return findings;
  }

  /** Labels of which there is one training row. */
  static Optional<String> singleRows(LabelSet labels) {
    int[] single = IntStream.range(0, labels.size()).filter(label -> labels.count(label) == 1).toArray();
    return single.length == 0 ? Optional.empty()
        : Optional.of(String.format(Locale.ROOT,
            "%,d of %,d labels %s a single training row, for instance '%s': that is hardly learned",
            single.length, labels.size(), single.length == 1 ? "has" : "have", labels.name(single[0]))
            .replaceAll("\\R", " "));
  }

  /** Texts of which hardly one has a term that another has too, by any of some features. */
  public static Optional<String> unsharedTerms(List<TfIdf> features) {
    boolean areShared = features.isEmpty() || features.stream().anyMatch(terms -> terms.documents() < FEWEST_DOCUMENTS
        || sharedTerms(terms) >= FEWEST_SHARED_TERMS * terms.documents());
    return areShared ? Optional.empty()
        : Optional.of("hardly one training text has a word that another has too: texts of "
            + "which words are not separated by spaces are told apart by --analyzer char");
  }

  private static long sharedTerms(TfIdf terms) {
    return IntStream.range(0, terms.vocabulary().size()).map(terms::documentFrequency).filter(texts -> texts > 1)
        .asLongStream().sum();
  }

  /** Texts of which an encoder does not read all, if there are any; see the numbers' names. */
  public static Optional<String> cutTexts(long cut, long texts, long tokensCut, int maxTokens) {
    return cut == 0 ? Optional.empty()
        : Optional
            .of(String.format(Locale.ROOT, "%,d of %,d training texts are longer than --max-length %d and lose %,.0f "
                + "tokens on average", cut, texts, maxTokens, (double) tokensCut / cut));
  }

  /** A tokenizer that came out smaller than it was asked to be. */
  public static Optional<String> smallVocabulary(int asked, int reached) {
    return reached >= asked ? Optional.empty()
        : Optional.of(String.format(Locale.ROOT,
            "the texts have pieces for a vocabulary of %,d only, not %,d", reached, asked));
  }

  /** A network of its own beginnings that is far too large for its rows. */
  public static Optional<String> tooManyParameters(long parameters, long rows, long tokens) {
    return parameters <= MOST_PARAMETERS_OF_A_TOKEN * tokens ? Optional.empty()
        : Optional.of(String.format(Locale.ROOT,
            "%,d parameters are to be learned from %,d rows of %,d tokens in all: take a smaller ", parameters, rows,
            tokens) + "--hidden-size, --encoder MODEL, or --model linear");
  }
}
