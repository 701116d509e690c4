package crema.family.fasttext;

import crema.base.Keyed;
import crema.base.UserError;
import crema.fasttext.AutotuneOptions;
import crema.fasttext.FastTextConfig;
import crema.fasttext.FastTextTrainer;
import crema.fasttext.LossKind;
import crema.fasttext.Metric;
import crema.nn.loss.LabelFrequencies;
import crema.run.AugmentSettings;
import crema.run.DataSettings;
import crema.run.StartSettings;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.TargetKind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a fastText model is, how it is trained, and what is done around its training.
 *
 * @param settings with those of {@link FastTextFamily}
 */
public record FastTextSettings(Settings settings) {
  /** A text column is read so many times at most. */
  static final int MOST_COLUMN_WEIGHT = 1000;

  /** What a fastText model is, and how it is trained. */
  public static final Section SECTION = Section.of("FastText");

  public static final Setting<Integer> DIM = SECTION.integer("dim", 100).atLeast(1).atMost(1 << 16).basic()
      .help("The length of a vector");
  public static final Setting<LossKind> LOSS = SECTION
      .optionalChoice("fasttext-loss", List.of(LossKind.SOFTMAX, LossKind.HIERARCHICAL_SOFTMAX,
          LossKind.NEGATIVE_SAMPLING, LossKind.ONE_VS_ALL))
      .label("NAME").basic()
      .shownDefault("by the target")
      .details("softmax; hs for thousands of labels; ns; or one-vs-all; --loss chooses others in its place")
      .help("The loss, of those of fastText itself");
  public static final Setting<PathLabels> PATH_LABELS = SECTION.choice("path-labels", PathLabels.LAST).basic()
      .details("last, the whole path as one label; all, also the labels above it")
      .help("What is learnt of a path: last or all");
  public static final Setting<Integer> WORD_NGRAMS = SECTION.integer("word-ngrams", 2).atLeast(1).basic()
      .help("The longest word n-gram");
  public static final Setting<Integer> MINN = SECTION.integer("minn", 2).atLeast(0).basic()
      .help("The shortest character n-gram");
  public static final Setting<Integer> MAXN = SECTION.integer("maxn", 6).atLeast(0).basic()
      .help("The longest character n-gram; 0 for none");
  public static final Setting<Integer> BUCKETS = SECTION.integer("buckets", 200_000).atLeast(0).basic()
      .help("Rows shared by all n-grams");
  public static final Setting<Integer> MIN_COUNT = SECTION.integer("min-count", 1).atLeast(0).basic()
      .help("Words seen less often get no vector of their own");
  public static final Setting<Integer> AUTOTUNE_DURATION = SECTION.integer("autotune-duration", 0).atLeast(0)
      .label("SECONDS").shownDefault("no search").basic()
      .details("those that are given stay as they are; the first try may take longer")
      .help("Search so long for the best settings");
  public static final Setting<String> AUTOTUNE_METRIC = SECTION.text("autotune-metric", "macro-f1").label("NAME")
      .check(Metric::parse)
      .details("f1, macro-f1, weighted-f1, precision, recall, f1:LABEL, precisionAtRecall:PERCENT:LABEL or "
          + "recallAtPrecision:PERCENT:LABEL")
      .help("What a search maximizes");
  public static final Setting<String> AUTOTUNE_MODEL_SIZE = SECTION.optionalText("autotune-model-size").label("SIZE")
      .check(AutotuneOptions::parseSize).shownDefault("any size")
      .help("Search among quantized models of at most so many bytes, for instance 2M");
  public static final Setting<Boolean> QUANTIZE = SECTION.flag("quantize").basic()
      .help("Make the model many times smaller");
  public static final Setting<Integer> CUTOFF = SECTION.integer("cutoff", 0).atLeast(0).shownDefault("all")
      .help("A quantized model keeps so many words and n-grams and is trained on");
  public static final Setting<Boolean> PUNCTUATION_APART = SECTION.flag("punctuation-apart").later()
      .help("Punctuation at the start or the end of a word is a word of its own");
  public static final Setting<Integer> COLUMN_WORDS = SECTION.integer("column-words", 0).atLeast(0)
      .shownDefault("all").help("Of several text columns only so many words each are read, the first");
  public static final Setting<List<Long>> COLUMN_WEIGHTS = SECTION.longIntegers("column-weights", List.of()).atLeast(1)
      .atMost(MOST_COLUMN_WEIGHT).label("N").shownDefault("1 each")
      .help("How many times each of several text columns is read, in their order");
  public static final Setting<Integer> LEADING_WORDS = SECTION.integer("leading-words", 0).atLeast(0)
      .shownDefault("none").help("How many words at the start of a text count more");
  public static final Setting<Integer> LEADING_WEIGHT = SECTION.integer("leading-weight", 1).atLeast(0).atMost(1000)
      .help("How many more times those are read");
  public static final Setting<Boolean> FOLD = SECTION.flag("fold")
      .details("with softmax or one-vs-all; the last bits of probabilities differ")
      .help("Sum what known words add once, when the model is loaded: it answers sooner");

