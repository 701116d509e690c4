package crema.cli;

import crema.family.linear.LinearTrainingConfig;
import crema.run.DataSettings;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of the linear baseline. */
final class LinearOptions {
  @Option(names = "--ngrams", paramLabel = "N", defaultValue = "1",
      description = "The most words that make a term (default: ${DEFAULT-VALUE}).")
  private int ngrams;

  @Option(names = "--min-df", paramLabel = "N", defaultValue = "1",
      description = "Terms of fewer texts are left out; below 1 a share of all texts (default: ${DEFAULT-VALUE}).")
  private double minDocuments;

  @Option(names = "--max-df", paramLabel = "N", defaultValue = "1.0",
      description = "Terms of more texts are left out; up to 1 a share, such as 0.3 against stop words "
          + "(default: ${DEFAULT-VALUE}).")
  private double maxDocuments;

  @Option(names = "--max-terms", paramLabel = "N", defaultValue = "0",
      description = "Only so many terms, the most frequent (default: all).")
  private int maxTerms;

  @Option(names = "--sublinear", description = "A term that a text has n times weighs 1 + ln n (default: n).")
  private boolean sublinear;

  @Option(names = "--linear-loss", paramLabel = "NAME", defaultValue = "svm",
      description = "svm (squared hinge), hinge or logistic (default: ${DEFAULT-VALUE}).")
  private String loss = "svm";

  @Option(names = "--C", split = ",", paramLabel = "C", defaultValue = "1",
      description = "How closely to fit; of several values cross-validation chooses (default: ${DEFAULT-VALUE}).")
  private List<Double> c = List.of(1.0);

  @Option(names = "--C-folds", paramLabel = "N", defaultValue = "5",
      description = "Of that cross-validation (default: ${DEFAULT-VALUE}).")
  private int folds;

  @Option(names = "--shift",
      description = "Shift each label's hyperplane to its best F1 on the validation rows, where texts have several labels.")
  private boolean shift;

  LinearTrainingConfig config(DataSettings data, boolean lowercase, String classWeights, long seed) {
    return new LinearTrainingConfig(data,
        new LinearTrainingConfig.Terms(ngrams, minDocuments, maxDocuments, maxTerms, lowercase, sublinear),
        new LinearTrainingConfig.Hyperplanes(loss, c, folds, classWeights, shift), seed);
  }
}
