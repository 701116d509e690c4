package crema.family.linear;

import crema.data.DataProfile;
import crema.defaults.DefaultRule;
import crema.family.staged.StagedSettings;
import crema.linear.Analyzer;
import crema.metrics.Metric;
import crema.run.CalibrationFolds;
import crema.run.DataSettings;
import crema.run.RefitSettings;
import crema.run.StartSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** How the settings of a linear model that nobody gives are chosen for the training rows. */
public final class LinearDefaults {
  /** From this share of words with digits on, texts are part numbers rather than language. */
  private static final double CODES = 0.5;
  /** From this share of texts of a single word on, words have no neighbours. */
  private static final double ONE_WORD = 0.5;
  /** From this share of letters of scripts without spaces on, what stands between spaces is no word. */
  private static final double UNSPACED = 0.3;
  /** From so many characters on, terms of a single text cost more than they tell. */
  private static final long MANY_CHARACTERS = 4_000_000;
  /** Weights of a model: terms times labels. */
  private static final long MOST_WEIGHTS = 300_000_000;
  private static final int FEWEST_TERMS = 20_000;

  /** Up to so many rows times labels, the trainings of a cross-validation take seconds. */
  private static final long CHEAP = 50_000;
  /** Up to so many, they take less than a minute. */
  private static final long AFFORDABLE = 400_000;
  private static final long MOST_CHARACTERS = 100_000_000;
  /** Longer texts are noisy: words of all kinds are in them. */
  private static final int LONG_TEXT = 40;
  /** A tenth of more rows is enough to calibrate on. */
  private static final int FEW_ROWS = 20_000;
  /** With fewer rows, what cross-validation says is chance. */
  private static final int ENOUGH_ROWS = 100;

  private static final String WORD = Analyzer.WORD.key();
  private static final String HALF_WORD = WORD + ":" + TermSpace.JOINED + ":0.5";
  private static final String CHARACTERS = Analyzer.CHAR.key();
  private static final String WITHIN_WORDS = Analyzer.CHAR_WB.key();

  /** The rules, in the order in which they are told. */
  static final List<DefaultRule<?>> RULES = List.of(
      DefaultRule.of(DataSettings.LOWERCASE)
          .where(FrozenSettings::usesTerms)
          .otherwise(true, _ -> "a word is the same in any case"),
      analyzers(settings -> settings.get(LinearSettings.COLUMNS) == LinearSettings.TextColumns.JOINED, "",
          List.of(HALF_WORD, CHARACTERS)),
      // How much a space weighs is said of one that reads certain columns.
      analyzers(settings -> settings.get(LinearSettings.COLUMNS) != LinearSettings.TextColumns.JOINED,
          "columns apart; ", List.of(WORD, CHARACTERS)),
      DefaultRule.of(LinearSettings.NGRAMS)
          .where(LinearDefaults::usesWords)
          .otherwise(2, profile -> String.format(Locale.ROOT, "pairs of words beside words, in texts of %,.0f words",
              profile.words().mean())),
      DefaultRule.of(LinearSettings.SUBLINEAR)
          .where(FrozenSettings::usesTerms)
          .otherwise(true, _ -> "a word that comes again says less than it said at first"),
      DefaultRule.of(LinearSettings.FEATURE_WEIGHTS)
          .where(settings -> settings.get(FrozenSettings.ENCODER).isEmpty() && !StagedSettings.areGiven(settings))
          .when(String.format(Locale.ROOT, "two labels, and texts of at most %d words, which are no codes", LONG_TEXT),
              LinearDefaults::isPair, LinearSettings.Features.BAYES,
              _ -> "between two labels few words of a short text decide: each counts as it speaks by itself"),
      DefaultRule.of(LinearSettings.MIN_DF)
          .where(settings -> FrozenSettings.usesTerms(settings) && !StagedSettings.areGiven(settings))
          .when(String.format(Locale.ROOT, "%,d characters or more in all, and %d rows", MANY_CHARACTERS, ENOUGH_ROWS),
              profile -> profile.characters().total() >= MANY_CHARACTERS && profile.rows() >= ENOUGH_ROWS, 2.0,
              profile -> String.format(Locale.ROOT, "%,d characters are many: terms of a single text are left out",
                  profile.characters().total()))
          .otherwise(1.0, profile -> String.format(Locale.ROOT, "%,d characters are few: every term counts",
              profile.characters().total())),
      DefaultRule.of(LinearSettings.MAX_TERMS)
          .where(FrozenSettings::usesTerms)
          .otherwise(profile -> (int) Math.max(FEWEST_TERMS, MOST_WEIGHTS / Math.max(1, profile.labels())),
              String.format(Locale.ROOT,
                  "%,d divided by the number of labels, but at least %,d", MOST_WEIGHTS, FEWEST_TERMS),
              profile -> String.format(Locale.ROOT, "a weight for each of %,d labels", profile.labels())),
      DefaultRule.of(LinearSettings.C)
          .where(settings -> settings.get(FrozenSettings.ENCODER).isEmpty() && !StagedSettings.areGiven(settings))
          .when(whenCheap(CHEAP), profile -> isCheap(profile, CHEAP), List.of(0.3, 1.0, 3.0),
              LinearDefaults::whyChosen)
          .when(whenCheap(AFFORDABLE), profile -> isCheap(profile, AFFORDABLE), List.of(1.0, 3.0),
              LinearDefaults::whyChosen)
          .when(String.format(Locale.ROOT,
              "texts of more than %d words", LONG_TEXT), profile -> profile.words().mean() > LONG_TEXT,
              List.of(1.0), profile -> String.format(Locale.ROOT, "suits texts of %,.0f words", profile.words().mean()))
          .otherwise(List.of(3.0), profile -> String.format(Locale.ROOT, "texts of %,.0f words are fitted closely",
              profile.words().mean())),
      DefaultRule.of(LinearSettings.C_METRIC)
          .where(settings -> !settings.isGiven(LinearSettings.C) && settings.get(LinearSettings.C).size() > 1
              && settings.get(AnswerSettings.DECISION) == Metric.ACCURACY)
          .otherwise(Metric.MICRO_F1, _ -> "of one label a text, the same as accuracy"),
      DefaultRule.of(LinearSettings.C_FOLDS)
          .where(settings -> settings.get(LinearSettings.C).size() > 1)
          .otherwise(3, _ -> "more tell hardly more"),
      DefaultRule.of(CalibrationFolds.CALIBRATION_FOLDS)
          .where(settings -> settings.get(RefitSettings.REFIT) == RefitSettings.Rows.SPLIT
              && settings.get(DataSettings.VALIDATION).isEmpty() && settings.get(DataSettings.VALIDATION_FRACTION) > 0
              && settings.get(FrozenSettings.ENCODER).isEmpty() && StartSettings.from(settings).isEmpty()
              && !StagedSettings.areGiven(settings) && !settings.get(LinearSettings.SHIFT))
          .when(String.format(Locale.ROOT, "fewer than %,d rows, %s", FEW_ROWS, whenCheap(AFFORDABLE)),
              profile -> profile.rows() < FEW_ROWS && isCheap(profile, AFFORDABLE), 5,
              profile -> String.format(Locale.ROOT,
                  "%,d rows are few, and a part of them says little of probabilities",
                  profile.rows()))
          .otherwise(0, _ -> "the validation rows are many, or models of folds take long"));

