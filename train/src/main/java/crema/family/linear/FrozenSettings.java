package crema.family.linear;

import crema.base.Keyed;
import crema.embed.EmbedOptions;
import crema.embed.PoolingKind;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A pretrained encoder whose vectors of texts are features beside their terms, or instead of them. */
public final class FrozenSettings {
  /** A pretrained encoder that is used as it is. */
  public static final Section SECTION = Section.of("Frozen encoder");

  public static final Setting<String> ENCODER = SECTION.optionalText("encoder").label("MODEL").basic()
      .shownDefault("none")
      .help(
          "A pretrained encoder whose vectors are features: its folder, its ONNX file with the tokenizer beside it, or "
              + "its name on the hub");
  public static final Setting<Features> FEATURES = SECTION.choice("features", Features.BOTH).basic()
      .shownDefault("both with --encoder, tfidf without")
      .details("tfidf, terms; encoder, vectors; both, one beside the other").help("What texts are told apart by");
  public static final Setting<Double> WEIGHT = SECTION.number("encoder-weight", 1.5).above(0).atMost(1000)
      .help("How long vectors are on average, where terms have length 1");
  public static final Setting<Pooling> POOLING = SECTION.choice("encoder-pooling", Pooling.MODEL)
      .help("How the vectors of a text's tokens become one; model, as its folder says");
  public static final Setting<String> PROMPT = SECTION.optionalText("encoder-prompt").label("TEXT")
      .shownDefault("as the model says").help("A text in front of every text that the encoder reads");
  public static final Setting<Integer> MAX_LENGTH = SECTION.optionalInteger("encoder-max-length").atLeast(3)
      .shownDefault("as the model says").help("The most tokens of a text that the encoder reads");
  public static final Setting<Boolean> REFERENCE = SECTION.flag("encoder-by-reference")
      .help("Leave the encoder out of the model directory: it is found again where it was, and must be the same");
  public static final Setting<String> VECTOR_CACHE = SECTION.optionalFile("vector-cache").label("DIR").unrecorded()
      .shownDefault("~/.cache/crema/vectors").help("Where vectors of texts are kept for later runs");

  static {
    SECTION.rule(settings -> settings.isChanged(FEATURES) && settings.get(FEATURES) != Features.TFIDF
        && settings.find(ENCODER).isEmpty()
            ? "features " + settings.get(FEATURES).key()
                + " needs a pretrained encoder: give one with --encoder"
            : null,
        FEATURES, ENCODER);
    SECTION.rule(settings -> settings.find(ENCODER).isPresent() && settings.get(FEATURES) == Features.TFIDF
        ? "encoder has no effect with features tfidf: leave it out" : null, ENCODER, FEATURES);
    List.of(WEIGHT, POOLING, PROMPT, MAX_LENGTH, REFERENCE).forEach(row -> SECTION.rule(
        settings -> settings.find(ENCODER).isEmpty() && settings.isChanged(row)
            ? row.name() + " has no effect without --encoder: leave it out" : null,
        row, ENCODER));
  }

  private FrozenSettings() {}

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
  static boolean usesTerms(Settings settings) {
    return settings.find(ENCODER).isEmpty() || settings.get(FEATURES) != Features.ENCODER;
  }

  /** How the encoder makes vectors; they have length 1. */
  static EmbedOptions options(Settings settings) {
    return new EmbedOptions(settings.find(PROMPT), Optional.empty(), settings.get(POOLING).kinds, Optional.of(true),
        settings.find(MAX_LENGTH).map(OptionalInt::of).orElse(OptionalInt.empty()), OptionalInt.empty());
  }
}
