package crema.family.fasttext;

import crema.data.FastTextLines;
import crema.fasttext.Fields;
import crema.run.DataSettings;
import crema.settings.Settings;
import java.util.List;

/**
 * How a text is read by a fastText model, in training and in prediction alike.
 *
 * @param settings with {@link #SETTINGS}
 */
record FastTextReading(Settings settings) {
  /** The settings that a model keeps. */
  static final Settings SETTINGS = Settings.of(DataSettings.SECTION.only(DataSettings.LOWERCASE),
      FastTextSettings.SECTION.only(FastTextSettings.LEADING_WORDS, FastTextSettings.LEADING_WEIGHT));

  /** What labels begin with in fastText's own format. */
  static final String LABEL_PREFIX = FastTextLines.LABEL_PREFIX;

  /** Whether case is ignored. */
  boolean isLowercase() {
    return settings.get(DataSettings.LOWERCASE);
  }

  Fields fields() {
    return new Fields(List.of(Fields.Field.PLAIN.withLeading(settings.get(FastTextSettings.LEADING_WORDS),
        settings.get(FastTextSettings.LEADING_WEIGHT))), LABEL_PREFIX);
  }
}
