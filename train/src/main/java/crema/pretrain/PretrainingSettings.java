package crema.pretrain;

import crema.classify.CheckpointSettings;
import crema.family.encoder.EncoderSettings;
import crema.family.encoder.FineTuningSettings;
import crema.family.encoder.OptimizationSettings;
import crema.nn.optim.Schedule;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.tokenizer.TokenizerTrainer;
import java.util.List;

/** What is pre-trained on which texts, and how tokens are hidden. */
public final class PretrainingSettings {
  /** What is pre-trained, and how tokens are hidden. */
  public static final Section SECTION = Section.of("Pre-training");

  public static final Setting<String> NETWORK = SECTION.optionalFile("network").basic()
      .shownDefault("Crema's own encoder, by the settings below")
      .details("its vocab_size becomes that of the tokenizer")
      .help("A config.json that says the architecture and the shape of a new encoder");
  public static final Setting<TokenizerTrainer.Kind> TOKENIZER_KIND =
      SECTION.choice("tokenizer-kind", TokenizerTrainer.Kind.BPE).basic().help("Of the tokenizer that is trained");
  public static final Setting<Double> MASK_SHARE = SECTION.number("mask-share", Masking.DEFAULT.share()).above(0)
      .atMost(0.9).label("P").help("The probability of a word to be hidden");
  public static final Setting<Masking.Unit> MASK_UNIT = SECTION.choice("mask-unit", Masking.DEFAULT.unit())
      .help("What is hidden as a whole");
  public static final Setting<Double> MASKED = SECTION.number("masked-share", Masking.DEFAULT.masked()).atLeast(0)
      .atMost(1).label("P").help("How many of the tokens to guess become the mask");
  public static final Setting<Double> REPLACED = SECTION.number("replaced-share", Masking.DEFAULT.replaced())
      .atLeast(0).atMost(1).label("P").help("How many become another token; the rest stays");

  private static final Section DATA = DataSettings.SECTION.only(DataSettings.FOLDER, DataSettings.TRAIN,
      DataSettings.VALIDATION, DataSettings.TEXT, DataSettings.JOINER, DataSettings.RECIPE, DataSettings.DROP,
      DataSettings.INPUT_FORMAT, DataSettings.SEPARATOR,
      DataSettings.QUOTE, DataSettings.NO_HEADER, DataSettings.ENCODING, DataSettings.MISSING, DataSettings.LOWERCASE,
      DataSettings.VALIDATION_FRACTION,
      DataSettings.STRICT);
  private static final Section ENCODER = EncoderSettings.SECTION.only(EncoderSettings.TOKENIZER,
      EncoderSettings.VOCABULARY_SIZE, EncoderSettings.MAX_LENGTH, EncoderSettings.HIDDEN_SIZE, EncoderSettings.LAYERS,
      EncoderSettings.HEADS, EncoderSettings.KV_HEADS, EncoderSettings.FFN_SIZE, EncoderSettings.DROPOUT,
      EncoderSettings.DROP_PATH);
  private static final Section PRETRAINED = FineTuningSettings.SECTION.only(FineTuningSettings.ENCODER);
  private static final Section VALIDATION = ValidationSettings.SECTION.only(ValidationSettings.VALIDATE_EVERY,
      ValidationSettings.PATIENCE, ValidationSettings.TOLERANCE);

  /** What a config of a network says. */
  private static final List<Setting<?>> SHAPE = List.of(EncoderSettings.HIDDEN_SIZE, EncoderSettings.LAYERS,
      EncoderSettings.HEADS, EncoderSettings.KV_HEADS, EncoderSettings.FFN_SIZE, EncoderSettings.DROPOUT,
      EncoderSettings.DROP_PATH);

  /** What only an encoder that is trained from nothing needs. */
  private static final List<Setting<?>> OF_NEW_ENCODERS = List.of(NETWORK, TOKENIZER_KIND, EncoderSettings.TOKENIZER,
      EncoderSettings.VOCABULARY_SIZE, EncoderSettings.HIDDEN_SIZE, EncoderSettings.LAYERS, EncoderSettings.HEADS,
      EncoderSettings.KV_HEADS, EncoderSettings.FFN_SIZE, EncoderSettings.DROPOUT, EncoderSettings.DROP_PATH,
      DataSettings.LOWERCASE);

  static {
    OF_NEW_ENCODERS.forEach(row -> SECTION.rule(
        settings -> settings.find(FineTuningSettings.ENCODER).isPresent() && settings.isChanged(row)
            ? row.flag() + " has no effect with --encoder, which brings its own: leave it out" : null,
        row, FineTuningSettings.ENCODER));
    SHAPE.forEach(row -> SECTION.rule(
        settings -> settings.find(NETWORK).isPresent() && settings.isChanged(row)
            ? row.flag() + " has no effect with --network, whose file says it: leave it out" : null,
        row, NETWORK));
    List.of(TOKENIZER_KIND, EncoderSettings.VOCABULARY_SIZE, DataSettings.LOWERCASE).forEach(row -> SECTION.rule(
        settings -> settings.find(EncoderSettings.TOKENIZER).isPresent() && settings.isChanged(row)
            ? row.flag() + " has no effect with --tokenizer: leave it out" : null,
        row, EncoderSettings.TOKENIZER));
    SECTION.rule(settings -> settings.get(MASKED) + settings.get(REPLACED) > 1
        ? "--masked-share (" + settings.get(MASKED) + ") and --replaced-share (" + settings.get(REPLACED)
            + ") are more than 1 together"
        : null, MASKED, REPLACED);
  }

  private PretrainingSettings() {}

  /** All settings, with the defaults of an encoder that is trained from nothing. */
  static Settings all() {
    return Settings.of(DATA, PRETRAINED, SECTION, ENCODER, TrainingSettings.SECTION, OptimizationSettings.SECTION,
        VALIDATION, CheckpointSettings.SECTION)
        .withDefault(TrainingSettings.EPOCHS, 10)
        .withDefault(TrainingSettings.LEARNING_RATE, 5e-4)
        .withDefault(OptimizationSettings.SCHEDULE, Schedule.Decay.LINEAR)
        .withDefault(OptimizationSettings.MIN_SCALE, 0.0)
        .withDefault(DataSettings.VALIDATION_FRACTION, 0.05);
  }

  /** The settings with the defaults that suit an encoder that was trained before, if there is one. */
  static Settings resolved(Settings settings) {
    Settings suited = settings.find(FineTuningSettings.ENCODER).isEmpty() ? settings
        : settings.withDefault(TrainingSettings.EPOCHS, 3).withDefault(TrainingSettings.LEARNING_RATE, 1e-4);
    return settings.isChanged(OptimizationSettings.WARMUP) ? suited
        : suited.withDefault(OptimizationSettings.WARMUP_FRACTION, 0.06);
  }

  /** How a run hides tokens. */
  static Masking masking(Settings settings) {
    return new Masking(settings.get(MASK_SHARE), settings.get(MASKED), settings.get(REPLACED),
        settings.get(MASK_UNIT));
  }
}
