package crema.family.fasttext;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.fasttext.Autotune;
import crema.fasttext.DivergedException;
import crema.fasttext.FastText;
import crema.fasttext.QuantizeOptions;
import crema.fasttext.Quantizer;
import crema.fasttext.TextSource;
import crema.fasttext.TrainingProgress;
import crema.nn.loss.Link;
import crema.report.StepLog;
import crema.report.StepRecord;
import crema.run.CheckpointPolicy;
import crema.run.ModelFiles;
import crema.run.RunRows;
import crema.run.StopSignal;
import crema.run.TextRun;
import crema.run.TrainingListener;
import crema.run.TrainingResult;
import crema.task.ScoredRows;
import crema.task.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains a fastText model: training, checkpoints, a validation, and the test at the end. Its result depends on the
 * settings and the rows alone, whether or not it was stopped and resumed.
 */
public final class FastTextRun {
  private static final Duration NEVER = Duration.ofDays(10_000);

  /** With fewer labels there are too few rows to quantize the output matrix. */
  private static final int QUANTIZED_LABELS = 256;

  private final FastTextTrainingConfig config;
  private final ModelDirectory directory;
  private final CheckpointPolicy policy;
  private final int threads;
  private final TrainingListener listener;
  private final StopSignal stop;
  private final Supplier<RunRows> reader;
  private final TextRun textRun;
  private boolean stopped;
  private long stepsDone;
  private double secondsBefore;
  private long trainRows;
  private int epochs;

  /**
   * A run in a directory, or the rest of the one that is there.
   *
   * @param config what to compute
   * @param directory where to write; {@linkplain ModelDirectory#prepareForRun prepared}
   * @param policy how many minutes there are between checkpoints
   * @param threads how many threads compute
   * @param listener hears how it goes
   * @param stop asks the run to stop, after writing a checkpoint
   */
  public FastTextRun(FastTextTrainingConfig config, ModelDirectory directory, CheckpointPolicy policy, int threads,
      TrainingListener listener, StopSignal stop) {
    this(config, directory, policy, threads, listener, stop,
        () -> RunRows.read(config.data(), config.seed(), listener));
  }

  /**
   * A run on rows that were read before.
   *
   * @param reader gives the rows
   */
  public FastTextRun(FastTextTrainingConfig config, ModelDirectory directory, CheckpointPolicy policy, int threads,
      TrainingListener listener, StopSignal stop, Supplier<RunRows> reader) {
    this.config = config;
    epochs = config.network().epochs();
    this.directory = directory;
    this.policy = policy;
    this.threads = threads;
    this.listener = listener;
    this.stop = stop;
    this.reader = reader;
    textRun = new TextRun(config.data(), config.labels().decision(), config.seed(), directory, listener);
  }

  /** What a run begins with: its rows, what they are to be given, and the training rows as fastText reads them. */
  private record Start(RunRows rows, Target target, TextSource text) {}

  /**
   * Runs to the end, or until it is asked to stop.
   *
   * @param commandLine kept in the provenance
   * @throws UserError when training diverges, or a setting or the data is not as it must be
   */
  public TrainingResult run(List<String> commandLine) throws IOException {
    Start start = directory.begin(Map.of(directory.trainingConfig(), config), () -> {
      RunRows rows = reader.get();
      Target target = Target.of(config.data().labels(), rows.labels(), Link.SIGMOID, config.labels().decision());
      return new Start(rows, target, lines(target).write(rows.train(), "train"));
    });
    RunRows rows = start.rows();
    Target target = start.target();
    trainRows = rows.count().train();
    var facts = new LinkedHashMap<String, String>();
    Optional<FastText> trained;
    ScoredRows validation;
    try (var run = new Run()) {
      trained = crossValidated(rows, target, facts) ? train(run, target, start.text(), rows, facts) : Optional.empty();
      if (trained.isEmpty()) {
        return new TrainingResult(stepsDone, stepsDone, null);
      }
      var classifier = new FastTextClassifier(trained.get(), config.network().text(), target, threads);
      validation = textRun.validate(classifier, rows.validation(), totalSteps(), epochs, run.log());
    }
    return finish(trained.get(), validation, target.tuned(config.labels().decision(), validation), rows, facts,
        commandLine);
  }

  private FastTextLines lines(Target target) {
    return new FastTextLines(config.network().text(), target, config.labels().areAll(), directory.cache());
  }