  /** What a search changes unless it is given, by the engine's names. */
  private static final Map<Setting<?>, String> ENGINE_NAMES = Map.of(DIM, "dim", TrainingSettings.LEARNING_RATE, "lr",
      TrainingSettings.EPOCHS, "epoch", WORD_NGRAMS, "wordNgrams", MINN, "minn", MAXN, "maxn", BUCKETS, "bucket");

  /** A codebook has so many entries. */
  private static final int LEAST_ROWS = 256;

  static {
    SECTION.rule(settings -> settings.get(BUCKETS) == 0 && (settings.get(WORD_NGRAMS) > 1 || settings.get(MAXN) > 0)
        ? "--buckets must be above 0 for word or character n-grams" : null, BUCKETS, WORD_NGRAMS, MAXN);
    SECTION.rule(settings -> settings.get(COLUMN_WEIGHTS).size() != settings.get(DataSettings.TEXT).size()
        && !settings.get(COLUMN_WEIGHTS).isEmpty() && !settings.get(DataSettings.TEXT).isEmpty()
            ? String.format(Locale.ROOT, "--column-weights has %d numbers for %d text columns: give one each",
                settings.get(COLUMN_WEIGHTS).size(), settings.get(DataSettings.TEXT).size())
            : null,
        COLUMN_WEIGHTS, DataSettings.TEXT);
    SECTION.rule(
        settings -> LossRows.problem(() -> LossRows.chosen(settings).ifPresent(loss -> loss.requireOfRows("fasttext"))),
        LossRows.LOSS);
    SECTION.rule(settings -> needsOneVsAll(settings) && settings.find(LOSS).isPresent()
        && settings.get(LOSS) != LossKind.ONE_VS_ALL
            ? settings.find(LossRows.LOSS).map(loss -> "the loss " + loss).orElse("--path-labels all")
                + " needs --fasttext-loss one-vs-all"
            : null,
        LOSS, LossRows.LOSS, PATH_LABELS);
    SECTION.rule(settings -> isSearch(settings) && settings.find(LossRows.LOSS).isPresent()
        ? "a search is for the losses of fasttext itself: leave out --loss " + settings.get(LossRows.LOSS) : null,
        LossRows.LOSS, AUTOTUNE_DURATION);
    SECTION.rule(settings -> settings.get(FOLD) && settings.find(LOSS).isPresent()
        && settings.get(LOSS) != LossKind.SOFTMAX && settings.get(LOSS) != LossKind.ONE_VS_ALL
            ? "fold needs labels with scores of their own: take fasttext-loss softmax or one-vs-all" : null,
        FOLD, LOSS);
    SECTION.rule(settings -> isSearch(settings) && settings.get(DataSettings.VALIDATION).isEmpty()
        && settings.get(DataSettings.VALIDATION_FRACTION) == 0
            ? "a search needs validation rows: give --validation, or --validation-fraction above 0" : null,
        DataSettings.VALIDATION_FRACTION, AUTOTUNE_DURATION);
    SECTION.rule(settings -> isSearch(settings) && StartSettings.from(settings).isPresent()
        ? "a search makes models of other shapes: leave out --from, or --autotune-duration" : null,
        StartSettings.FROM, AUTOTUNE_DURATION);
    SECTION.rule(settings -> isSearch(settings) && AugmentSettings.areAsked(settings)
        ? "a search finds epochs for the rows as they are: leave out --augment, or --autotune-duration" : null,
        AugmentSettings.AUGMENT, AUTOTUNE_DURATION);
    SECTION.rule(settings -> isSearch(settings) && settings.find(DataSettings.ROW_WEIGHT).isPresent()
        ? "a search does not weigh rows: leave out --row-weight, or --autotune-duration" : null,
        DataSettings.ROW_WEIGHT, AUTOTUNE_DURATION);
    SECTION.rule(settings -> isSearch(settings) && settings.get(TrainingFolds.FOLDS) > 0
        ? "--folds tests given settings, --autotune-duration finds others: run one after the other" : null,
        TrainingFolds.FOLDS, AUTOTUNE_DURATION);
    SECTION.rule(settings -> !isSearch(settings) && settings.find(AUTOTUNE_MODEL_SIZE).isPresent()
        ? "--autotune-model-size limits what a search finds: give --autotune-duration too" : null,
        AUTOTUNE_MODEL_SIZE, AUTOTUNE_DURATION);
    SECTION.rule(settings -> settings.get(CUTOFF) > 0 && !settings.get(QUANTIZE)
        ? "--cutoff is about quantized models: give --quantize too" : null, CUTOFF, QUANTIZE);
    SECTION.rule(settings -> settings.get(QUANTIZE) && settings.find(AUTOTUNE_MODEL_SIZE).isPresent()
        ? "a model of a given size is quantized already: leave out --quantize" : null, QUANTIZE, AUTOTUNE_MODEL_SIZE);
    SECTION.rule(settings -> settings.get(CUTOFF) > 0 && settings.get(CUTOFF) < LEAST_ROWS
        ? "--cutoff must be at least " + LEAST_ROWS + ": fewer words and n-grams cannot be quantized" : null, CUTOFF);
  }

