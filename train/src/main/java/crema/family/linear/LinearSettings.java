package crema.family.linear;

import crema.base.Keyed;
import crema.base.UserError;
import crema.data.TextColumn;
import crema.linear.Analyzer;
import crema.linear.ClassWeights;
import crema.linear.DocumentFrequency;
import crema.linear.FeatureWeights;
import crema.linear.LinearConfig;
import crema.linear.LinearLoss;
import crema.linear.TfIdfConfig;
import crema.metrics.Metric;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How texts become vectors of terms, and how their labels are told apart by a hyperplane each. */
public final class LinearSettings {
  /** TF-IDF, and a hyperplane a label. */
  public static final Section SECTION = Section.of("Linear");

  public static final Setting<Integer> NGRAMS = SECTION.integer("ngrams", 1).atLeast(1).atMost(100).basic()
      .help("The most words that make a term");
  public static final Setting<List<String>> ANALYZERS = SECTION.texts("analyzer").label("NAME").basic()
      .shownDefault("word").check(names -> names.forEach(TermSpace.Wanted::parse))
      .details(
          "word; char, runs of characters; char_wb, runs of characters within words; several make a space of terms "
              + "each, side by side. NAME:COLUMN for one text column, NAME:COLUMN+COLUMN for some and NAME:* for all "
              + "joined, NAME:COLUMN:WEIGHT to weigh more or less")
      .help("What terms are");
  public static final Setting<TextColumns> COLUMNS = SECTION.choice("columns", TextColumns.JOINED).basic()
      .details("joined, one text; apart, each a space of terms of its own; both, each beside all joined")
      .help("How an analyzer reads several text columns");
  public static final Setting<Integer> CHARACTERS_FROM = SECTION.integer("char-ngrams-from", 2).atLeast(1).atMost(100)
      .help("The fewest characters that make a term of char and char_wb");
  public static final Setting<Integer> CHARACTERS_TO = SECTION.integer("char-ngrams-to", 5).atLeast(1).atMost(100)
      .help("The most characters that make a term of char and char_wb");
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
  public static final Setting<Integer> C_FOLDS = SECTION.integer("C-folds", 5).atLeast(2).atMost(1000)
      .help("The folds of that cross-validation");
  public static final Setting<Metric> C_METRIC = SECTION
      .optionalChoice("C-metric", List.of(Metric.MICRO_F1, Metric.MACRO_F1)).label("NAME").shownDefault("macro_f1")
      .help("What the chosen C has most of");
  public static final Setting<Weights> CLASS_WEIGHTS = SECTION.choice("class-weights", Weights.NONE).basic()
      .details("none, all alike; balanced, as much together")
      .help("How texts with a label weigh against those without");
  public static final Setting<Features> FEATURE_WEIGHTS = SECTION.choice("feature-weights", Features.NONE).later()
      .details("none, all alike; bayes, by how much more often texts with the label have the feature (NBSVM)")
      .help("How far the weights of features may go, against each other");
  public static final Setting<Boolean> SHIFT = SECTION.flag("shift").basic()
      .details("where texts have several labels")
      .help("Shift each hyperplane to its best F1 on the validation rows");

  static {
    SECTION.rule(settings -> settings.get(SHIFT) && settings.get(DataSettings.VALIDATION).isEmpty()
        && settings.get(DataSettings.VALIDATION_FRACTION) == 0
            ? "--shift needs validation rows: give --validation, or --validation-fraction above 0" : null,
        SHIFT, DataSettings.VALIDATION_FRACTION);
  }

  static {
    SECTION.rule(settings -> settings.get(CHARACTERS_TO) < settings.get(CHARACTERS_FROM)
        ? "--char-ngrams-to (" + settings.get(CHARACTERS_TO) + ") must be at least --char-ngrams-from ("
            + settings.get(CHARACTERS_FROM) + ")"
        : null, CHARACTERS_TO, CHARACTERS_FROM);
  }

