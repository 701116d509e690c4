package crema.family.image;

import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.LearningPart;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.data.SplitRows;
import crema.defaults.DefaultRule;
import crema.family.encoder.OptimizationSettings;
import crema.family.encoder.SamplingSettings;
import crema.family.linear.FrozenSettings;
import crema.nn.io.SafetensorsReader;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Shape;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Classifiers of pictures. */
public final class ImageFamily implements ModelFamily {
  static final String KEY = "image";
  static final String WEIGHTS = "model.safetensors";

  /** Found as a service. */
  public ImageFamily() {}

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String name() {
    return "image";
  }

  @Override
  public List<String> files() {
    return List.of(WEIGHTS);
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) throws IOException {
    return ImageClassifier.load(model, options);
  }

  @Override
  public Optional<LearningPart> openLearning(ModelSource model, Backend backend, SplitRows rows, Settings settings,
      RunContext context) throws IOException {
    return Optional.of(LearningPictures.open(model, backend, rows, settings.get(TrainingSettings.SEED), settings,
        context));
  }

  @Override
  public Map<String, String> describe(ModelSource model) throws IOException {
    ImageDescription description = ImageDescription.read(model);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Kind", "pictures by " + description.network().describe());
    try (var weights = SafetensorsReader.open(model.bytes(WEIGHTS))) {
      facts.put("Parameters", String.format(Locale.ROOT,
          "%,d", weights.shapes().values().stream().mapToLong(Shape::elements).sum()));
    }
    facts.put("Pictures", String.format(Locale.ROOT, "%1$d × %1$d pixels", description.preparation().size()));
    return facts;
  }

  @Override
  public Settings settings() {
    return ImageDefaults
        .ofNothing(Settings.of(DataSettings.SECTION, PictureSettings.SECTION, LabelSettings.SECTION, Languages.SECTION,
            ImageSettings.SECTION, FrozenSettings.SECTION.only(FrozenSettings.VECTOR_CACHE), LossRows.SECTION,
            SamplingSettings.SECTION, TrainingSettings.SECTION, TrainingFolds.SECTION,
            OptimizationSettings.SECTION.only(OptimizationSettings.MAX_STEPS, OptimizationSettings.BATCH_SIZE,
                OptimizationSettings.ACCUMULATE, OptimizationSettings.WEIGHT_DECAY, OptimizationSettings.BETA1,
                OptimizationSettings.BETA2, OptimizationSettings.EPSILON, OptimizationSettings.WARMUP,
                OptimizationSettings.WARMUP_FRACTION, OptimizationSettings.SCHEDULE, OptimizationSettings.MIN_SCALE,
                OptimizationSettings.CLIP_NORM, OptimizationSettings.RECOMPUTE),
            AnswerSettings.SECTION, ValidationSettings.SECTION, CheckpointSettings.SECTION))
        .ofData(DefaultRule.settings(ImageDefaults.RULES));
  }

  @Override
  public List<DefaultRule<?>> defaultRules() {
    return ImageDefaults.RULES;
  }

  @Override
  public Settings resolved(Settings settings) {
    return ImageDefaults.resolved(settings);
  }

  @Override
  public boolean hasTensors() {
    return true;
  }

  @Override
  public boolean needsPictures() {
    return true;
  }

  @Override
  public List<Setting<?>> memorySettings() {
    return List.of(OptimizationSettings.BATCH_SIZE, ImageSettings.IMAGE_SIZE);
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return Run.stoppable(() -> {
      ComputeOptions compute = context.compute().resolved();
      try (Backend backend = compute.openBackend()) {
        if (!compute.device().equals(Device.CPU)) {
          context.listener().model("on " + compute.describe());
        }
        if (settings.get(ImageSettings.ZERO_SHOT)) {
          return new ZeroShotRun(resolved(settings), backend, context).run();
        }
        try (var run = new ImageRun(resolved(settings), backend, context)) {
          return run.run();
        }
      }
    });
  }
}
