package crema.family.encoder;

import crema.family.linear.FrozenSettings;
import crema.nn.adapter.LoraConfig;
import crema.nn.adapter.LoraTargets;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.model.HeadConfig;
import crema.nn.model.TextEncoderConfig;
import crema.nn.optim.Schedule;
import crema.run.DataSettings;
import crema.run.StartSettings;
import crema.run.TaskSettings;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LossRows;
import crema.tensor.Pooling;
import java.util.List;
import java.util.Optional;

/** Which pretrained encoder a run starts from, and what of it learns. */
public final class FineTuningSettings {
  /** Which pretrained encoder a run starts from, and what of it learns. */
  public static final Section SECTION = Section.of("Pretrained encoder");

  public static final Setting<String> ENCODER = SECTION.optionalText("encoder").label("MODEL").basic()
      .shownDefault("none").help("A pretrained one to start from: folder, file or name");
  public static final Setting<Pooling> POOLING = SECTION.choice("pooling", Pooling.MEAN)
      .help("How the vectors of a text's tokens become one");
  public static final Setting<Boolean> FREEZE_EMBEDDINGS = SECTION.flag("freeze-embeddings")
      .help("Keep the embeddings as they are");
  public static final Setting<Integer> FREEZE_LAYERS = SECTION.integer("freeze-layers", 0).atLeast(0)
      .help("Keep the embeddings and the first N layers as they are");
  public static final Setting<Boolean> FREEZE_ENCODER = SECTION.flag("freeze-encoder")
      .help("Train the head alone, on vectors of the texts that are made once");
  public static final Setting<Integer> UNFREEZE_EVERY = SECTION.integer("unfreeze-every", 0).atLeast(0)
      .shownDefault("all learn from the start")
      .help("At first only the head learns, and after each N epochs one more layer, from the top");
  public static final Setting<Double> LAYER_DECAY = SECTION.number("layer-decay", 1).above(0).atMost(1).label("F")
      .help("The learning rate of each layer as a share of that of the layer above it");
  public static final Setting<Integer> REINITIALIZE_LAYERS = SECTION.integer("reinitialize-layers", 0).atLeast(0)
      .help("Start the last N layers from random numbers");

  public static final Setting<Integer> LORA = SECTION.integer("lora", 0).atLeast(0).label("RANK").shownDefault("none")
      .help("Train low-rank adapters of that rank beside the encoder's layers, which stay as they are");
  public static final Setting<Double> LORA_ALPHA = SECTION.optionalNumber("lora-alpha").above(0).label("ALPHA")
      .shownDefault("twice the rank").help("Adapters are multiplied by alpha / rank");
  public static final Setting<Double> LORA_DROPOUT = SECTION.number("lora-dropout", 0).atLeast(0).atMost(0.9).label("P")
      .help("On what adapters read");
  public static final Setting<Boolean> RSLORA = SECTION.flag("rslora")
      .help("Multiply adapters by alpha / sqrt(rank), which suits high ranks");
  public static final Setting<List<String>> LORA_TARGETS = SECTION.texts("lora-targets").label("NAME")
      .shownDefault("all-linear")
      .details("all-linear; names of layers or ends of them, such as query,value; or one regular expression")
      .help("Which layers have adapters");

  /** What a pretrained encoder brings, or was trained with, itself. */
  private static final List<Setting<?>> OF_NEW_ENCODERS = List.of(EncoderSettings.TOKENIZER,
      EncoderSettings.VOCABULARY_SIZE, EncoderSettings.HIDDEN_SIZE, EncoderSettings.LAYERS, EncoderSettings.HEADS,
      EncoderSettings.KV_HEADS, EncoderSettings.FFN_SIZE, EncoderSettings.DROPOUT, EncoderSettings.DROP_PATH,
      DataSettings.LOWERCASE);

  static {
    OF_NEW_ENCODERS
        .forEach(row -> SECTION.rule(settings -> settings.find(ENCODER).isPresent() && settings.isChanged(row)
            ? row.flag() + " has no effect with --encoder, which brings its own: leave it out" : null, row, ENCODER));
    SECTION.rule(
        settings -> settings.find(ENCODER).isEmpty() && settings.get(EncoderSettings.HEAD) == HeadConfig.Kind.ORIGINAL
            ? "--head original is that of a pretrained encoder: give one with --encoder" : null,
        EncoderSettings.HEAD, ENCODER);
    List.of(FREEZE_EMBEDDINGS, FREEZE_LAYERS, FREEZE_ENCODER, UNFREEZE_EVERY, REINITIALIZE_LAYERS, LORA)
        .forEach(row -> SECTION.rule(settings -> settings.find(ENCODER).isEmpty()
            && StartSettings.from(settings).isEmpty() && settings.isChanged(row)
                ? row.flag() + " has no effect without --encoder or --from: there is nothing that was trained before"
                : null,
            row, ENCODER));
    List.of(FREEZE_EMBEDDINGS, FREEZE_LAYERS, FREEZE_ENCODER, UNFREEZE_EVERY)
        .forEach(row -> SECTION.rule(settings -> settings.get(LORA) > 0 && settings.isChanged(row)
            ? row.flag() + " has no effect with --lora, which leaves the encoder as it is" : null, row, LORA));
    List.of(LORA_ALPHA, LORA_DROPOUT, RSLORA, LORA_TARGETS)
        .forEach(row -> SECTION.rule(settings -> settings.get(LORA) == 0 && settings.isChanged(row)
            ? row.flag() + " has no effect without --lora RANK" : null, row, LORA));
    List.of(LossRows.row(AuxiliaryLoss.CONTRASTIVE_WEIGHT), LossRows.row(AuxiliaryLoss.TREE_TRIPLET_WEIGHT))
        .forEach(row -> SECTION.rule(settings -> settings.get(FREEZE_ENCODER) && settings.isChanged(row)
            ? row.flag() + " has no effect with --freeze-encoder, which leaves the vectors of texts as they are" : null,
            row, FREEZE_ENCODER));
    SECTION.rule(settings -> settings.get(FREEZE_ENCODER) && settings.get(UNFREEZE_EVERY) > 0
        ? "--unfreeze-every has no effect with --freeze-encoder, with which no layer ever learns: leave one of the two out"
        : null, UNFREEZE_EVERY, FREEZE_ENCODER);
    SECTION.rule(settings -> !readsVectors(settings) && settings.isChanged(FrozenSettings.VECTOR_CACHE)
        ? FrozenSettings.VECTOR_CACHE.flag() + " has no effect without --freeze-encoder, nor where the encoder runs "
            + "for every batch: with --head original, --token-dropout or tasks"
        : null, FrozenSettings.VECTOR_CACHE, FREEZE_ENCODER);
  }