  private LinearDefaults() {}

  /** Those that choose {@linkplain LinearSettings#TERMS terms}, for other families that have them. */
  public static List<DefaultRule<?>> ofTerms() {
    return RULES.stream().filter(rule -> rule.setting().equals(DataSettings.LOWERCASE)
        || LinearSettings.TERMS.rows().contains(rule.setting())).toList();
  }

  private static DefaultRule<List<String>> analyzers(Predicate<Settings> applies, String where,
      List<String> ofShortTexts) {
    return DefaultRule.of(LinearSettings.ANALYZERS)
        .where(settings -> FrozenSettings.usesTerms(settings) && applies.test(settings))
        .when(String.format(Locale.ROOT,
            "%s%s of the letters or more are unspaced", where, share(UNSPACED)), LinearDefaults::isUnspaced,
            List.of(CHARACTERS),
            profile -> share(profile.unspaced()) + " of the letters are of scripts without spaces")
        .when(String.format(Locale.ROOT,
            "%s%s of the words or more with digits, or %s of the texts of a single word", where,
            share(CODES), share(ONE_WORD)), LinearDefaults::isCodes,
            List.of(WITHIN_WORDS),
            profile -> profile.codes() >= CODES
                ? share(profile.codes()) + " of the words have digits: parts of codes tell more than codes"
                : share(profile.oneWord()) + " of the texts are a single word: parts of words tell more than words")
        .when(String.format(Locale.ROOT, "%stexts of more than %d words", where, LONG_TEXT),
            profile -> profile.words().mean() > LONG_TEXT,
            List.of(WORD, WITHIN_WORDS),
            LinearDefaults::whyParts)
        .when(where + "two labels", LinearDefaults::isPair, List.of(WORD, WITHIN_WORDS), LinearDefaults::whyParts)
        .when(where + "otherwise", _ -> true, ofShortTexts,
            profile -> String.format(Locale.ROOT,
                "runs of characters, which say most of texts of %,.0f words of which %s are new, beside words",
                profile.words().mean(), share(profile.unseen())));
  }

  private static String whyParts(DataProfile profile) {
    return String.format(Locale.ROOT,
        "words, and parts of words for the %s that are new in a text", share(profile.unseen()));
  }

  private static String whenCheap(long most) {
    return String.format(Locale.ROOT,
        "%d rows or more, rows times labels below %,d, and characters in all times labels below %,d",
        ENOUGH_ROWS, most, MOST_CHARACTERS);
  }

  private static boolean isCheap(DataProfile profile, long most) {
    return profile.rows() >= ENOUGH_ROWS && profile.rows() * profile.labels() < most
        && profile.characters().total() * profile.labels() < MOST_CHARACTERS;
  }

  private static String whyChosen(DataProfile profile) {
    return String.format(Locale.ROOT, "by cross-validation, which is cheap for %,d rows and %,d labels", profile.rows(),
        profile.labels());
  }

  /** Whether short texts of words have one of two labels, such as opinions. */
  private static boolean isPair(DataProfile profile) {
    return profile.labels() == 2 && profile.words().mean() <= LONG_TEXT && !isUnspaced(profile) && !isCodes(profile);
  }

  private static boolean isUnspaced(DataProfile profile) {
    return profile.unspaced() >= UNSPACED;
  }

  private static boolean isCodes(DataProfile profile) {
    return profile.codes() >= CODES || profile.oneWord() >= ONE_WORD;
  }

  private static boolean usesWords(Settings settings) {
    return FrozenSettings.usesTerms(settings) && (settings.get(LinearSettings.ANALYZERS).isEmpty()
        || settings.get(LinearSettings.ANALYZERS).stream().anyMatch(name -> name.split(":")[0].equals(WORD)));
  }

  private static String share(double part) {
    return String.format(Locale.ROOT, "%.0f%%", part * 100);
  }
}
