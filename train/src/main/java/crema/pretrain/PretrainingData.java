package crema.pretrain;

import crema.base.OptionalLibrary;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.TrainingListener;
import crema.data.Batches;
import crema.data.DataFile;
import crema.data.FileFormat;
import crema.data.FileOptions;
import crema.data.LabelSet;
import crema.data.PlainLines;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.ProductTitles;
import crema.data.RowSource;
import crema.data.Sampler;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.data.TokenDataset;
import crema.data.TokenRecipe;
import crema.family.encoder.OptimizationSettings;
import crema.run.DataSettings;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import java.nio.file.Path;
import java.util.List;

/**
 * The texts of a run: those that are learned from, and those that say how well.
 *
 * @param train the training texts
 * @param validation the validation texts
 * @param hash the SHA-256 of what decides on both
 */
record PretrainingData(TokenDataset train, TokenDataset validation, String hash) implements AutoCloseable {
  /** Tokens that run together in a validation: enough to fill the machine, few enough to stay in its caches. */
  private static final int VALIDATION_TOKENS = 2048;

  /**
   * The rows of a run in two parts.
   *
   * @param train to learn from
   * @param validation to measure on
   */
  record Parts(RowSource train, RowSource validation) {
    String hash() {
      return Sha256.ofLines(List.of(train.fingerprint(), validation.fingerprint()));
    }
  }

  /**
   * Finds the texts, reports rows that cannot be used, and splits validation texts off if there are no files of them.
   *
   * @throws crema.data.DataException when the rows cannot be used
   */
  static Parts read(Settings settings, TrainingListener listener) {
    OptionalLibrary.COMMONS_MATH.require("training");
    var data = new DataSettings(settings);
    DataSettings.requireFiles(data.train());
    DataSettings.requireFiles(data.validation());
    listener.stage("Reading the data");
    RowSource train = rows(data.train(), data);
    RowSource validation = rows(data.validation(), data);
    var problems = new ProblemLog();
    ProblemListener problem = settings.get(DataSettings.STRICT) ? ProblemListener.STRICT : problems;
    var count = new long[1];
    train.forEach(problem, row -> count[0]++);
    validation.forEach(problem, row -> {});
    problems.report().forEach(listener::warning);
    if (count[0] == 0) {
      throw new UserError(String.join(", ", settings.get(DataSettings.TRAIN)) + " holds no text to train on");
    }
    if (!settings.get(DataSettings.VALIDATION).isEmpty()) {
      return new Parts(train, validation);
    }
    double share = settings.get(DataSettings.VALIDATION_FRACTION);
    if (share == 0) {
      throw new UserError("there are no validation texts: give a file with --validation, or split some off with "
          + "--validation-fraction 0.05");
    }
    Split split = Split.of(train,
        SplitPlan.trainValidationTest(share, 0, settings.get(TrainingSettings.SEED)).unstratified(),
        ProblemListener.SILENT);
    return new Parts(split.train(), split.validation());
  }

  private static RowSource rows(List<String> files, DataSettings data) {
    if (files.isEmpty()) {
      return RowSource.of(List.of());
    }
    RowSource rows = data.text().isEmpty()
        ? RowSource.concat(files.stream().map(file -> rows(file, data.fileOptions())).toList())
        : RunRows.unlabelled(files, data);
    return rows
        // Some formats have labels whatever was asked for.
        .map("unlabelled", "", row -> row.withLabels(List.of()));
  }

  private static RowSource rows(String file, FileOptions options) {
    return file.equals(DataSettings.PRODUCT_TITLES) ? ProductTitles.rows() : lines(file, options);
  }

  private static RowSource lines(String file, FileOptions options) {
    DataFile data = DataFile.of(Path.of(file), options.encoding());
    String name = data.plainName();
    String extension = name.substring(name.lastIndexOf('.') + 1);
    for (FileFormat format : FileFormat.all()) {
      if (format.extensions().contains(extension)) {
        throw new UserError(file + " has columns: say which of them hold texts with --text COLUMN");
      }
    }
    return PlainLines.of(data);
  }

  /**
   * Tokenizes the texts. Token caches are kept in the model directory, so that a resumed run need not do it again.
   *
   * @param maxTokens the most tokens of an example; a longer text becomes several
   * @param tokenizerHash tells the tokenizer from others
   */
  static PretrainingData prepare(Settings settings, Parts parts, MaskedVocabulary vocabulary, int maxTokens,
      String tokenizerHash, ModelDirectory directory, TrainingListener listener) {
    listener.stage("Tokenizing");
    var encoder = new MarkedTokens(vocabulary, maxTokens);
    TokenDataset train = tokens("train", parts.train(), encoder, maxTokens, tokenizerHash, directory);
    TokenDataset validation = tokens("validation", parts.validation(), encoder, maxTokens, tokenizerHash, directory);
    var data = new PretrainingData(train, validation, parts.hash());
    data.requireTexts("training", train);
    data.requireTexts("validation", validation);
    return data;
  }

  private void requireTexts(String name, TokenDataset texts) {
    if (texts.size() == 0) {
      close();
      throw new UserError("no " + name + " text is left to use: none has a token that the tokenizer knows");
    }
  }

  private static TokenDataset tokens(String name, RowSource rows, MarkedTokens encoder, int maxTokens,
      String tokenizerHash, ModelDirectory directory) {
    var recipe = new TokenRecipe(rows, LabelSet.of(List.of(), new long[0]), encoder, tokenizerHash + " marked",
        maxTokens);
    return TokenDataset.cached(directory.cache().resolve(name + ".tokens"), recipe, ProblemListener.SILENT);
  }

  /** The training batches. */
  MaskedBatches trainBatches(Settings settings, MaskedVocabulary vocabulary) {
    long seed = settings.get(TrainingSettings.SEED);
    int most = settings.get(OptimizationSettings.BATCH_SIZE);
    var batches = new Batches(train, Sampler.shuffled(train.size(), seed),
        Math.max(settings.get(OptimizationSettings.BATCH_TOKENS), train.longest()),
        most == 0 ? Integer.MAX_VALUE : most);
    return new MaskedBatches(batches, PretrainingSettings.masking(settings), vocabulary, seed);
  }

  /** The validation batches; each validation has the first epoch, so that all hide the same tokens. */
  MaskedBatches validationBatches(Settings settings, MaskedVocabulary vocabulary) {
    var batches = new Batches(validation, Sampler.sequential(validation.size()),
        Math.max(VALIDATION_TOKENS, validation.longest()), Integer.MAX_VALUE);
    return new MaskedBatches(batches, PretrainingSettings.masking(settings), vocabulary,
        settings.get(TrainingSettings.SEED));
  }

  @Override
  public void close() {
    train.close();
    validation.close();
  }
}
