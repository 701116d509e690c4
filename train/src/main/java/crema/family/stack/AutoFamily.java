package crema.family.stack;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.family.image.ImageSettings;
import crema.family.linear.FrozenSettings;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationMetric;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import java.util.List;
import java.util.Map;

/**
 * A run that trains models of several families within a budget, compares them by cross-validation, and stacks those that
 * are best together. What it makes is a {@linkplain StackFamily stack}.
 */
public final class AutoFamily implements ModelFamily {
  /** The name of the family. */
  public static final String KEY = "auto";

  /** Found as a service. */
  public AutoFamily() {}

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String name() {
    return "automatic choice";
  }

  /** None: what it makes is a stack. */
  @Override
  public List<String> files() {
    return List.of();
  }

  @Override
  public Classifier open(ModelSource model, ComputeOptions options) {
    throw new UserError(model.name() + " says that it is of the family auto, whose runs make stacks: it is damaged");
  }

  /** Some of its members may. */
  @Override
  public boolean hasTensors() {
    return true;
  }

  @Override
  public Map<String, String> describe(ModelSource model) {
    return Map.of();
  }

  @Override
  public Settings settings() {
    return Settings
        .of(DataSettings.SECTION, PictureSettings.SECTION, LabelSettings.SECTION, Languages.SECTION,
            AutoSettings.SECTION,
            StackSettings.SECTION,
            FrozenSettings.SECTION.only(FrozenSettings.ENCODER, FrozenSettings.COLUMNS, FrozenSettings.WEIGHT,
                FrozenSettings.POOLING, FrozenSettings.PROMPT, FrozenSettings.MAX_LENGTH, FrozenSettings.REFERENCE,
                FrozenSettings.VECTOR_CACHE),
            ImageSettings.SECTION.only(ImageSettings.VISION, ImageSettings.IMAGE_SIZE),
            AnswerSettings.SECTION, ValidationSettings.SECTION.only(ValidationSettings.METRIC),
            TrainingSettings.SECTION.only(TrainingSettings.SEED))
        .withDefault(ValidationSettings.METRIC, ValidationMetric.MICRO_F1)
        // Of calibrated probabilities the best threshold is half of the F1 that it gives, or lower.
        .withDefault(AnswerSettings.THRESHOLD_FROM, 0.1)
        .withDefault(DataSettings.VALIDATION_FRACTION, 0.0)
        .withDefault(DataSettings.LOWERCASE, true);
  }

  @Override
  public Run newRun(Settings settings, RunContext context) {
    return Run.stoppable(new AutoRun(settings, context));
  }
}
