package crema.family.fusion;

import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.defaults.DefaultRule;
import crema.family.encoder.EncoderSettings;
import crema.family.encoder.FineTuningSettings;
import crema.family.encoder.OptimizationSettings;
import crema.family.encoder.SamplingSettings;
import crema.family.image.ImageSettings;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A model of texts and one of pictures, whose vectors a network joins. */
public final class FusionFamily implements ModelFamily {
  static final String WEIGHTS = "fusion.safetensors";

  /** Found as a service. */
  public FusionFamily() {}

  @Override
  public String key() {
    return "fusion";
  }

  @Override
  public String name() {
    return "fusion";
  }

  @Override
  public List<String> files() {
    return List.of(WEIGHTS, FusionParts.folder());
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return FusionClassifier.load(model, options);
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    FusionDescription description = FusionDescription.read(model);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", String.format(Locale.ROOT, "texts and pictures joined by %s in %,d features",
        description.network().kind().key(), description.network().width()));
    facts.put("Weights", description.mix().toString());
    for (FusionParts.Part part : FusionParts.Part.values()) {
      ModelSource own = part.in(model);
      ModelFamily.of(own).describe(own)
          .forEach((name, value) -> facts.put(part.heading() + ": " + name.toLowerCase(Locale.ROOT), value));
    }
    return facts;
  }

  /** Those of the rows, of the fusion, and the ones by which encoders and models of pictures are mostly told apart. */
  @Override
  public Settings settings() {
    return Settings.of(DataSettings.SECTION, PictureSettings.SECTION, LabelSettings.SECTION, Languages.SECTION,
        FusionSettings.SECTION,
        ImageSettings.SECTION.only(ImageSettings.VISION, ImageSettings.FINE_TUNE, ImageSettings.IMAGE_SIZE,
            ImageSettings.BOTTLENECK, ImageSettings.IMAGE_DROPOUT, ImageSettings.NO_IMAGE_CHANGES),
        EncoderSettings.SECTION.only(EncoderSettings.TOKENIZER, EncoderSettings.VOCABULARY_SIZE,
            EncoderSettings.MAX_LENGTH, EncoderSettings.HIDDEN_SIZE, EncoderSettings.LAYERS, EncoderSettings.HEADS,
            EncoderSettings.KV_HEADS, EncoderSettings.FFN_SIZE, EncoderSettings.BAG_SIZE,
            EncoderSettings.TOKEN_DROPOUT),
        FineTuningSettings.SECTION.only(FineTuningSettings.ENCODER, FineTuningSettings.POOLING,
            FineTuningSettings.FREEZE_ENCODER),
        SamplingSettings.SECTION, TrainingSettings.SECTION,
        OptimizationSettings.SECTION.only(OptimizationSettings.BATCH_TOKENS, OptimizationSettings.BATCH_SIZE,
            OptimizationSettings.WEIGHT_DECAY, OptimizationSettings.CLIP_NORM),
        AnswerSettings.SECTION, ValidationSettings.SECTION, CheckpointSettings.SECTION)
        .ofData(DefaultRule.settings(FusionParts.Part.TEXT.family().defaultRules()));
  }

  @Override
  public boolean needsPictures() {
    return true;
  }

  @Override
  public boolean hasTensors() {
    return true;
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return Run.stoppable(new FusionRun(settings, context));
  }
}
