package crema.family.encoder;

import crema.nn.model.HeadConfig;
import crema.settings.Section;
import crema.settings.Setting;
import crema.task.LossRows;
import java.util.Locale;

/** The tokenizer and the network of an encoder. */
public final class EncoderSettings {
  /** The loss of angles, whose head is {@link HeadConfig.Kind#COSINE}. */
  private static final String ANGULAR = "arcface";

  /** The tokenizer and the network. */
  public static final Section SECTION = Section.of("Encoder");

  /** More are a mistake: they would take their memory one by one until there is none. */
  private static final int MOST_LAYERS = 1000;

  public static final Setting<String> TOKENIZER = SECTION.optionalFile("tokenizer")
      .shownDefault("train one on the texts").help("A tokenizer.json");
  public static final Setting<Integer> VOCABULARY_SIZE = SECTION.integer("vocabulary-size", 32_000).atLeast(256).basic()
      .help("Of the tokenizer that is trained");
  public static final Setting<Integer> MAX_LENGTH = SECTION.integer("max-length", 256).atLeast(1).basic()
      .help("Longer texts are cut to so many tokens");
  public static final Setting<TextLimit.Kept> KEEP = SECTION.choice("keep", TextLimit.Kept.HEAD)
      .help("Which part of a longer text is read");
  public static final Setting<Integer> HIDDEN_SIZE = SECTION.integer("hidden-size", 384).atLeast(1).basic()
      .help("Features of a token");
  public static final Setting<Integer> LAYERS =
      SECTION.integer("layers", 10).atLeast(1).atMost(MOST_LAYERS).basic().help("Blocks");
  public static final Setting<Integer> HEADS = SECTION.integer("heads", 6).atLeast(1).help("Query heads");
  public static final Setting<Integer> KV_HEADS = SECTION.integer("kv-heads", 2).atLeast(1)
      .help("Key and value heads");
  public static final Setting<Integer> FFN_SIZE = SECTION.integer("ffn-size", 1536).atLeast(1)
      .help("Features within the feed-forward network");
  public static final Setting<HeadConfig.Kind> HEAD = SECTION.choice("head", HeadConfig.Kind.MLP)
      .help("The classification head");
  public static final Setting<Integer> HEAD_SIZE = SECTION.integer("head-size", 0).atLeast(0)
      .shownDefault("the hidden size").help("Features within the head");
  public static final Setting<Integer> HEAD_LAYERS = SECTION.integer("head-layers", 1).atLeast(1).atMost(100)
      .help("Hidden layers of the head mlp");
  public static final Setting<Integer> BAG_SIZE = SECTION.integer("bag-size", 0).atLeast(0).shownDefault("none")
      .help("Adds a bag of tokens beside the encoder, as fastText's, of N features a token: it learns words from few "
          + "rows");
  public static final Setting<Double> TOKEN_DROPOUT = SECTION.number("token-dropout", 0).atLeast(0).atMost(0.9)
      .label("P").help("Leaves tokens out of training texts, others each time");
  public static final Setting<Double> DROPOUT = SECTION.number("dropout", 0).atLeast(0).atMost(0.9).label("P")
      .help("On embeddings and attention weights");
  public static final Setting<Double> HEAD_DROPOUT = SECTION.number("head-dropout", 0.1).atLeast(0).atMost(0.9)
      .label("P").help("Within the head");
  public static final Setting<Double> DROP_PATH = SECTION.number("drop-path", 0.1).atLeast(0).atMost(0.9).label("P")
      .help("Stochastic depth of the last layer, rising from 0 at the first");

  /** A tensor is one array. */
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 64;

  static {
    requireMatrix(HIDDEN_SIZE, HIDDEN_SIZE);
    requireMatrix(FFN_SIZE, HIDDEN_SIZE);
    requireMatrix(HEAD_SIZE, HIDDEN_SIZE);
    requireMatrix(VOCABULARY_SIZE, HIDDEN_SIZE);
    requireMatrix(VOCABULARY_SIZE, BAG_SIZE);
    SECTION.rule(settings -> {
      int features = settings.get(HIDDEN_SIZE);
      int heads = settings.get(HEADS);
      return features % heads != 0 || features / heads % 2 != 0
          ? "--hidden-size " + features + " must split into --heads (" + heads + ") of an even number of features"
          : null;
    }, HIDDEN_SIZE, HEADS);
    SECTION.rule(settings -> settings.has(LossRows.LOSS)
        && settings.find(LossRows.LOSS).filter(ANGULAR::equals).isPresent()
        && settings.get(HEAD) != HeadConfig.Kind.COSINE
            ? "the loss " + ANGULAR + " is of angles, which only the head cosine has: take --head cosine" : null,
        LossRows.LOSS, HEAD);
    SECTION.rule(settings -> settings.get(HEAD_LAYERS) > 1 && settings.get(HEAD) != HeadConfig.Kind.MLP
        ? "--head-layers has no effect with --head " + settings.get(HEAD).key() + ": leave it out, or take --head mlp"
        : null, HEAD_LAYERS, HEAD);
    SECTION.rule(settings -> settings.get(HEADS) % settings.get(KV_HEADS) != 0
        ? "--heads (" + settings.get(HEADS) + ") must be a multiple of --kv-heads (" + settings.get(KV_HEADS) + ")"
        : null,
        HEADS, KV_HEADS);
  }

  private EncoderSettings() {}

  /** Adds the rule that a matrix of so many rows and columns fits into a tensor. */
  private static void requireMatrix(Setting<Integer> rows, Setting<Integer> columns) {
    SECTION.rule(settings -> {
      long elements = (long) settings.get(rows) * settings.get(columns);
      return elements > MOST_ELEMENTS
          ? String.format(Locale.ROOT, "%s %d needs a matrix of %d x %d numbers; a tensor can have at most %d",
              rows.flag(), settings.get(rows), settings.get(rows), settings.get(columns), MOST_ELEMENTS)
          : null;
    }, rows, columns);
  }
}
