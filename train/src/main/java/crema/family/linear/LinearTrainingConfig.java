package crema.family.linear;

import static crema.settings.Checks.requireIn;
import static crema.settings.Checks.requireOneOf;

import crema.base.UserError;
import crema.classify.RunSettings;
import crema.linear.ClassWeights;
import crema.linear.DocumentFrequency;
import crema.linear.LinearConfig;
import crema.linear.LinearLoss;
import crema.linear.TfIdfConfig;
import crema.run.DataSettings;
import crema.task.LabelConfig;
import java.util.List;

/**
 * Everything that decides what a training run of the linear baseline computes: TF-IDF, and one hyperplane a label
 * against all others.
 *
 * @param model {@code linear}, which tells such settings from those of other models
 * @param data which rows, and how they are split
 * @param terms how texts become vectors
 * @param hyperplanes how labels are told apart
 * @param seed of splits, folds and the order of training
 */
public record LinearTrainingConfig(String model, DataSettings data, Terms terms, Hyperplanes hyperplanes,
    long seed) implements RunSettings {
  public static final String MODEL = "linear";

  /** Settings of a run. */
  public LinearTrainingConfig(DataSettings data, Terms terms, Hyperplanes hyperplanes, long seed) {
    this(MODEL, data, terms, hyperplanes, seed);
  }

  /** The same with labels that are read in another way. */
  public LinearTrainingConfig withLabels(LabelConfig labels) {
    return new LinearTrainingConfig(model, data.withLabels(labels), terms, hyperplanes, seed);
  }

  /**
   * How texts become vectors, as in {@link TfIdfConfig}.
   *
   * @param ngrams the most consecutive words that make a term
   * @param minDocuments terms of fewer texts are left out: below 1 a share of all texts, otherwise a number of them
   * @param maxDocuments terms of more texts are left out: up to 1 a share, otherwise a number
   * @param maxTerms only so many terms, the most frequent, are kept; 0 for all
   * @param lowercase whether case is ignored
   * @param sublinear whether a term that a text has n times weighs 1 + ln n rather than n
   */
  public record Terms(int ngrams, double minDocuments, double maxDocuments, int maxTerms, boolean lowercase,
      boolean sublinear) {
    /** Checks the ranges. */
    public Terms {
      requireIn("ngrams", ngrams, 1, 100);
      requireIn("min_df", minDocuments, 0, Integer.MAX_VALUE);
      requireIn("max_df", maxDocuments, Double.MIN_NORMAL, Integer.MAX_VALUE);
      requireIn("max_terms", maxTerms, 0, Integer.MAX_VALUE);
    }

    TfIdfConfig config() {
      return TfIdfConfig.DEFAULTS
          .withNgrams(1, ngrams)
          .withDocuments(
              minDocuments < 1
                  ? new DocumentFrequency.Share(minDocuments)
                  : new DocumentFrequency.Count((int) minDocuments),
              maxDocuments <= 1
                  ? new DocumentFrequency.Share(maxDocuments)
                  : new DocumentFrequency.Count((int) maxDocuments))
          .withMaxFeatures(maxTerms == 0 ? TfIdfConfig.ALL_FEATURES : maxTerms)
          .withLowercase(lowercase)
          .withSublinearTf(sublinear);
    }
  }

  /**
   * How labels are told apart, as in {@link LinearConfig}.
   *
   * @param loss {@code svm} (squared hinge), {@code hinge} or {@code logistic}
   * @param c how closely to fit; of several values the one that is best for macro F1 in cross-validation
   * @param folds of the cross-validation
   * @param classWeights {@code none} or {@code balanced}
   * @param shift whether each hyperplane is moved to where its F1 on the validation rows is highest; where texts have
   *     several labels
   */
  public record Hyperplanes(String loss, List<Double> c, int folds, String classWeights, boolean shift) {
    /** Checks the ranges. */
    public Hyperplanes {
      c = List.copyOf(c);
      requireOneOf("linear_loss", loss, List.of("svm", "hinge", "logistic"));
      requireOneOf("class_weights", classWeights, List.of("none", "balanced"));
      requireIn("folds", folds, 2, 1000);
      if (c.isEmpty()) {
        throw new UserError("c needs at least one value");
      }
      c.forEach(value -> requireIn("c", value, Double.MIN_NORMAL, 1e12));
    }

    /** The engine's settings, with the first C. */
    LinearConfig config(long seed) {
      LinearLoss engineLoss = switch (loss) {
        case "svm" -> LinearLoss.SQUARED_HINGE;
        case "hinge" -> LinearLoss.HINGE;
        default -> LinearLoss.LOGISTIC;
      };
      return LinearConfig.DEFAULTS.withLoss(engineLoss).withC(c.getFirst()).withSeed(seed)
          .withClassWeights(classWeights.equals("balanced") ? ClassWeights.BALANCED : ClassWeights.NONE);
    }
  }
}