  private FineTuningSettings() {}

  /**
   * Whether the head is trained on vectors of texts that are made once: where the encoder is frozen, the same tokens of a
   * text are read each time, and the head reads their pooled vector alone.
   */
  static boolean readsVectors(Settings settings) {
    return settings.get(FREEZE_ENCODER) && settings.get(EncoderSettings.HEAD) != HeadConfig.Kind.ORIGINAL
        && settings.get(EncoderSettings.TOKEN_DROPOUT) == 0 && !TaskSettings.hasTasks(settings);
  }

  /** The most tokens of a batch. Where vectors are read, texts cost the same whatever their length. */
  static int batchTokens(Settings settings) {
    boolean isBySize = readsVectors(settings) && settings.get(OptimizationSettings.BATCH_SIZE) > 0
        && !settings.isChanged(OptimizationSettings.BATCH_TOKENS);
    return isBySize ? Integer.MAX_VALUE : settings.get(OptimizationSettings.BATCH_TOKENS);
  }

  /** The adapters of a run, if it has some. */
  static Optional<LoraConfig> lora(Settings settings) {
    int rank = settings.get(LORA);
    if (rank == 0) {
      return Optional.empty();
    }
    LoraConfig config = LoraConfig.of(targets(settings.get(LORA_TARGETS)))
        .withRank(rank, settings.find(LORA_ALPHA).orElse(2.0 * rank))
        .withDropout(settings.get(LORA_DROPOUT))
        .withTask(LoraConfig.TaskType.FEATURE_EXTRACTION, settings.find(ENCODER).orElse(null));
    return Optional.of(settings.get(RSLORA) ? config.withRankStabilized() : config);
  }

  private static LoraTargets targets(List<String> texts) {
    if (texts.isEmpty()) {
      return new LoraTargets.AllLinear();
    }
    boolean isPattern = texts.size() == 1 && (texts.getFirst().equals(LoraTargets.ALL_LINEAR)
        || !texts.getFirst().matches("[\\w.]+"));
    return isPattern ? LoraTargets.of(texts.getFirst()) : new LoraTargets.Names(texts);
  }

  /**
   * Checks settings against the encoder that they are for.
   *
   * @throws crema.base.UserError when it has fewer layers or positions than they speak of
   */
  static void requireFit(Settings settings, TextEncoderConfig encoder) {
    for (Setting<Integer> row : List.of(FREEZE_LAYERS, REINITIALIZE_LAYERS)) {
      if (settings.get(row) > encoder.numHiddenLayers()) {
        throw settings.error(row, " is " + settings.get(row) + ", but the encoder has " + encoder.numHiddenLayers()
            + " layers");
      }
    }
    int length = settings.get(EncoderSettings.MAX_LENGTH);
    if (length > encoder.maxTokens() && settings.isChanged(EncoderSettings.MAX_LENGTH)) {
      throw settings.error(EncoderSettings.MAX_LENGTH, " is " + length + ", but the encoder has positions for "
          + encoder.maxTokens() + " tokens only");
    }
  }

  /** The settings with the defaults that suit an encoder that was trained before, if there is one. */
  static Settings resolved(Settings settings) {
    if (settings.find(ENCODER).isEmpty()) {
      return settings;
    }
    Settings suited = settings
        .withDefault(EncoderSettings.HEAD, HeadConfig.Kind.LINEAR)
        .withDefault(TrainingSettings.LEARNING_RATE, 2e-4)
        .withDefault(TrainingSettings.EPOCHS, 5)
        .withDefault(OptimizationSettings.BATCH_SIZE, 16)
        .withDefault(OptimizationSettings.SCHEDULE, Schedule.Decay.LINEAR)
        .withDefault(OptimizationSettings.MIN_SCALE, 0.0);
    if (readsVectors(settings)) {
      // Chosen on validation documents of Reuters: steps are cheap, and there is nothing pretrained that large ones tear.
      suited = suited.withDefault(EncoderSettings.HEAD, HeadConfig.Kind.MLP)
          .withDefault(TrainingSettings.LEARNING_RATE, 3e-3)
          .withDefault(TrainingSettings.EPOCHS, 40)
          .withDefault(OptimizationSettings.BATCH_SIZE, 32);
    }
    return settings.isChanged(OptimizationSettings.WARMUP) ? suited
        : suited.withDefault(OptimizationSettings.WARMUP_FRACTION, 0.1);
  }
}
