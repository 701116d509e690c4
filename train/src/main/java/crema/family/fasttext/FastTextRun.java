package crema.family.fasttext;

import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.fasttext.Autotune;
import crema.fasttext.FastText;
import crema.fasttext.Fields;
import crema.fasttext.QuantizeOptions;
import crema.fasttext.Quantizer;
import crema.fasttext.TextSource;
import crema.fasttext.TrainingProgress;
import crema.nn.loss.Link;
import crema.nn.train.StepLog;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.run.AugmentSettings;
import crema.run.LabelMapping;
import crema.run.ModelFiles;
import crema.run.RefitSettings;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.StartSettings;
import crema.run.TextRun;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.ScoredRows;
import crema.task.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Trains a fastText model: training, checkpoints, a validation, training again with the validation rows if these are not
 * to be kept out, and the test at the end. Its result depends on the
 * settings and the rows alone, whether or not it was stopped and resumed.
 */
final class FastTextRun implements Run {
  private static final Duration NEVER = Duration.ofDays(10_000);

  /** With fewer labels there are too few rows to quantize the output matrix. */
  private static final int QUANTIZED_LABELS = 256;

  private final Settings settings;
  private final FastTextSettings config;
  private final RunContext context;
  private final ModelDirectory directory;
  private final int threads;
  private final TrainingListener listener;
  private final StopSignal stop;
  private final TextRun textRun;
  private boolean stopped;
  private long stepsDone;
  private double secondsBefore;
  private long trainRows;
  private int epochs;
  private Optional<Autotune.Result> found = Optional.empty();
  private @Nullable LabelMapping mapping;

  /**
   * A run in a directory, or the rest of the one that is there.
   *
   * @param settings what to compute
   * @param context where to write and how it is watched; checkpoints are written after its minutes
   */
  FastTextRun(Settings settings, RunContext context) {
    this.settings = settings;
    // Texts that differ from epoch to epoch are one pass over the texts of all epochs.
    config = new FastTextSettings(
        AugmentSettings.areAsked(settings) ? settings.with(TrainingSettings.EPOCHS, 1) : settings);
    this.context = context;
    epochs = settings.get(TrainingSettings.EPOCHS);
    directory = context.directory();
    threads = context.compute().onCpu(new FastTextFamily()).threads();
    listener = context.listener();
    stop = context.stop();
    // What a search found, and texts that differ from epoch to epoch, have no epochs that more could follow.
    textRun = new TextRun(config.isSearch() || AugmentSettings.areAsked(settings)
        ? CheckpointSettings.ofPart(settings) : settings, config.answers(), context);
  }

  /** What a run begins with: its rows, what they are to be given, and the training rows as fastText reads them. */
  private record Start(SplitRows rows, Target target, FastTextLines.Text text) {}

  @Override
  public TrainingResult run() throws IOException {
    Optional<TrainingResult> rest = textRun.rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    Start start = directory.begin(new FastTextFamily(), settings, () -> {
      SplitRows rows = RunRows.of(context, settings);
      Target target = Target.of(new LabelSettings(settings), rows.labels(), Link.SIGMOID, config.answers());
      mapping = mapping(target);
      return new Start(rows, target, lines(target).write(AugmentSettings.ofEpochs(rows.train(), settings), "train"));
    });
    SplitRows rows = start.rows();
    Target target = start.target();
    RowCounts counts = RowCounts.of(rows, target.labels());
    trainRows = counts.train();
    var facts = new LinkedHashMap<String, String>();
    FastText model;
    ScoredRows validation;
    try (var progress = new Progress()) {
      Optional<Map<String, String>> folds =
          new TrainingFolds(new FastTextFamily(), settings, context).run(rows);
      folds.ifPresent(facts::putAll);
      Optional<FastText> trained =
          folds.isPresent() ? train(progress, target, start.text(), rows, facts) : Optional.empty();
      if (trained.isEmpty()) {
        return interrupted();
      }
      model = trained.get();
      try (var classifier = new FastTextClassifier(model, config.reading(), target, threads)) {
        validation = textRun.validate(classifier, rows.validation(), totalSteps(), epochs, progress.log());
      }
    }
    Optional<RowSource> all = RefitSettings.rows(settings, rows);
    if (all.isPresent()) {
      listener.stage(RefitSettings.stage(counts));
      trainRows += counts.validation();
      Optional<FastText> refitted =
          trainedAgain(lines(target).write(AugmentSettings.ofEpochs(all.get(), settings), "all"));
      if (refitted.isEmpty()) {
        return interrupted();
      }
      model = refitted.get();
      facts.put("Trained", RefitSettings.fact(counts));
    }
    return finish(model, validation, target.tuned(config.answers(), validation), rows, counts, facts);
  }

