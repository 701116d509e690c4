package crema.family.encoder;

import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.TrainingListener;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.data.TokenDataset;
import crema.data.TokenRecipe;
import crema.run.DataSettings;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.Target;
import crema.tokenizer.BpeTrainer;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rows of a run, split, with their labels and tokens: everything that training needs to know of the data.
 *
 * @param target what there is to predict: the labels are those of the training rows
 * @param tokenizer how texts become tokens
 * @param train the training examples
 * @param validation the validation examples
 * @param test the test examples
 * @param testRecipe which test rows those are
 * @param hash the SHA-256 of what decides on the rows of all three
 */
record PreparedData(Target target, Tokenizer tokenizer, TokenDataset train, TokenDataset validation, TokenDataset test,
    TokenRecipe testRecipe, String hash) implements AutoCloseable {
  /**
   * Reads, splits and tokenizes the rows. Token caches are kept in the model directory, so that a resumed run need not
   * tokenize again.
   *
   * @param resumes whether the directory holds the run's tokenizer, if it got so far
   * @throws crema.data.DataException when the rows cannot be used
   */
  static PreparedData prepare(Settings settings, ModelDirectory directory, boolean resumes, int threads,
      TrainingListener listener)
      throws IOException {
    SplitRows parts = RunRows.read(new DataSettings(settings), settings.get(TrainingSettings.SEED), listener);
    var reading = new LabelSettings(settings);
    Target target = Target.of(reading, parts.labels(), LossRows.of(settings, reading.kind()).link(reading.kind()),
        new AnswerSettings(settings));
    Tokenizer tokenizer = tokenizer(settings, parts.train(), directory, resumes, threads, listener);
    listener.stage("Tokenizing");
    String tokenizerHash = Sha256.ofFile(directory.file(EncoderFamily.TOKENIZER));
    var unknown = new ProblemLog();
    ProblemListener unknownReporter = problem -> {
      // The other faults were told when the rows were first read.
      if (problem.fault() == RowFault.UNKNOWN_LABEL || problem.fault() == RowFault.EMPTY_TEXT) {
        (settings.get(DataSettings.STRICT) ? ProblemListener.STRICT : unknown).problem(problem);
      }
    };
    var datasets = new ArrayList<TokenDataset>();
    var recipes = new ArrayList<TokenRecipe>();
    var rows = new LinkedHashMap<String, RowSource>();
    rows.put("train", parts.train());
    rows.put("validation", parts.validation());
    rows.put("test", parts.test());
    rows.forEach((name, source) -> {
      var recipe = new TokenRecipe(source, target.labels(), tokenizer::encode, tokenizerHash,
          settings.get(EncoderSettings.MAX_LENGTH));
      recipes.add(recipe);
      datasets.add(TokenDataset.cached(directory.cache().resolve(name + ".tokens"), recipe, unknownReporter));
    });
    unknown.report().forEach(listener::warning);
    var data = new PreparedData(target, tokenizer, datasets.get(0), datasets.get(1), datasets.get(2),
        recipes.getLast(), RowCounts.hash(parts));
    data.requireRows("training", data.train);
    data.requireRows("validation", data.validation);
    data.requireRows("test", data.test);
    return data;
  }

  /** How many rows there are, and which. */
  RowCounts rows() {
    return new RowCounts(train.size(), validation.size(), test.size(), hash);
  }

  private void requireRows(String name, TokenDataset dataset) {
    if (dataset.size() == 0) {
      close();
      throw new UserError("no " + name + " row is left to use; see the rows that were skipped above");
    }
  }

  /** The run's tokenizer: that of the directory if it was made before, else the given one, else one that is trained. */
  private static Tokenizer tokenizer(Settings settings, RowSource train, ModelDirectory directory,
      boolean resumes, int threads, TrainingListener listener) throws IOException {
    if (resumes && Files.exists(directory.file(EncoderFamily.TOKENIZER))) {
      return Tokenizer.load(directory.file(EncoderFamily.TOKENIZER));
    }
    Optional<String> file = settings.find(EncoderSettings.TOKENIZER);
    Tokenizer tokenizer = file.isPresent()
        ? Tokenizer.load(Path.of(file.get()))
        : trainTokenizer(settings, train, threads, listener);
    tokenizer.save(directory.file(EncoderFamily.TOKENIZER));
    return tokenizer;
  }

  private static Tokenizer trainTokenizer(Settings settings, RowSource train, int threads,
      TrainingListener listener) {
    listener.stage("Training the tokenizer");
    BpeTrainer trainer = BpeTrainer.defaults()
        .withVocabularySize(settings.get(EncoderSettings.VOCABULARY_SIZE))
        .withLowercase(settings.get(DataSettings.LOWERCASE))
        .withThreads(threads)
        .withProgress((_, done, total) -> listener.progress(done, total));
    try (RowCursor rows = train.open(ProblemListener.SILENT)) {
      return trainer.train(Stream.iterate(rows.next(), Objects::nonNull, _ -> rows.next()).map(Row::text));
    }
  }

  @Override
  public void close() {
    train.close();
    validation.close();
    test.close();
  }
}
