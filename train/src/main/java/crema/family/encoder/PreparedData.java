package crema.family.encoder;

import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.data.TokenDataset;
import crema.data.TokenEncoder;
import crema.data.TokenRecipe;
import crema.pretrained.PretrainedModel;
import crema.run.AugmentSettings;
import crema.run.DataSettings;
import crema.run.Findings;
import crema.run.Languages;
import crema.run.ReadRows;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.Target;
import crema.tokenizer.TokenizerTrainer;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a run, split, with their labels and tokens: everything that training needs to know of the data.
 *
 * <p>Rows may be more than fit in memory, so they are read anew for each purpose. These are all the passes over a training
 * file that validation and test rows are split off from:
 *
 * <table>
 * <caption>Why a training file is read</caption>
 * <tr><th>passes</th><th>where</th><th>why</th></tr>
 * <tr><td>1</td><td>{@link RunRows}</td><td>finds all labels, and reports rows that cannot be used</td></tr>
 * <tr><td>1</td><td>{@link crema.data.Split}</td><td>draws the rows of each part, by label or group</td></tr>
 * <tr><td>1</td><td>{@link RunRows}</td><td>counts the labels of the rows that are left to train on</td></tr>
 * <tr><td>1 a part</td><td>{@link crema.data.Duplicates}</td><td>finds texts that are in two parts</td></tr>
 * <tr><td>1</td><td>here</td><td>trains the tokenizer, unless one is given</td></tr>
 * <tr><td>1 a part</td><td>{@link TokenDataset}</td><td>writes the token cache, unless a run is resumed</td></tr>
 * <tr><td>1</td><td>{@link RowSource#fingerprint}</td><td>hashes the bytes, without parsing</td></tr>
 * </table>
 *
 * <p>From then on training, validation and test read the token caches alone; labels, groups and languages are in them.
 *
 * @param target what there is to predict: the labels are those of the training rows
 * @param tokenizer how texts become tokens
 * @param limit how much of a text is read
 * @param train the training examples
 * @param validation the validation examples
 * @param test the test examples, with the language of each if there are metrics by language
 * @param epochs the training examples of each epoch, where they differ; empty where all have those of {@code train}
 * @param hash the SHA-256 of what decides on the rows of all three
 */
record PreparedData(Target target, Tokenizer tokenizer, TextLimit limit, TokenDataset train, TokenDataset validation,
    TokenDataset test, List<TokenDataset> epochs,
    String hash) implements AutoCloseable {
  /**
   * Reads, splits and tokenizes the rows. Token caches are kept in the model directory, so that a resumed run need not
   * tokenize again.
   *
   * @param start the model that the run starts from, whose parameters are made for as much of a text as it reads
   * @param resumes whether the directory holds the run's tokenizer, if it got so far
   * @param context where to write, how the run is watched, and its rows if they were read before
   * @throws crema.data.DataException when the rows cannot be used
   */
  static PreparedData prepare(Settings settings, @Nullable PretrainedModel pretrained, Optional<EncoderStart> start,
      boolean resumes, RunContext context) throws IOException {
    SplitRows parts = RunRows.of(context, settings);
    ModelDirectory directory = context.directory();
    Tokenizer tokenizer = tokenizer(settings, pretrained, parts.train(), directory, resumes,
        context.compute().threads(), context.listener());
    TextLimit limit =
        start.isPresent() ? start.get().description().limit() : limit(settings, pretrained);
    return of(settings, parts, tokenizer, limit, directory, directory, directory.cache(), context.listener());
  }

  /**
   * Tokenizes rows that were read and split.
   *
   * @param tokenizer the run's, which is in the directory
   * @param limit how much of a text is read
   * @param own of what is trained on these rows alone, where is kept what became of them
   * @param cache where token caches are kept
   */
  static PreparedData of(Settings settings, SplitRows parts, Tokenizer tokenizer, TextLimit limit,
      ModelDirectory directory, ModelDirectory own, Path cache, TrainingListener listener) throws IOException {
    var reading = new LabelSettings(settings);
    Target target = Target.of(reading, parts.labels(), PairSettings.link(settings, reading.kind()),
        new AnswerSettings(settings));
    listener.stage("Tokenizing");
    // Caches of the beginnings of texts are called as before there was anything else.
    String tokenizerHash = Sha256.ofFile(directory.file(EncoderFamily.TOKENIZER))
        + (limit.kept() == TextLimit.Kept.HEAD ? "" : " " + limit.kept().key());
    var unknown = new ProblemLog();
    ProblemListener unknownReporter = problem -> {
      // The other faults were told when the rows were first read.
      if (problem.fault() == RowFault.UNKNOWN_LABEL || problem.fault() == RowFault.DROPPED_LABEL
          || problem.fault() == RowFault.NO_TOKENS) {
        (settings.get(DataSettings.STRICT) ? ProblemListener.STRICT : unknown).problem(problem);
      }
    };
    var datasets = new ArrayList<TokenDataset>();
    var epochs = new ArrayList<TokenDataset>();
    var rows = new LinkedHashMap<String, RowSource>();
    rows.put("train", parts.train());
    rows.put("validation", parts.validation());
    rows.put("test", new Languages(settings).tagged(parts.test()));
    var cuts = new CutTexts(limit, tokenizer);
    rows.forEach((name, source) -> {
      TokenEncoder encoder = name.equals("train") ? cuts : limit.encoder(tokenizer);
      var recipe = new TokenRecipe(source, target.labels(), encoder, tokenizerHash,
          limit.maxTokens());
      datasets.add(TokenDataset.cached(cache.resolve(name + ".tokens"), recipe, unknownReporter));
    });
    AugmentSettings.augmenter(settings).ifPresent(augmenter -> {
      int count = settings.get(TrainingSettings.EPOCHS);
      for (int epoch = 0; epoch < count; epoch++) {
        var recipe = new TokenRecipe(augmenter.rows(parts.train(), epoch), target.labels(), limit.encoder(tokenizer),
            tokenizerHash, limit.maxTokens());
        epochs.add(TokenDataset.cached(cache.resolve("train-" + epoch + ".tokens"), recipe, ProblemListener.SILENT));
        listener.progress(epoch + 1, count);
      }
    });
    unknown.report().forEach(listener::warning);
    ReadRows.leaveOut(RowFault.NO_TOKENS, unknown.counts().getOrDefault(RowFault.NO_TOKENS, 0L), own);
    Findings.tell(Findings.cutTexts(cuts.cut(), cuts.texts(), cuts.tokens(), limit.maxTokens()), own, listener);
    var data = new PreparedData(target, tokenizer, limit, datasets.get(0), datasets.get(1), datasets.get(2),
        List.copyOf(epochs),
        RowCounts.hash(parts));
    data.requireRows("training", data.train, parts.train());
    data.requireRows("validation", data.validation, parts.validation());
    data.requireRows("test", data.test, parts.test());
    return data;
  }

  /** How many rows there are, and which. */
  RowCounts rows() {
    return new RowCounts(train.size(), validation.size(), test.size(), hash);
  }

  /** The language of each test example; empty if there are no metrics by language. */
  List<String> testLanguages(Settings settings) {
    if (!new Languages(settings).areReported()) {
      return List.of();
    }
    return IntStream.range(0, test.size()).mapToObj(example -> Objects.requireNonNull(test.meta(example).language()))
        .toList();
  }

  /** Refuses rows of which none has become an example; validation and test may have none from the start. */
  private void requireRows(String name, TokenDataset dataset, RowSource rows) {
    if (dataset.size() == 0 && (dataset == train || !RowCounts.isEmpty(rows))) {
      close();
      throw new UserError("no " + name + " row is left to use; see the rows that were skipped above");
    }
  }

  /** The run's tokenizer: that of the directory if it was made before, else the given one, else one that is trained. */
  static Tokenizer tokenizer(Settings settings, @Nullable PretrainedModel pretrained, RowSource train,
      ModelDirectory directory, boolean resumes, int threads, TrainingListener listener) throws IOException {
    if (resumes && Files.exists(directory.file(EncoderFamily.TOKENIZER))) {
      return Tokenizer.load(directory.file(EncoderFamily.TOKENIZER));
    }
    Optional<String> file = settings.find(EncoderSettings.TOKENIZER);
    Optional<EncoderStart> start = EncoderStart.of(settings);
    boolean isTrained = pretrained == null && file.isEmpty() && start.isEmpty();
    Tokenizer tokenizer = pretrained != null ? pretrained.tokenizer() : start.isPresent() ? start.get().tokenizer()
        : file.isPresent() ? Tokenizer.load(Path.of(file.get()))
            : trainTokenizer(settings, train, threads, listener);
    if (isTrained && settings.isGiven(EncoderSettings.VOCABULARY_SIZE)) {
      Findings.tell(Findings.smallVocabulary(settings.get(EncoderSettings.VOCABULARY_SIZE), tokenizer.vocabularySize()),
          directory, listener);
    }
    tokenizer.save(directory.file(EncoderFamily.TOKENIZER));
    return tokenizer;
  }

  /** How much of a text a run reads that starts from a pretrained encoder, or from nothing. */
  static TextLimit limit(Settings settings, @Nullable PretrainedModel pretrained) throws IOException {
    return new TextLimit(maxLength(settings, pretrained), settings.get(EncoderSettings.KEEP));
  }

  /** What the settings say; if they say nothing, no more than a pretrained encoder and its tokenizer are made for. */
  private static int maxLength(Settings settings, @Nullable PretrainedModel pretrained) throws IOException {
    int wanted = settings.get(EncoderSettings.MAX_LENGTH);
    if (pretrained == null) {
      return wanted;
    }
    return Math.min(wanted, settings.isChanged(EncoderSettings.MAX_LENGTH) ? pretrained.config().maxTokens()
        : pretrained.maxLength());
  }

  private static Tokenizer trainTokenizer(Settings settings, RowSource train, int threads,
      TrainingListener listener) {
    listener.stage("Training the tokenizer");
    TokenizerTrainer trainer = TokenizerTrainer.of(TokenizerTrainer.Kind.BPE)
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
    epochs.forEach(TokenDataset::close);
  }
}