  /** What the labels of the model are now that the run starts from, if it starts from one. */
  private @Nullable LabelMapping mapping(Target target) throws IOException {
    Optional<Path> from = StartSettings.from(settings);
    if (from.isEmpty()) {
      return null;
    }
    LabelMapping found = ModelSource.read(from.get(),
        source -> LabelMapping.of(settings, source.readTarget(), target));
    listener.model("from " + from.get() + ": " + found.describe());
    return found;
  }

  private TrainingResult interrupted() {
    return new TrainingResult(stepsDone, stepsDone, null);
  }

  private FastTextLines lines(Target target) {
    return new FastTextLines(config.reading(), target, config.isOfAllLabels(), directory.cache());
  }

  /** Trains, searches first if that was asked for, and quantizes; nothing if the run was asked to stop. */
  private Optional<FastText> train(Progress progress, Target target, FastTextLines.Text text, SplitRows rows,
      Map<String, String> facts)
      throws IOException {
    Files.createDirectories(directory.checkpoints());
    if (config.isSearch()) {
      TextSource validation = lines(target).write(rows.validation(), "validation").lines();
      Path trials = directory.checkpoints().resolve("trials.jsonl");
      progress.onStart(0);
      found = new FastTextSearch(config, trials, threads, listener, stop).run(text.lines(), validation);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      Autotune.Result result = found.get();
      epochs = result.config().epoch();
      facts.put(String.format(Locale.ROOT,
          "Found in %,d trials", result.trials().size()), FastTextSearch.describe(result.config()));
      return Optional.of(quantized(result.model(), text.lines()));
    }
    listener.stage("Training");
    FastText model = explained(() -> train(progress, text, "fasttext"));
    return stopped ? Optional.empty() : Optional.of(quantized(model, text.lines()));
  }

  /** Trains on other rows with the same settings; nothing if the run was asked to stop. */
  private Optional<FastText> trainedAgain(FastTextLines.Text text) throws IOException {
    if (found.isPresent()) {
      var search = new FastTextSearch(config, directory.checkpoints(), threads, listener, stop);
      return Optional.of(quantized(search.train(found.get(), text.lines()), text.lines()));
    }
    // The log is that of the model that was validated.
    FastText model = explained(() -> train(now -> {
      listener.progress(Math.round(now.fraction() * totalSteps()), totalSteps());
      stopped = stop.isRequested();
      return !stopped;
    }, text, "all"));
    return stopped ? Optional.empty() : Optional.of(quantized(model, text.lines()));
  }

  private FastText train(crema.fasttext.TrainingListener progress, FastTextLines.Text text, String name)
      throws IOException {
    Path checkpoint = directory.checkpoints().resolve(name + ".checkpoint");
    Duration interval =
        context.checkpoints().everyMinutes() == 0 ? NEVER
            : Duration.ofMillis((long) (context.checkpoints().everyMinutes() * 60_000));
    var trainer = config.trainer(threads, AugmentSettings.areAsked(settings) ? totalSteps() : trainRows)
        .checkpoints(checkpoint, interval).listener(progress);
    text.weights().ifPresent(trainer::lineWeights);
    if (Files.exists(checkpoint)) {
      return trainer.resume(checkpoint, text.lines());
    }
    Optional<Path> from = StartSettings.from(settings);
    return from.isEmpty() ? trainer.train(text.lines()) : ModelSource.read(from.get(), source -> {
      FastText older = FastText.load(source.bytes(FastTextFamily.MODEL));
      Fields fields = config.reading().fields();
      LabelMapping labels = Objects.requireNonNull(mapping, "is known when training begins");
      List<String> names = labels.newer();
      if (labels.isGrowth()) {
        return trainer.trainFurther(older, text.lines());
      }
      var olderLabels = new HashMap<String, List<String>>();
      for (int label = 0; label < names.size(); label++) {
        olderLabels.put(fields.encodeLabel(names.get(label)), Arrays.stream(labels.sources().get(label))
            .mapToObj(labels.older()::get).map(fields::encodeLabel).filter(older.labels()::contains).toList());
      }
      return trainer.trainFurther(older, text.lines(), label -> olderLabels.getOrDefault(label, List.of()));
    });
  }

