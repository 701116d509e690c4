package crema.family.fasttext;

import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.run.DataSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code config.json} says of a fastText model: how texts are read. The rest is in the model's own file. */
final class FastTextDescription {
  private static final String LOWERCASE = "lowercase";
  /** Older models lack it and what is about columns: they leave punctuation where it is, and read one text. */
  private static final String PUNCTUATION_APART = "punctuation_apart";
  private static final String COLUMN_WORDS = "column_words";
  private static final String COLUMN_WEIGHTS = "column_weights";
  /** The text columns as settings have them, where they are told apart. */
  private static final String COLUMNS = "columns";
  private static final String LEADING_WORDS = "leading_words";
  private static final String LEADING_WEIGHT = "leading_weight";
  private static final String FOLDED = "folded";

  private FastTextDescription() {}

  static void write(FastTextReading text, ModelDirectory directory) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put(LOWERCASE, text.isLowercase());
    json.put(PUNCTUATION_APART, text.settings().get(FastTextSettings.PUNCTUATION_APART));
    if (!text.columns().isEmpty()) {
      json.put(COLUMN_WORDS, text.settings().get(FastTextSettings.COLUMN_WORDS));
      json.put(COLUMN_WEIGHTS, text.settings().get(FastTextSettings.COLUMN_WEIGHTS));
      json.put(COLUMNS, text.settings().get(DataSettings.TEXT));
    }
    json.put(LEADING_WORDS, text.settings().get(FastTextSettings.LEADING_WORDS));
    json.put(LEADING_WEIGHT, text.settings().get(FastTextSettings.LEADING_WEIGHT));
    if (text.isFolded()) {
      json.put(FOLDED, true);
    }
    ModelConfig.of(new FastTextFamily(), json).write(directory);
  }

  static FastTextReading read(ModelSource model) throws IOException {
    Map<String, @Nullable Object> json = ModelConfig.read(model).values();
    if (json.get(LOWERCASE) instanceof Boolean lowercase
        && json.getOrDefault(PUNCTUATION_APART, false) instanceof Boolean punctuationApart
        && json.getOrDefault(COLUMN_WORDS, 0) instanceof Integer columnWords
        && json.getOrDefault(COLUMN_WEIGHTS, List.of()) instanceof List<?> weights
        && json.getOrDefault(COLUMNS, List.of()) instanceof List<?> columns
        && columnWords >= 0 && areWeights(weights, columns.size())
        && json.get(LEADING_WORDS) instanceof Integer leadingWords
        && json.get(LEADING_WEIGHT) instanceof Integer leadingWeight
        && json.getOrDefault(FOLDED, false) instanceof Boolean folded) {
      return new FastTextReading(FastTextReading.SETTINGS.with(DataSettings.LOWERCASE, lowercase)
          .with(FastTextSettings.PUNCTUATION_APART, punctuationApart)
          .with(FastTextSettings.COLUMN_WORDS, columnWords)
          .with(FastTextSettings.COLUMN_WEIGHTS,
              weights.stream().map(weight -> ((Integer) weight).longValue()).toList())
          .with(DataSettings.TEXT, columns.stream().map(String::valueOf).toList())
          .with(FastTextSettings.LEADING_WORDS, leadingWords).with(FastTextSettings.LEADING_WEIGHT, leadingWeight)
          .with(FastTextSettings.FOLD, folded));
    }
    throw new UserError(model.name() + ": config.json does not say how texts are read: it needs " + LOWERCASE + ", "
        + LEADING_WORDS + " and " + LEADING_WEIGHT);
  }

  private static boolean areWeights(List<?> weights, int columns) {
    return weights.isEmpty() || (weights.size() == columns && weights.stream().allMatch(
        weight -> weight instanceof Integer whole && whole >= 1 && whole <= FastTextSettings.MOST_COLUMN_WEIGHT));
  }
}
