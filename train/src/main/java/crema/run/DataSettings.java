package crema.run;

import static crema.settings.Checks.requireIn;

import crema.base.ByteSource;
import crema.base.UserError;
import crema.classify.ModelSource;
import crema.settings.JsonFile;
import crema.settings.RecordJson;
import crema.task.LabelConfig;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows, and how they are split.
 *
 * @param train files with training rows
 * @param validation files with validation rows; empty to split some off
 * @param test files with test rows; empty to split some off
 * @param text the text columns, joined in this order, as {@link crema.data.TextColumn#parse} reads them
 * @param labels where the labels are, and how they are read
 * @param group the column whose equal values stay in one split, or null
 * @param validationFraction how much of the training rows to split off where no validation file is given
 * @param testFraction how much of the training rows to split off where no test file is given
 * @param stratified whether splits keep the proportions of the labels
 * @param strict whether a malformed row stops the run
 * @param languages whether the test tells metrics by language
 */
public record DataSettings(
    List<String> train,
    List<String> validation,
    List<String> test,
    List<String> text,
    LabelConfig labels,
    @Nullable String group,
    double validationFraction,
    double testFraction,
    boolean stratified,
    boolean strict,
    Languages languages) {
  /** The name under which the rows that come with Crema can be given in place of a file. */
  public static final String PRODUCT_TITLES = "builtin:product-titles";

  /** Copies the lists and checks the fractions. */
  public DataSettings {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    text = List.copyOf(text);
    requireIn("validation_fraction", validationFraction, 0, 0.9);
    requireIn("test_fraction", testFraction, 0, 0.9);
    if (validationFraction + testFraction >= 1) {
      throw new UserError("validation_fraction and test_fraction leave nothing to train on: "
          + validationFraction + " + " + testFraction);
    }
  }

  /** The same rows with labels that are read in another way. */
  public DataSettings withLabels(LabelConfig others) {
    return new DataSettings(train, validation, test, text, others, group, validationFraction, testFraction, stratified,
        strict, languages);
  }

  /** Rows without metrics by language. */
  public DataSettings(List<String> train, List<String> validation, List<String> test, List<String> text,
      LabelConfig labels, @Nullable String group, double validationFraction, double testFraction, boolean stratified,
      boolean strict) {
    this(train, validation, test, text, labels, group, validationFraction, testFraction, stratified, strict,
        Languages.NONE);
  }

  /**
   * Reads which rows a model was trained on, of whatever family it is.
   *
   * @throws UserError when its settings are damaged
   */
  public static DataSettings read(ModelSource model) throws IOException {
    ByteSource file = model.bytes(ModelSource.TRAINING);
    return RecordJson.of(JsonFile.read(file).get("data"), file.name(), DataSettings.class);
  }
}
