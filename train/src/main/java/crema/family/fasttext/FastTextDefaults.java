package crema.family.fasttext;

import crema.data.DataProfile;
import crema.data.TextColumn;
import crema.defaults.DefaultRule;
import crema.fasttext.LossKind;
import crema.run.DataSettings;
import crema.run.StartSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.TargetKind;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** How the settings of a fastText model that nobody gives are chosen for the training rows. */
final class FastTextDefaults {
  /** In longer texts, runs of characters outnumber words so far that what a word says vanishes in the average. */
  private static final int LONG_TEXT = 40;
  /** A short column is read so many times at most. */
  private static final int MOST_WEIGHT = 8;
  /** Columns of shorter texts that are nearly all different hold addresses and numbers of things, not words. */
  private static final double ONE_OR_TWO = 2;
  private static final double DISTINCT = 0.5;
  /** From this share of unseen words on, a text has too little in it that was seen before. */
  private static final double UNSEEN = 0.1;
  /** From this share of words with digits on, texts name things by numbers and codes. */
  private static final double CODES = 0.15;
  /** From this share of letters of scripts without spaces on, what stands between spaces is no word. */
  private static final double UNSPACED = 0.3;
  /** From this share of texts of a single word on, words have no neighbours. */
  private static final double ONE_WORD = 0.5;
  /** Word pairs and runs of characters share rows: so many for each different one. */
  private static final int FEWEST_BUCKETS = 50_000;
  private static final int MOST_BUCKETS = 1_000_000;

  private static final int FEW_ROWS = 3_000;
  private static final int MANY_ROWS = 100_000;
  private static final int VERY_MANY_ROWS = 1_000_000;
  /** A softmax over so many labels costs more than all else. */
  private static final int VERY_MANY_LABELS = 5_000;

  private static final String WHEN_CHARACTERS =
      String.format(Locale.ROOT,
          "texts of at most %d words, of whose words %d%% are new or %d%% have digits, "
              + "or %d%% of whose letters are unspaced",
          LONG_TEXT, percent(UNSEEN), percent(CODES), percent(UNSPACED));

  /** The rules, in the order in which they are told. */
  static final List<DefaultRule<?>> RULES = List.of(
      DefaultRule.of(DataSettings.LOWERCASE).otherwise(true, _ -> "a word is the same in any case"),
      DefaultRule.of(FastTextSettings.PUNCTUATION_APART)
          .otherwise(true, _ -> "a word is the same with a comma behind it"),
      DefaultRule.of(FastTextSettings.COLUMN_WEIGHTS)
          // A model that a run starts from reads its columns as it does.
          .where(settings -> StartSettings.from(settings).isEmpty()
              && TextColumn.parseAll(settings.get(DataSettings.TEXT)).stream().allMatch(column -> column.weight() == 1))
          .when(String.format(Locale.ROOT, "several text columns, of more than %d words together", LONG_TEXT),
              FastTextDefaults::isWeighed, FastTextDefaults::weights,
              String.format(Locale.ROOT,
                  "so that each column has as many words as the longest, but at most %d, "
                      + "and 1 of addresses and the like",
                  MOST_WEIGHT),
              profile -> String.format(Locale.ROOT, "the words of short columns would be lost among %,.0f in all",
                  profile.words().mean())),
      DefaultRule.of(FastTextSettings.WORD_NGRAMS)
          .when("half of the texts or more are a single word", profile -> profile.oneWord() >= ONE_WORD, 1,
              profile -> percent(profile.oneWord()) + "% of the texts are a single word")
          .otherwise(2, profile -> String.format(Locale.ROOT,
              "pairs of words beside words, in texts of %,.0f words", read(profile))),
      // Who gives one of the two lengths wants runs of characters, or none.
      DefaultRule.of(FastTextSettings.MINN).where(settings -> !settings.isGiven(FastTextSettings.MAXN))
          .when(WHEN_CHARACTERS, FastTextDefaults::usesCharacters, 2, FastTextDefaults::whyCharacters)
          .otherwise(0, FastTextDefaults::whyWords),
      DefaultRule.of(FastTextSettings.MAXN).where(settings -> !settings.isGiven(FastTextSettings.MINN))
          .when(WHEN_CHARACTERS, FastTextDefaults::usesCharacters, 5, FastTextDefaults::whyCharacters)
          .otherwise(0, FastTextDefaults::whyWords),
      DefaultRule.of(FastTextSettings.BUCKETS)
          .otherwise(FastTextDefaults::buckets,
              String.format(Locale.ROOT,
                  "a power of two for the n-grams of the texts, from %,d to %,d", FEWEST_BUCKETS, MOST_BUCKETS),
              profile -> String.format(Locale.ROOT, "for the n-grams of %,d words", profile.words().total())),
      DefaultRule.of(FastTextSettings.LOSS)
          .where(settings -> settings.find(LossRows.LOSS).isEmpty()
              && settings.get(FastTextSettings.PATH_LABELS) == FastTextSettings.PathLabels.LAST
              && settings.get(LabelSettings.TARGET) != TargetKind.MULTI)
          .when(String.format(Locale.ROOT,
              "%,d labels or more", VERY_MANY_LABELS), profile -> profile.labels() >= VERY_MANY_LABELS,
              LossKind.HIERARCHICAL_SOFTMAX,
              profile -> String.format(Locale.ROOT, "a softmax over %,d labels takes too long", profile.labels())),
      DefaultRule.of(TrainingSettings.EPOCHS)
          .when(String.format(Locale.ROOT, "fewer than %,d rows", FEW_ROWS), profile -> profile.rows() < FEW_ROWS, 50,
              FastTextDefaults::forRows)
          .when(String.format(Locale.ROOT, "fewer than %,d rows", MANY_ROWS), profile -> profile.rows() < MANY_ROWS, 25,
              FastTextDefaults::forRows)
          .when(String.format(Locale.ROOT,
              "fewer than %,d rows", VERY_MANY_ROWS), profile -> profile.rows() < VERY_MANY_ROWS, 10,
              FastTextDefaults::forRows)
          .otherwise(5, FastTextDefaults::forRows),
      DefaultRule.of(TrainingSettings.LEARNING_RATE)
          .where(FastTextDefaults::learnsLabelsAbove)
          .when("path-labels all", _ -> true, 1.0, _ -> "a label and those above it make a step each"),
      DefaultRule.of(TrainingSettings.LEARNING_RATE)
          .where(settings -> !learnsLabelsAbove(settings))
          .when(WHEN_CHARACTERS, FastTextDefaults::usesCharacters, 1.0,
              _ -> "a step is shared by all runs of characters of a text")
          .when(String.format(Locale.ROOT, "texts of more than %d words", LONG_TEXT),
              profile -> read(profile) > LONG_TEXT, 3.0, FastTextDefaults::sharedByWords)
          .otherwise(0.5, FastTextDefaults::sharedByWords));

