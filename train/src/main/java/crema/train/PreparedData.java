package crema.train;

import crema.data.Columns;
import crema.data.Duplicates;
import crema.data.FileRows;
import crema.data.Grouping;
import crema.data.LabelCounts;
import crema.data.LabelFormat;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.ProductTitles;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.data.TokenDataset;
import crema.data.TokenRecipe;
import crema.tokenizer.BpeTrainer;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rows of a run, split, with their labels and tokens: everything that training needs to know of the data.
 *
 * @param labels the labels of the training rows
 * @param tokenizer how texts become tokens
 * @param train the training examples
 * @param validation the validation examples
 * @param test the test examples
 * @param hash the SHA-256 of what decides on the rows of all three
 */
record PreparedData(LabelSet labels, Tokenizer tokenizer, TokenDataset train, TokenDataset validation, TokenDataset test,
    String hash) implements AutoCloseable {
  private record Parts(RowSource train, RowSource validation, RowSource test) {}

  /**
   * Reads, splits and tokenizes the rows. Token caches are kept in the model directory, so that a resumed run need not
   * tokenize again.
   *
   * @param resumes whether the directory holds the run's tokenizer, if it got so far
   * @throws crema.data.DataException when the rows cannot be used
   */
  static PreparedData prepare(TrainingConfig config, ModelDirectory directory, boolean resumes, int threads,
      TrainingListener listener)
      throws IOException {
    listener.stage("Reading the data");
    var problems = new ProblemLog();
    ProblemListener reporter = config.data().strict() ? ProblemListener.STRICT : problems;
    Parts parts = parts(config, reporter);
    LabelSet labels = LabelCounts.count(parts.train, LabelFormat.SINGLE, ProblemListener.SILENT);
    problems.report().forEach(listener::warning);
    reportDuplicates(parts, listener);
    Tokenizer tokenizer = tokenizer(config.tokenizer(), parts.train, directory, resumes, threads, listener);
    listener.stage("Tokenizing");
    String tokenizerHash = ModelDirectory.sha256(directory.tokenizer());
    var unknown = new ProblemLog();
    ProblemListener unknownReporter = problem -> {
      if (problem.fault() == RowFault.UNKNOWN_LABEL || problem.fault() == RowFault.EMPTY_TEXT) {
        (config.data().strict() ? ProblemListener.STRICT : unknown).problem(problem);
      }
    };
    var datasets = new ArrayList<TokenDataset>();
    var rows = new LinkedHashMap<String, RowSource>();
    rows.put("train", parts.train);
    rows.put("validation", parts.validation);
    rows.put("test", parts.test);
    rows.forEach((name, source) -> datasets.add(TokenDataset.cached(directory.tokenCache(name),
        new TokenRecipe(source, labels, tokenizer::encode, tokenizerHash, config.tokenizer().maxLength()),
        unknownReporter)));
    unknown.report().forEach(listener::warning);
    var data = new PreparedData(labels, tokenizer, datasets.get(0), datasets.get(1), datasets.get(2),
        ModelDirectory.sha256(List.of(parts.train.fingerprint(), parts.validation.fingerprint(),
            parts.test.fingerprint())));
    data.requireRows("training", data.train);
    data.requireRows("validation", data.validation);
    data.requireRows("test", data.test);
    return data;
  }

  private void requireRows(String name, TokenDataset dataset) {
    if (dataset.size() == 0) {
      close();
      throw new TrainingException("no " + name + " row is left to use; see the rows that were skipped above");
    }
  }

  private static Parts parts(TrainingConfig config, ProblemListener listener) {
    TrainingConfig.Data data = config.data();
    RowSource train = rows(data.train(), data);
    double validationShare = data.validation().isEmpty() ? data.validationFraction() : 0;
    double testShare = data.test().isEmpty() ? data.testFraction() : 0;
    requireShare("validation", data.validation(), validationShare);
    requireShare("test", data.test(), testShare);
    RowSource validation = rows(data.validation(), data);
    RowSource test = rows(data.test(), data);
    // The first pass over each file tells its problems; that over the training file also refuses columns that cannot be
    // meant as labels, before a split fails because of them.
    LabelCounts.count(train, LabelFormat.SINGLE, listener);
    validation.forEach(listener, row -> {});
    test.forEach(listener, row -> {});
    if (validationShare + testShare == 0) {
      return new Parts(train, validation, test);
    }
    SplitPlan plan = SplitPlan.trainValidationTest(validationShare, testShare, config.seed());
    if (!data.stratified()) {
      plan = plan.unstratified();
    }
    if (data.group() != null) {
      plan = plan.withGrouping(Grouping.COLUMN);
    }
    Split split = Split.of(train, plan, ProblemListener.SILENT);
    return new Parts(split.train(), validationShare > 0 ? split.validation() : validation,
        testShare > 0 ? split.test() : test);
  }

  private static void requireShare(String name, List<String> files, double share) {
    if (files.isEmpty() && share == 0) {
      throw new TrainingException("there are no " + name + " rows: give a file with --" + name
          + ", or split some off with --" + name + "-fraction 0.1");
    }
  }

  /** The rows of some files, as a configuration describes them. */
  static RowSource rows(List<String> files, TrainingConfig.Data data) {
    if (files.isEmpty()) {
      return RowSource.of(List.of());
    }
    var columns = new Columns(data.text(), " ", List.of(data.label()), LabelFormat.SINGLE, data.group(), null);
    return RowSource.concat(files.stream()
        .map(file -> file.equals(TrainingConfig.Data.PRODUCT_TITLES) ? ProductTitles.rows() : FileRows.of(Path.of(file), columns))
        .toList());
  }

  private static void reportDuplicates(Parts parts, TrainingListener listener) {
    var named = new LinkedHashMap<String, RowSource>();
    named.put("training", parts.train);
    named.put("validation", parts.validation);
    named.put("test", parts.test);
    for (Duplicates duplicates : Duplicates.between(named)) {
      listener.warning("%,d %s rows have exactly the text of a %s row, for instance '%s' (%s and %s)".formatted(
          duplicates.rows(), duplicates.part(), duplicates.earlier(), duplicates.examples().getFirst().text(),
          duplicates.examples().getFirst().location(), duplicates.examples().getFirst().earlierLocation()));
    }
  }

  /** The run's tokenizer: that of the directory if it was made before, else the given one, else one that is trained. */
  private static Tokenizer tokenizer(TrainingConfig.Tokens settings, RowSource train, ModelDirectory directory,
      boolean resumes, int threads, TrainingListener listener) throws IOException {
    if (resumes && Files.exists(directory.tokenizer())) {
      return Tokenizer.load(directory.tokenizer());
    }
    Tokenizer tokenizer = settings.file() != null
        ? Tokenizer.load(Path.of(settings.file()))
        : trainTokenizer(settings, train, threads, listener);
    tokenizer.save(directory.tokenizer());
    return tokenizer;
  }

  private static Tokenizer trainTokenizer(TrainingConfig.Tokens settings, RowSource train, int threads,
      TrainingListener listener) {
    listener.stage("Training the tokenizer");
    BpeTrainer trainer = BpeTrainer.defaults()
        .withVocabularySize(settings.vocabularySize())
        .withLowercase(settings.lowercase())
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
