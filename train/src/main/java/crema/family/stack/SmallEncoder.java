package crema.family.stack;

import crema.family.encoder.EncoderSettings;
import crema.family.encoder.OptimizationSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;

/**
 * A small encoder that learns from nothing: one layer beside a bag of tokens, trained for so few epochs that a run of two
 * minutes has time for it. Beside linear models it helps a stack by being different, not by being large.
 */
final class SmallEncoder {
  /** Rows that are seen, those of all epochs together. */
  private static final int SEEN_ROWS = 80_000;
  private static final int FEWEST_EPOCHS = 2;
  private static final int MOST_EPOCHS = 40;

  private SmallEncoder() {}

  /**
   * The settings of its training.
   *
   * @param encoder settings of the family with what is to be known of the rows
   * @param rows the number of training rows
   */
  static Settings of(Settings encoder, long rows) {
    return encoder.with(EncoderSettings.VOCABULARY_SIZE, 8000).with(EncoderSettings.MAX_LENGTH, 64)
        .with(EncoderSettings.HIDDEN_SIZE, 64).with(EncoderSettings.LAYERS, 1).with(EncoderSettings.HEADS, 4)
        .with(EncoderSettings.KV_HEADS, 2).with(EncoderSettings.FFN_SIZE, 128).with(EncoderSettings.BAG_SIZE, 128)
        .with(EncoderSettings.TOKEN_DROPOUT, 0.1)
        .with(TrainingSettings.EPOCHS, (int) Math.clamp(SEEN_ROWS / Math.max(1, rows), FEWEST_EPOCHS, MOST_EPOCHS))
        .with(TrainingSettings.LEARNING_RATE, 3e-3).with(OptimizationSettings.BATCH_TOKENS, 1024);
  }
}