  /**
   * Cross-validates if that was asked for. A resumed run keeps what was found before.
   *
   * @return false if the run was asked to stop meanwhile
   */
  private boolean crossValidated(RunRows rows, Target target, Map<String, String> facts) throws IOException {
    if (config.tuning().folds() == 0) {
      return true;
    }
    Path file = directory.checkpoints().resolve("folds.json");
    if (!Files.exists(file)) {
      var scores = explained(() -> new FastTextFolds(config, lines(target), threads, listener, stop)
          .run(rows.train(), target));
      if (scores.isEmpty()) {
        return false;
      }
      ModelDirectory.writeJson(file, scores.get());
    }
    facts.putAll(ModelDirectory.readJson(file, FoldScores.class).facts());
    return true;
  }

  /** Trains, searches first if that was asked for, and quantizes; nothing if the run was asked to stop. */
  private Optional<FastText> train(Run run, Target target, TextSource text, RunRows rows, Map<String, String> facts)
      throws IOException {
    Files.createDirectories(directory.checkpoints());
    if (config.tuning().searchSeconds() > 0) {
      TextSource validation = lines(target).write(rows.validation(), "validation");
      Path trials = directory.checkpoints().resolve("trials.jsonl");
      run.onStart(0);
      var found = new FastTextSearch(config, trials, threads, listener, stop).run(text, validation);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      Autotune.Result result = found.get();
      epochs = result.config().epoch();
      facts.put("Found in %,d trials".formatted(result.trials().size()), FastTextSearch.describe(result.config()));
      return Optional.of(quantized(result.model(), text));
    }
    listener.stage("Training");
    FastText model = explained(() -> train(run, text));
    return stopped ? Optional.empty() : Optional.of(quantized(model, text));
  }

  private FastText train(Run run, TextSource text) throws IOException {
    Path checkpoint = directory.checkpoints().resolve("fasttext.checkpoint");
    Duration interval =
        policy.everyMinutes() == 0 ? NEVER : Duration.ofMillis((long) (policy.everyMinutes() * 60_000));
    var trainer = config.trainer(threads, trainRows).checkpoints(checkpoint, interval).listener(run);
    return Files.exists(checkpoint) ? trainer.resume(checkpoint, text) : trainer.train(text);
  }

  private FastText quantized(FastText model, TextSource text) throws IOException {
    FastTextTuning tuning = config.tuning();
    if (!tuning.quantize()) {
      return model;
    }
    listener.stage("Quantizing");
    boolean manyLabels = model.labels().size() >= QUANTIZED_LABELS;
    var options = new QuantizeOptions(2, true, manyLabels, tuning.cutoff(),
        tuning.cutoff() > 0 ? model.config() : null);
    return explained(() -> new Quantizer(options).quantize(model, text));
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /** Does something of which the engine says what is wrong with the settings or the data. */
  private static <T> T explained(Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (DivergedException | IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Logs milestones, which are the same in every run, and shows progress between them. */
  private final class Run implements crema.fasttext.TrainingListener, AutoCloseable {
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
    public boolean onProgress(TrainingProgress progress) {
      stepsDone = steps(progress.fraction());
      if (Double.isFinite(progress.loss())) {
        listener.step(entry(progress), totalSteps());
      }
      stopped = stop.isRequested();
      return !stopped;
    }

    @Override
    public void onMilestone(TrainingProgress progress) {
      try {
        log().write(entry(progress));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private StepRecord entry(TrainingProgress progress) {
      return new StepRecord(steps(progress.fraction()), progress.fraction() * epochs, progress.loss(),
          progress.lr(), Double.NaN, progress.wordsPerSecond(), secondsBefore + progress.elapsed().toMillis() * 1e-3);
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
  private TrainingResult finish(FastText model, ScoredRows validation, Target tuned, RunRows rows,
      Map<String, String> found, List<String> commandLine) throws IOException {
    var classifier = new FastTextClassifier(model, config.network().text(), tuned, threads);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Model", "fastText, %,d words, dim %d%s".formatted(model.words().size(), model.dim(),
        model.isQuantized() ? ", quantized to %,d bytes".formatted(model.fileSize()) : ""));
    facts.putAll(found);
    return textRun.finish(classifier, new FastTextFiles(model), rows, validation, totalSteps(), commandLine, facts);
  }

  /** What there is of a fastText model besides its labels. */
  private final class FastTextFiles implements ModelFiles {
    private final FastText model;

    FastTextFiles(FastText model) {
      this.model = model;
    }

    @Override
    public void writeWeights() throws IOException {
      model.save(directory.fastText());
    }

    @Override
    public void writeDescription() throws IOException {
      FastTextDescription.write(config.network().text(), directory);
    }
  }
}
