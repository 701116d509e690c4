package crema.family.linear;

import crema.base.Keyed;
import crema.linear.ClassWeights;
import crema.linear.DocumentFrequency;
import crema.linear.LinearConfig;
import crema.linear.LinearLoss;
import crema.linear.TfIdfConfig;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;

/** How texts become vectors of terms, and how their labels are told apart by a hyperplane each. */
public final class LinearSettings {
  /** TF-IDF, and a hyperplane a label. */
  public static final Section SECTION = Section.of("Linear");

  public static final Setting<Integer> NGRAMS = SECTION.integer("ngrams", 1).atLeast(1).atMost(100).basic()
      .help("The most words that make a term");
  public static final Setting<Double> MIN_DF =
      SECTION.number("min-df", 1).atLeast(0).atMost(Integer.MAX_VALUE).label("N")
          .basic().help("Terms of fewer texts are left out; below 1 a share of all texts");
  public static final Setting<Double> MAX_DF = SECTION.number("max-df", 1).above(0).atMost(Integer.MAX_VALUE).label("N")
      .basic().help("Terms of more texts are left out; up to 1 a share, such as 0.3 against stop words");
  public static final Setting<Integer> MAX_TERMS =
      SECTION.integer("max-terms", 0).atLeast(0).shownDefault("all").basic()
          .help("Only so many terms, the most frequent");
  public static final Setting<Boolean> SUBLINEAR = SECTION.flag("sublinear").basic()
      .help("A term that a text has n times weighs 1 + ln n instead of n");
  public static final Setting<Loss> LOSS = SECTION.choice("linear-loss", Loss.SVM).label("NAME").basic()
      .details("svm, the squared hinge; hinge; or logistic")
      .help("What is minimized");
  public static final Setting<List<Double>> C =
      SECTION.numbers("C", List.of(1.0)).above(0).atMost(1e12).label("C").basic()
          .help("How closely to fit; of several values cross-validation chooses");
  public static final Setting<Integer> C_FOLDS = SECTION.integer("C-folds", 5).atLeast(2).atMost(1000).basic()
      .help("The folds of that cross-validation");
  public static final Setting<Weights> CLASS_WEIGHTS = SECTION.choice("class-weights", Weights.NONE).basic()
      .details("none, all alike; balanced, as much together")
      .help("How texts with a label weigh against those without");
  public static final Setting<Boolean> SHIFT = SECTION.flag("shift").basic()
      .help("Shift each hyperplane to its best F1 on the validation rows, where texts have several labels");

  private LinearSettings() {}

  /** What is minimized. */
  public enum Loss implements Keyed {
    /** The squared hinge. */
    SVM(LinearLoss.SQUARED_HINGE),
    /** The hinge. */
    HINGE(LinearLoss.HINGE),
    /** Logistic regression. */
    LOGISTIC(LinearLoss.LOGISTIC);

    private final LinearLoss engine;

    Loss(LinearLoss engine) {
      this.engine = engine;
    }
  }

  /** How texts with a label weigh against those without. */
  public enum Weights implements Keyed {
    /** All alike. */
    NONE(ClassWeights.NONE),
    /** As much together. */
    BALANCED(ClassWeights.BALANCED);

    private final ClassWeights engine;

    Weights(ClassWeights engine) {
      this.engine = engine;
    }
  }

  /** How texts become vectors. */
  static TfIdfConfig terms(Settings settings) {
    double least = settings.get(MIN_DF);
    double most = settings.get(MAX_DF);
    int terms = settings.get(MAX_TERMS);
    return TfIdfConfig.DEFAULTS
        .withNgrams(1, settings.get(NGRAMS))
        .withDocuments(
            least < 1 ? new DocumentFrequency.Share(least) : new DocumentFrequency.Count((int) least),
            most <= 1 ? new DocumentFrequency.Share(most) : new DocumentFrequency.Count((int) most))
        .withMaxFeatures(terms == 0 ? TfIdfConfig.ALL_FEATURES : terms)
        .withLowercase(settings.get(DataSettings.LOWERCASE))
        .withSublinearTf(settings.get(SUBLINEAR));
  }

  /** The settings of the solver, with the first C. */
  static LinearConfig solver(Settings settings) {
    return LinearConfig.DEFAULTS.withLoss(settings.get(LOSS).engine).withC(settings.get(C).getFirst())
        .withSeed(settings.get(TrainingSettings.SEED)).withClassWeights(settings.get(CLASS_WEIGHTS).engine);
  }
}
