package crema.family.encoder;

import crema.data.DataProfile;
import crema.defaults.DefaultRule;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How the settings of an encoder that is trained from nothing, and that nobody gives, are chosen for the training rows. A
 * large network learns from many rows only; with few, a bag of tokens beside a small one learns words.
 */
final class EncoderDefaults {
  private static final int VERY_FEW_ROWS = 3_000;
  private static final int FEW_ROWS = 30_000;
  private static final int MANY_ROWS = 300_000;

  private static final String WHEN_FEW = String.format(Locale.ROOT, "fewer than %,d rows", FEW_ROWS);
  private static final String WHEN_SOME = String.format(Locale.ROOT, "fewer than %,d rows", MANY_ROWS);

  /** The rules, in the order in which they are told. */
  static final List<DefaultRule<?>> RULES = List.of(
      DefaultRule.of(DataSettings.LOWERCASE).where(EncoderDefaults::trainsTokenizer)
          .when(WHEN_SOME, EncoderDefaults::areSome, true, _ -> "a word is the same in any case"),
      bySize(EncoderSettings.VOCABULARY_SIZE, 8_000, 16_000, 32_000, EncoderDefaults::seenOften)
          .where(EncoderDefaults::trainsTokenizer),
      bySize(EncoderSettings.HIDDEN_SIZE, 64, 128, 384, EncoderDefaults::forRows).where(EncoderDefaults::isFreeInSize),
      bySize(EncoderSettings.HEADS, 4, 4, 6, EncoderDefaults::forRows).where(EncoderDefaults::isFreeInSize),
      bySize(EncoderSettings.KV_HEADS, 2, 2, 2, EncoderDefaults::forRows).where(EncoderDefaults::isFreeInSize),
      bySize(EncoderSettings.FFN_SIZE, 128, 384, 1536, EncoderDefaults::forRows).where(EncoderDefaults::isFreeInSize),
      bySize(EncoderSettings.LAYERS, 1, 2, 10, EncoderDefaults::forRows).where(EncoderDefaults::isFromNothing),
      bySize(EncoderSettings.BAG_SIZE, 128, 128, 0, profile -> profile.rows() < MANY_ROWS
          ? "a bag of tokens learns words from few rows" : "many rows need no bag of tokens")
          .where(EncoderDefaults::isFromNothing),
      bySize(EncoderSettings.TOKEN_DROPOUT, 0.1, 0.1, 0.0, profile -> profile.rows() < MANY_ROWS
          ? "rows that are seen often are not seen the same" : "rows are seen few times")
          .where(EncoderDefaults::isFromNothing),
      DefaultRule.of(TrainingSettings.EPOCHS).where(EncoderDefaults::isFromNothing)
          .when(String.format(Locale.ROOT,
              "fewer than %,d rows", VERY_FEW_ROWS), profile -> profile.rows() < VERY_FEW_ROWS, 40,
              EncoderDefaults::forRows)
          .when(WHEN_FEW, EncoderDefaults::areFew, 10, EncoderDefaults::forRows)
          .when(WHEN_SOME, EncoderDefaults::areSome, 4, EncoderDefaults::forRows)
          .otherwise(3, EncoderDefaults::forRows),
      bySize(OptimizationSettings.BATCH_TOKENS, 1024, 2048, 2048, EncoderDefaults::forRows)
          .where(EncoderDefaults::isFromNothing),
      bySize(TrainingSettings.LEARNING_RATE, 3e-3, 1.5e-3, 3e-4, _ -> "the smaller the network, the faster it learns")
          .where(EncoderDefaults::isFromNothing));

  private EncoderDefaults() {}

  private static <T> DefaultRule<T> bySize(Setting<T> setting, T few, T some, T many,
      Function<DataProfile, String> reason) {
    return DefaultRule.of(setting).when(WHEN_FEW, EncoderDefaults::areFew, few, reason)
        .when(WHEN_SOME, EncoderDefaults::areSome, some, reason).otherwise(many, reason);
  }

  private static boolean areFew(DataProfile profile) {
    return profile.rows() < FEW_ROWS;
  }

  private static boolean areSome(DataProfile profile) {
    return profile.rows() < MANY_ROWS;
  }

  private static String forRows(DataProfile profile) {
    return String.format(Locale.ROOT, "for %,d rows", profile.rows());
  }

  private static String seenOften(DataProfile profile) {
    return String.format(Locale.ROOT, "tokens that %,d rows have often enough", profile.rows());
  }

  private static boolean isFromNothing(Settings settings) {
    return settings.find(FineTuningSettings.ENCODER).isEmpty() && !PairSettings.arePairs(settings);
  }

  private static boolean trainsTokenizer(Settings settings) {
    return isFromNothing(settings) && settings.find(EncoderSettings.TOKENIZER).isEmpty();
  }

  /** Sizes fit each other: who gives one of them gives the others, or takes those of before. */
  private static boolean isFreeInSize(Settings settings) {
    return isFromNothing(settings)
        && Stream.of(EncoderSettings.HIDDEN_SIZE, EncoderSettings.HEADS, EncoderSettings.KV_HEADS,
            EncoderSettings.FFN_SIZE).noneMatch(settings::isGiven);
  }
}
