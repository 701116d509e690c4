package crema.family.linear;

import crema.base.Keyed;
import crema.base.UserError;
import crema.data.TextColumn;
import crema.embed.EmbedOptions;
import crema.embed.PoolingKind;
import crema.run.DataSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A pretrained encoder whose vectors of texts are features beside their terms, or instead of them. */
public final class FrozenSettings {
  /** The greatest length of a vector. */
  static final int MOST_WEIGHT = 1000;

  /** A pretrained encoder that is used as it is. */
  public static final Section SECTION = Section.of("Frozen encoder");

  public static final Setting<List<String>> ENCODER = SECTION.texts("encoder").label("MODEL").basic()
      .shownDefault("none")
      .help(
          "A pretrained encoder whose vectors are features: its folder, its ONNX file with the tokenizer beside it, or "
              + "its name on the hub; of several, the vectors stand side by side");
  public static final Setting<Features> FEATURES = SECTION.choice("features", Features.BOTH).basic()
      .shownDefault("both with --encoder, tfidf without")
      .details("tfidf, terms; encoder, vectors; both, one beside the other").help("What texts are told apart by");
  public static final Setting<List<String>> COLUMNS = SECTION.texts("encoder-columns").label("COLUMN")
      .shownDefault("*, all joined")
      .details("several make vectors of their own, side by side; COLUMN+COLUMN for some columns joined, * for all")
      .help("Which text columns the encoder reads");
  public static final Setting<Double> WEIGHT = SECTION.number("encoder-weight", 1.5).above(0).atMost(MOST_WEIGHT)
      .help("How long vectors are on average, where terms have length 1");
  public static final Setting<List<Pooling>> POOLING = SECTION.choices("encoder-pooling", Pooling.class)
      .shownDefault("model")
      .details("model, as its folder says; cls; mean; max; lasttoken; of several encoders one for all, or one each")
      .help("How the vectors of a text's tokens become one");
  public static final Setting<List<String>> PROMPT = SECTION.texts("encoder-prompt").label("TEXT")
      .shownDefault("as the model says")
      .details("of several encoders one for all, or one each; empty, as the model says")
      .help("A text in front of every text that the encoder reads");
  public static final Setting<Integer> MAX_LENGTH = SECTION.optionalInteger("encoder-max-length").atLeast(3)
      .shownDefault("as the model says").help("The most tokens of a text that the encoder reads");
  public static final Setting<Boolean> REFERENCE = SECTION.flag("encoder-by-reference")
      .help("Leave the encoder out of the model directory: it is found again where it was, and must be the same");
  public static final Setting<String> VECTOR_CACHE = SECTION.optionalFile("vector-cache").label("DIR").unrecorded()
      .shownDefault("~/.cache/crema/vectors").help("Where vectors of texts are kept for later runs");

  static {
    SECTION.rule(settings -> settings.isChanged(FEATURES) && settings.get(FEATURES) != Features.TFIDF
        && settings.get(ENCODER).isEmpty()
            ? "--features " + settings.get(FEATURES).key()
                + " needs a pretrained encoder: give one with --encoder"
            : null,
        FEATURES, ENCODER);
    SECTION.rule(settings -> !settings.get(ENCODER).isEmpty() && settings.get(FEATURES) == Features.TFIDF
        ? "--encoder has no effect with --features tfidf: leave it out" : null, ENCODER, FEATURES);
    List.of(COLUMNS, WEIGHT, POOLING, PROMPT, MAX_LENGTH, REFERENCE).forEach(row -> SECTION.rule(
        settings -> settings.get(ENCODER).isEmpty() && settings.isChanged(row)
            ? row.flag() + " has no effect without --encoder: leave it out" : null,
        row, ENCODER));
  }

  static {
    List.of(POOLING, PROMPT).forEach(row -> SECTION.rule(settings -> {
      int given = settings.get(row).size();
      int encoders = settings.get(ENCODER).size();
      return given > 1 && encoders > 0 && given != encoders
          ? row.flag() + " has " + given + " values for " + encoders + " encoders: give one for all, or one each"
          : null;
    }, row, ENCODER));
  }

  private FrozenSettings() {}

  /**
   * An encoder that is asked for.
   *
   * @param model its folder, file or name
   * @param options how it makes vectors; they have length 1
   */
  record Wanted(String model, EmbedOptions options) {}

  /** What texts are told apart by. */
  public enum Features implements Keyed {
    /** Their terms. */
    TFIDF,
    /** Their vectors. */
    ENCODER,
    /** Both. */
    BOTH
  }

  /** How the vectors of tokens become one. */
  public enum Pooling implements Keyed {
    /** As the model's folder says. */
    MODEL(List.of()),
    /** The first token's. */
    CLS(List.of(PoolingKind.CLS)),
    /** The mean. */
    MEAN(List.of(PoolingKind.MEAN)),
    /** The largest value of each feature. */
    MAX(List.of(PoolingKind.MAX)),
    /** The last token's. */
    LASTTOKEN(List.of(PoolingKind.LAST_TOKEN));

    private final List<PoolingKind> kinds;

    Pooling(List<PoolingKind> kinds) {
      this.kinds = kinds;
    }
  }

  /** Whether texts have terms. */
  public static boolean usesTerms(Settings settings) {
    return settings.get(ENCODER).isEmpty() || settings.get(FEATURES) != Features.ENCODER;
  }

  /**
   * The texts that the encoder reads: columns; empty for all columns, joined.
   *
   * @throws UserError when one is named twice, or is none of the text columns
   */
  static List<Optional<String>> columns(Settings settings) {
    List<String> names = TextColumn.names(TextColumn.parseAll(settings.get(DataSettings.TEXT)));
    List<String> columns = settings.get(COLUMNS);
    List<Optional<String>> read = (columns.isEmpty() ? List.of(TermSpace.JOINED) : columns).stream()
        .map(name -> TextViews.requireColumn(name, names, COLUMNS.name())).toList();
    if (read.stream().distinct().count() < read.size()) {
      throw new UserError(COLUMNS.name() + " names a column twice: leave one out");
    }
    return read;
  }

  /** The encoders that are asked for. */
  static List<Wanted> encoders(Settings settings) {
    List<String> models = settings.get(ENCODER);
    return IntStream.range(0, models.size()).mapToObj(i -> new Wanted(models.get(i), new EmbedOptions(
        each(settings.get(PROMPT), i).filter(prompt -> !prompt.isEmpty()), Optional.empty(),
        each(settings.get(POOLING), i).orElse(Pooling.MODEL).kinds, Optional.of(true),
        settings.find(MAX_LENGTH).map(OptionalInt::of).orElse(OptionalInt.empty()), OptionalInt.empty()))).toList();
  }

  /** The value for one of several encoders. */
  private static <T> Optional<T> each(List<T> values, int encoder) {
    return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() == 1 ? 0 : encoder));
  }
}