  /** How texts become vectors of terms, without how these are told apart. */
  public static final Section TERMS = SECTION.only(NGRAMS, ANALYZERS, COLUMNS, CHARACTERS_FROM, CHARACTERS_TO, MIN_DF,
      MAX_DF, MAX_TERMS, SUBLINEAR);

  private LinearSettings() {}

  /** How an analyzer reads several text columns. */
  public enum TextColumns implements Keyed {
    /** All as one text. */
    JOINED,
    /** Each by itself. */
    APART,
    /** Each by itself, and all as one text. */
    BOTH
  }

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

  /** How far the weights of features may go. */
  public enum Features implements Keyed {
    /** All alike. */
    NONE(FeatureWeights.NONE),
    /** As far as each speaks for the label or against it by itself. */
    BAYES(FeatureWeights.BAYES);

    private final FeatureWeights engine;

    Features(FeatureWeights engine) {
      this.engine = engine;
    }
  }

  /**
   * The spaces of terms that are asked for: of each, the column that it reads; empty for all columns, joined.
   *
   * @throws UserError when one is asked for twice, or of a column that is none of the text columns
   */
  static List<TermSpace.Wanted> spaces(Settings settings) {
    List<String> names = TextColumn.names(TextColumn.parseAll(settings.get(DataSettings.TEXT)));
    List<String> analyzers = settings.get(ANALYZERS);
    var spaces = new ArrayList<TermSpace.Wanted>();
    for (String text : analyzers.isEmpty() ? List.of(Analyzer.WORD.key()) : analyzers) {
      TermSpace.Wanted wanted = TermSpace.Wanted.parse(text);
      if (wanted.column().isPresent()) {
        spaces.add(wanted.of(TextViews.requireColumn(wanted.column().get(), names, "analyzer")));
        continue;
      }
      if (settings.get(COLUMNS) != TextColumns.APART) {
        spaces.add(wanted);
      }
      if (settings.get(COLUMNS) != TextColumns.JOINED) {
        names.forEach(name -> spaces.add(wanted.of(Optional.of(name))));
      }
    }
    for (int i = 0; i < spaces.size(); i++) {
      TermSpace.Wanted space = spaces.get(i);
      if (spaces.subList(0, i).stream().anyMatch(space::isLike)) {
        throw new UserError("analyzer names " + space + " twice: leave one out");
      }
    }
    return spaces;
  }

  /** How texts become vectors in a space of terms. */
  static TfIdfConfig terms(Settings settings, Analyzer analyzer) {
    double least = settings.get(MIN_DF);
    double most = settings.get(MAX_DF);
    int terms = settings.get(MAX_TERMS);
    boolean hasWords = analyzer == Analyzer.WORD;
    return TfIdfConfig.DEFAULTS.withAnalyzer(analyzer)
        .withNgrams(hasWords ? 1 : settings.get(CHARACTERS_FROM), settings.get(hasWords ? NGRAMS : CHARACTERS_TO))
        .withDocuments(
            least < 1 ? new DocumentFrequency.Share(least) : new DocumentFrequency.Count((int) least),
            most <= 1 ? new DocumentFrequency.Share(most) : new DocumentFrequency.Count((int) most))
        .withMaxFeatures(terms == 0 ? TfIdfConfig.ALL_FEATURES : terms)
        .withLowercase(settings.get(DataSettings.LOWERCASE))
        .withSublinearTf(settings.get(SUBLINEAR));
  }

  /** How decisions become answers: labels on whose side of the hyperplane a text is, or the nearest, with its offset. */
  static AnswerSettings answers(Settings settings) {
    return new AnswerSettings(AnswerSettings.HALF.settings().with(AnswerSettings.DECISION,
        settings.get(AnswerSettings.DECISION)));
  }

  /** The settings of the solver, with the first C. */
  static LinearConfig solver(Settings settings) {
    return LinearConfig.DEFAULTS.withLoss(settings.get(LOSS).engine).withC(settings.get(C).getFirst())
        .withSeed(settings.get(TrainingSettings.SEED)).withClassWeights(settings.get(CLASS_WEIGHTS).engine)
        .withFeatureWeights(settings.get(FEATURE_WEIGHTS).engine);
  }
}