  private FastText quantized(FastText model, TextSource text) throws IOException {
    if (!settings.get(FastTextSettings.QUANTIZE)) {
      return model;
    }
    listener.stage("Quantizing");
    boolean manyLabels = model.labels().size() >= QUANTIZED_LABELS;
    int cutoff = settings.get(FastTextSettings.CUTOFF);
    var options = new QuantizeOptions(2, true, manyLabels, cutoff, cutoff > 0 ? model.config() : null);
    return explained(() -> new Quantizer(options).quantize(model, text));
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /** Does something of which the engine says what is wrong with the settings or the data. */
  private static <T> T explained(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Logs milestones, which are the same in every run, and shows progress between them. */
  private final class Progress implements crema.fasttext.TrainingListener, AutoCloseable {
    private @Nullable StepLog log;

    StepLog log() {
      return Objects.requireNonNull(log, "the log is opened when training starts");
    }

    /** Takes out of the log what was logged after the checkpoint: it comes again. */
    @Override
    public void onStart(double fraction) {
      try {
        log = StepLog.resume(directory.log(), steps(fraction));
        secondsBefore = StepLog.read(directory.log()).stream()
            .mapToDouble(entry -> entry instanceof StepRecord step ? step.seconds() : 0).max().orElse(0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean onProgress(TrainingProgress now) {
      stepsDone = steps(now.fraction());
      if (Double.isFinite(now.loss())) {
        listener.step(entry(now), totalSteps());
      }
      stopped = stop.isRequested();
      return !stopped;
    }

    @Override
    public void onMilestone(TrainingProgress now) {
      try {
        log().write(entry(now));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private StepRecord entry(TrainingProgress now) {
      return new StepRecord(steps(now.fraction()), now.fraction() * epochs, now.loss(),
          now.lr(), Double.NaN, now.wordsPerSecond(), secondsBefore + now.elapsed().toMillis() * 1e-3);
    }

    @Override
    public void close() throws IOException {
      if (log != null) {
        log.close();
      }
    }
  }

  private long steps(double fraction) {
    return Math.round(fraction * totalSteps());
  }

  /** A step is a row: each is trained on once an epoch. */
  private long totalSteps() {
    return trainRows * epochs;
  }

  /** Tests and writes the model. */
  private TrainingResult finish(FastText model, ScoredRows validation, Target tuned, SplitRows rows, RowCounts counts,
      Map<String, String> found) throws IOException {
    var facts = new LinkedHashMap<String, String>();
    facts.put("Model", String.format(Locale.ROOT, "fastText, %,d words, dim %d%s", model.words().size(), model.dim(),
        model.isQuantized() ? String.format(Locale.ROOT, ", quantized to %,d bytes", model.fileSize()) : ""));
    facts.putAll(found);
    try (var classifier = new FastTextClassifier(model, config.reading(), tuned, threads)) {
      return textRun.finish(classifier, new FastTextFiles(model), rows, counts, validation, totalSteps(), facts);
    }
  }

  /** What there is of a fastText model besides its labels. */
  private final class FastTextFiles implements ModelFiles {
    private final FastText model;

    FastTextFiles(FastText model) {
      this.model = model;
    }

    @Override
    public void writeWeights() throws IOException {
      model.save(directory.file(FastTextFamily.MODEL));
    }

    @Override
    public void writeDescription() throws IOException {
      FastTextDescription.write(config.reading(), directory);
    }
  }
}
