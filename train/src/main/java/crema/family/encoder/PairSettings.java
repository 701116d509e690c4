package crema.family.encoder;

import crema.base.Keyed;
import crema.nn.loss.AuxiliaryLoss;
import crema.nn.loss.Link;
import crema.nn.loss.Loss;
import crema.nn.loss.LossCatalog;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.LossSetting;
import crema.nn.loss.LossSettings;
import crema.nn.loss.Targets;
import crema.nn.loss.TrainingLabels;
import crema.nn.model.HeadConfig;
import crema.run.AugmentSettings;
import crema.run.StartSettings;
import crema.run.TaskSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.Target;
import crema.task.TargetKind;
import java.util.List;
import java.util.stream.Stream;

/** The training of an encoder on pairs of texts, and the head that is fitted to it afterwards: for few rows a label. */
public final class PairSettings {
  /** The training of an encoder on pairs of texts. */
  public static final Section SECTION = Section.of("Pairs of texts");

  public static final Setting<String> PAIRS = SECTION
      .optionalName("pairs", () -> Keyed.keys(LossCatalog.of(LossDefinition.Input.EMBEDDINGS)))
      .shownDefault("none")
      .help("Train the encoder on pairs of texts by this loss, then fit a head: for few rows a label");
  public static final Setting<Integer> ITERATIONS = SECTION.integer("pair-iterations", 20).atLeast(0)
      .details("0 for all pairs that there are")
      .help("How many pairs of one label and of two labels an epoch has at most, for each text");
  public static final Setting<Double> HEAD_C = SECTION.number("head-c", 1).above(0).atMost(1e6).label("C")
      .help("How closely the head is fitted to the vectors of the training texts");

  static {
    SECTION.rule(settings -> arePairs(settings) && settings.find(FineTuningSettings.ENCODER).isEmpty()
        ? "--pairs needs a pretrained encoder: give one with --encoder" : null, PAIRS, FineTuningSettings.ENCODER);
    SECTION.rule(settings -> arePairs(settings) && settings.get(LabelSettings.TARGET) == TargetKind.MULTI
        ? "--pairs needs texts with one label each, not --target multi: two texts that share some of their labels are "
            + "neither similar nor not"
        : null, PAIRS, LabelSettings.TARGET);
    SECTION.rule(settings -> arePairs(settings) && settings.isChanged(EncoderSettings.HEAD)
        && !FittedHead.KINDS.contains(settings.get(EncoderSettings.HEAD))
            ? "--head must be " + String.join(" or ", Keyed.keys(FittedHead.KINDS))
                + " with --pairs, which fits it to the trained encoder"
            : null,
        PAIRS, EncoderSettings.HEAD);
    SECTION.rule(settings -> arePairs(settings) && settings.get(FineTuningSettings.FREEZE_ENCODER)
        ? "--freeze-encoder leaves nothing to train with --pairs: for a frozen encoder, take --model linear" : null,
        PAIRS, FineTuningSettings.FREEZE_ENCODER);
    List.of(LossRows.LOSS, LossRows.row(AuxiliaryLoss.CONTRASTIVE_WEIGHT),
        LossRows.row(AuxiliaryLoss.TREE_TRIPLET_WEIGHT), EncoderSettings.BAG_SIZE, EncoderSettings.HEAD_DROPOUT,
        SamplingSettings.SAMPLER, FineTuningSettings.UNFREEZE_EVERY, ValidationSettings.VALIDATE_EVERY,
        ValidationSettings.PATIENCE)
        .forEach(row -> SECTION.rule(settings -> arePairs(settings) && settings.isChanged(row)
            ? row.flag() + " has no effect with --pairs: leave it out" : null, row, PAIRS));
    SECTION.rule(settings -> StartSettings.from(settings).isPresent() && (arePairs(settings)
        || TaskSettings.hasTasks(settings) || settings.find(FineTuningSettings.ENCODER).isPresent())
            ? "--from starts from a model of one task, with its encoder: it has no effect with --encoder, --pairs and tasks"
            : null,
        StartSettings.FROM);
    SECTION.rule(settings -> AugmentSettings.areAsked(settings) && (arePairs(settings)
        || TaskSettings.hasTasks(settings)
        || FineTuningSettings.readsVectors(settings))
            ? "--augment writes the texts of one task anew in each epoch: it has no effect on pairs, tasks and frozen "
                + "encoders, so leave it out"
            : null,
        AugmentSettings.AUGMENT);
    SECTION.rule(settings -> arePairs(settings) && TaskSettings.hasTasks(settings)
        ? "--pairs trains an encoder for one task, but there are several in tasks: leave one of the two out" : null,
        PAIRS, TaskSettings.TASKS);
    List<Setting<?>> ofLosses = LossCatalog.of(LossDefinition.Input.EMBEDDINGS).stream()
        .flatMap(loss -> loss.settings().stream()).<Setting<?>>map(setting -> LossRows.row(setting)).distinct()
        .toList();
    Stream.concat(Stream.of(ITERATIONS, HEAD_C), ofLosses.stream())
        .forEach(row -> SECTION.rule(settings -> !arePairs(settings) && settings.isChanged(row)
            ? row.flag() + " has no effect without --pairs: leave it out" : null, row, PAIRS));
    ofLosses.forEach(row -> SECTION.rule(
        settings -> arePairs(settings) && settings.isChanged(row)
            && definition(settings).settings().stream().noneMatch(setting -> setting.name().equals(row.name()))
                ? row.flag() + " is no setting of the pair loss " + definition(settings).name() + ": leave it out"
                : null,
        row, PAIRS));
  }

  private PairSettings() {}

  /** Whether the encoder is trained on pairs. */
  static boolean arePairs(Settings settings) {
    return settings.find(PAIRS).isPresent();
  }

  /** The settings with the defaults that suit pairs, if there are some: those of SetFit. */
  static Settings resolved(Settings settings) {
    return !arePairs(settings) ? settings
        : settings.withDefault(EncoderSettings.HEAD, HeadConfig.Kind.NORMALIZED)
            .withDefault(TrainingSettings.LEARNING_RATE, 2e-5).withDefault(TrainingSettings.EPOCHS, 1);
  }

  /** How logits become probabilities: those of hyperplanes if the head is fitted. */
  static Link link(Settings settings, TargetKind kind) {
    if (!arePairs(settings)) {
      return LossRows.of(settings, kind).link(kind);
    }
    return kind == TargetKind.SINGLE ? Link.SOFTMAX : Link.SIGMOID;
  }

  private static LossDefinition definition(Settings settings) {
    return LossCatalog.find(settings.find(PAIRS).orElseThrow()).orElseThrow();
  }

  /** What the loss is computed from besides vectors: the pairs that were drawn if it takes them, or else labels. */
  static Targets.Form form(Settings settings) {
    return definition(settings).formOf(List.of(Targets.Form.PAIRS, Targets.Form.INDICES)).orElseThrow();
  }

  /** The loss of the vectors. */
  static Loss loss(Settings settings, Target target, long rows) {
    LossDefinition definition = definition(settings);
    LossSettings values = definition.defaults();
    for (LossSetting<?> setting : definition.settings()) {
      String text = settings.text(LossRows.row(setting)).orElse(null);
      values = text == null ? values : values.with(setting.name(), text);
    }
    return definition.create(values,
        TrainingLabels.flat(form(settings), target.labels().counts(), rows));
  }
}