  private static boolean needsOneVsAll(Settings settings) {
    return settings.find(LossRows.LOSS).isPresent() || settings.get(PATH_LABELS) == PathLabels.ALL;
  }

  private static boolean isSearch(Settings settings) {
    return settings.get(AUTOTUNE_DURATION) > 0;
  }

  /** Whether to search for better settings before training with them. */
  boolean isSearch() {
    return isSearch(settings);
  }

  /** The settings that a search leaves alone, as the engine names them. */
  Set<String> fixed() {
    return ENGINE_NAMES.entrySet().stream().filter(entry -> settings.isGiven(entry.getKey())).map(Entry::getValue)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The limit of the model's size in bytes; 0 for none. */
  long modelBytes() {
    return settings.find(AUTOTUNE_MODEL_SIZE).map(AutotuneOptions::parseSize).orElse(0L);
  }

  /** Whether the labels above that of a row are learnt too. */
  boolean isOfAllLabels() {
    return settings.get(PATH_LABELS) == PathLabels.ALL;
  }

  /** The network's loss: where none is chosen, one that decides on each label for itself if a text may have several. */
  LossKind loss() {
    boolean isOfSeveral = LossRows.chosen(settings).isPresent() || isOfAllLabels()
        || settings.get(LabelSettings.TARGET) == TargetKind.MULTI;
    return settings.find(LOSS).orElse(isOfSeveral ? LossKind.ONE_VS_ALL : LossKind.SOFTMAX);
  }

  /** How texts are read. */
  FastTextReading reading() {
    return new FastTextReading(settings);
  }

  /** How probabilities become answers. */
  AnswerSettings answers() {
    return new AnswerSettings(settings);
  }

  /** The settings of the engine. */
  FastTextConfig engine(int threads) {
    try {
      return FastTextConfig.supervised()
          .dim(settings.get(DIM)).lr(settings.get(TrainingSettings.LEARNING_RATE))
          .epoch(settings.get(TrainingSettings.EPOCHS)).loss(loss()).wordNgrams(settings.get(WORD_NGRAMS))
          .minn(settings.get(MINN)).maxn(settings.get(MAXN)).bucket(settings.get(BUCKETS))
          .minCount(settings.get(MIN_COUNT)).labelPrefix(FastTextReading.LABEL_PREFIX)
          .threads(threads).seed(settings.get(TrainingSettings.SEED)).build();
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A trainer with these settings.
   *
   * @param rows the number of training rows
   */
  FastTextTrainer trainer(int threads, long rows) {
    var trainer = new FastTextTrainer(engine(threads));
    LossRows.chosen(settings).ifPresent(loss -> trainer
        .labelLoss(counts -> loss.definition().createOfRows(loss.values(), new LabelFrequencies(counts, rows))));
    return trainer;
  }

  /** What is learnt of a path. */
  public enum PathLabels implements Keyed {
    /** The whole path as one label. */
    LAST,
    /** Its label and all those above it. */
    ALL
  }
}
