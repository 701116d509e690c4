package crema.family.image;

import crema.data.DataProfile;
import crema.defaults.DefaultRule;
import crema.family.encoder.OptimizationSettings;
import crema.nn.optim.Schedule;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import java.util.List;
import java.util.Locale;

/**
 * How the settings of a model of pictures are chosen that nobody gives: by where its tower comes from, and where that
 * starts from nothing, by the number of training rows.
 */
final class ImageDefaults {
  private static final int FEW_ROWS = 3_000;
  private static final int SOME_ROWS = 30_000;

  /** The rules, in the order in which they are told. */
  static final List<DefaultRule<?>> RULES = List.of(
      DefaultRule.of(TrainingSettings.EPOCHS).where(ImageDefaults::isFromNothing)
          .when(String.format(Locale.ROOT, "fewer than %,d rows", FEW_ROWS), profile -> profile.rows() < FEW_ROWS, 40,
              ImageDefaults::forRows)
          .when(String.format(Locale.ROOT, "fewer than %,d rows", SOME_ROWS), profile -> profile.rows() < SOME_ROWS, 20,
              ImageDefaults::forRows)
          .otherwise(10, ImageDefaults::forRows),
      DefaultRule.of(OptimizationSettings.BATCH_SIZE).where(ImageDefaults::isFromNothing)
          .when(String.format(Locale.ROOT, "fewer than %,d rows", FEW_ROWS), profile -> profile.rows() < FEW_ROWS, 32,
              ImageDefaults::forRows)
          .otherwise(64, ImageDefaults::forRows));

  private ImageDefaults() {}

  private static String forRows(DataProfile profile) {
    return String.format(Locale.ROOT, "for %,d rows", profile.rows());
  }

  private static boolean isFromNothing(Settings settings) {
    return settings.find(ImageSettings.VISION).isEmpty();
  }

  /** The settings with the defaults that suit a tower that learns from nothing. */
  static Settings ofNothing(Settings settings) {
    return settings.withDefault(TrainingSettings.LEARNING_RATE, 2e-3)
        .withDefault(TrainingSettings.EPOCHS, 20)
        .withDefault(OptimizationSettings.BATCH_SIZE, 64)
        .withDefault(OptimizationSettings.WEIGHT_DECAY, 0.05)
        .withDefault(OptimizationSettings.SCHEDULE, Schedule.Decay.COSINE)
        .withDefault(OptimizationSettings.MIN_SCALE, 0.0);
  }

  /** The settings with the defaults that suit a pretrained tower, if there is one: what rules choose is kept else. */
  static Settings resolved(Settings settings) {
    if (isFromNothing(settings)) {
      return settings.isChanged(OptimizationSettings.WARMUP) ? settings
          : settings.withDefault(OptimizationSettings.WARMUP_FRACTION, 0.1);
    }
    Settings suited = settings.withDefault(OptimizationSettings.WEIGHT_DECAY, 0.01);
    suited = ImageSettings.readsVectors(settings) ? suited.withDefault(TrainingSettings.LEARNING_RATE, 3e-3)
        .withDefault(TrainingSettings.EPOCHS, 40)
        .withDefault(OptimizationSettings.BATCH_SIZE, 64)
        : suited.withDefault(TrainingSettings.LEARNING_RATE, 5e-5)
            .withDefault(TrainingSettings.EPOCHS, 5)
            .withDefault(OptimizationSettings.BATCH_SIZE, 16);
    return settings.isChanged(OptimizationSettings.WARMUP) ? suited
        : suited.withDefault(OptimizationSettings.WARMUP_FRACTION, 0.1);
  }
}