  private FastTextDefaults() {}

  private static boolean learnsLabelsAbove(Settings settings) {
    return settings.get(FastTextSettings.PATH_LABELS) == FastTextSettings.PathLabels.ALL;
  }

  private static boolean isWeighed(DataProfile profile) {
    return profile.columns().size() > 1 && profile.words().mean() > LONG_TEXT;
  }

  private static List<Long> weights(DataProfile profile) {
    double longest = profile.columns().stream().mapToDouble(column -> column.words().mean()).max().orElseThrow();
    return profile.columns().stream().map(column -> column.words().mean() < ONE_OR_TWO && column.distinct() > DISTINCT
        ? 1L : Math.clamp(Math.round(longest / Math.max(1, column.words().mean())), 1, MOST_WEIGHT)).toList();
  }

  /** The words of a text that are read, on average, each as often as it is. */
  private static double read(DataProfile profile) {
    if (!isWeighed(profile)) {
      return profile.words().mean();
    }
    List<Long> weights = weights(profile);
    return IntStream.range(0, weights.size())
        .mapToDouble(column -> weights.get(column) * profile.columns().get(column).words().mean()).sum();
  }

  private static String sharedByWords(DataProfile profile) {
    return String.format(Locale.ROOT, "a step is shared by the %,.0f words of a text", read(profile));
  }

  private static boolean usesCharacters(DataProfile profile) {
    return read(profile) <= LONG_TEXT
        && (profile.unseen() >= UNSEEN || profile.codes() >= CODES || profile.unspaced() >= UNSPACED);
  }

  private static String whyCharacters(DataProfile profile) {
    return profile.unspaced() >= UNSPACED
        ? percent(profile.unspaced()) + "% of the letters are of scripts without spaces between words"
        : profile.unseen() >= UNSEEN
            ? String.format(Locale.ROOT,
                "%d%% of the words of a further text are new: their parts are not", percent(profile.unseen()))
            : String.format(Locale.ROOT,
                "%d%% of the words have digits: parts of codes tell more than codes", percent(profile.codes()));
  }

  private static String whyWords(DataProfile profile) {
    return read(profile) > LONG_TEXT
        ? String.format(Locale.ROOT,
            "in texts of %,.0f words, their words would be lost among runs of characters", read(profile))
        : String.format(Locale.ROOT, "only %d%% of the words of a further text are new", percent(profile.unseen()));
  }

  private static String forRows(DataProfile profile) {
    return String.format(Locale.ROOT, "the fewer rows, the more often each: there are %,d", profile.rows());
  }

  /** So many n-grams there are about: each pair of words may be another, and runs of characters repeat. */
  private static int buckets(DataProfile profile) {
    long ngrams = profile.words().total() + (usesCharacters(profile) ? profile.characters().total() : 0);
    return (int) Math.clamp(Long.highestOneBit(Math.max(1, ngrams)), FEWEST_BUCKETS, MOST_BUCKETS);
  }

  private static int percent(double share) {
    return (int) Math.round(share * 100);
  }
}
