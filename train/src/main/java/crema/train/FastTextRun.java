package crema.train;

import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowSource;
import crema.metrics.ClassificationMetrics;
import crema.nn.fasttext.DivergedException;
import crema.nn.fasttext.FastText;
import crema.nn.fasttext.FastTextTrainer;
import crema.nn.fasttext.TextSource;
import crema.nn.fasttext.TrainingProgress;
import crema.report.StepLog;
import crema.report.StepRecord;
import crema.report.ValidationRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Trains a fastText model: training, checkpoints, a validation, and the test at the end. Its result depends on the
 * settings and the rows alone, whether or not it was stopped and resumed.
 */
public final class FastTextRun {
  private static final Duration NEVER = Duration.ofDays(10_000);

  private final FastTextTrainingConfig config;
  private final ModelDirectory directory;
  private final CheckpointPolicy policy;
  private final int threads;
  private final TrainingListener listener;
  private final StopSignal stop;
  private boolean stopped;
  private long stepsDone;
  private double secondsBefore;
  private long trainRows;

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
    this.config = config;
    this.directory = directory;
    this.policy = policy;
    this.threads = threads;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Runs to the end, or until it is asked to stop.
   *
   * @param commandLine kept in the provenance
   * @throws TrainingException when training diverges, or a setting or the data is not as it must be
   */
  public TrainingResult run(List<String> commandLine) throws IOException {
    boolean resumes = directory.holdsRun();
    ModelDirectory.writeJson(directory.trainingConfig(), config);
    RunRows rows;
    Target target;
    try {
      rows = read();
      target = new SingleLabelTarget(rows.labels(config.data().labels()));
      trainRows = count(rows.train());
      writeLines(rows.train());
    } catch (IOException | RuntimeException e) {
      if (!resumes) {
        directory.discardRun();
      }
      throw e;
    }
    FastText model;
    try (var run = new Run()) {
      model = train(run);
      if (stopped) {
        return new TrainingResult(stepsDone, stepsDone, null);
      }
      validate(new FastTextClassifier(model, config.network().text(), target, threads), rows.validation(), run.log());
    }
    return finish(model, target, rows, commandLine);
  }

  private RunRows read() {
    listener.stage("Reading the data");
    var problems = new ProblemLog();
    RunRows rows = RunRows.of(config.data(), config.seed(), reporter(problems));
    problems.report().forEach(listener::warning);
    rows.reportDuplicates(listener);
    return rows;
  }

  private ProblemListener reporter(ProblemListener lenient) {
    return config.data().strict() ? ProblemListener.STRICT : lenient;
  }

  /** The training rows in fastText's own format, on disk: they are read more than once and may not fit in memory. */
  private void writeLines(RowSource rows) throws IOException {
    Files.createDirectories(directory.fastTextLines().getParent());
    try (Writer lines = Files.newBufferedWriter(directory.fastTextLines())) {
      rows.forEach(ProblemListener.SILENT, row -> write(row, lines));
    }
  }

  private void write(Row row, Writer lines) {
    try {
      lines.write(FastTextClassifier.line(config.network().text(), row.labels().getFirst(), row.text()) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FastText train(Run run) throws IOException {
    listener.stage("Training");
    Path checkpoint = directory.checkpoints().resolve("fasttext.checkpoint");
    Files.createDirectories(directory.checkpoints());
    Duration interval =
        policy.everyMinutes() == 0 ? NEVER : Duration.ofMillis((long) (policy.everyMinutes() * 60_000));
    var trainer = new FastTextTrainer(config.network().config().threads(threads).seed(config.seed()).build())
        .checkpoints(checkpoint, interval)
        .listener(run);
    TextSource text = TextSource.of(directory.fastTextLines());
    try {
      return Files.exists(checkpoint) ? trainer.resume(checkpoint, text) : trainer.train(text);
    } catch (DivergedException | IllegalArgumentException e) {
      throw new TrainingException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Logs milestones, which are the same in every run, and shows progress between them. */
  private final class Run implements crema.nn.fasttext.TrainingListener, AutoCloseable {
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
      return new StepRecord(steps(progress.fraction()), progress.fraction() * config.network().epochs(), progress.loss(),
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
    return trainRows * config.network().epochs();
  }

  private void validate(Classifier classifier, RowSource rows, StepLog log) throws IOException {
    long began = System.nanoTime();
    listener.stage("Validating");
    ScoredRows scored = scored(classifier, rows, Languages.NONE);
    var metrics = ClassificationMetrics.of(classifier.target().outcomes(scored));
    var entry = new ValidationRecord(totalSteps(), config.network().epochs(), Double.NaN, Validator.metrics(metrics),
        (System.nanoTime() - began) * 1e-9);
    log.write(entry);
    listener.validated(entry, true);
  }

  /** Tests and writes the model. */
  private TrainingResult finish(FastText model, Target target, RunRows rows, List<String> commandLine)
      throws IOException {
    listener.stage("Testing");
    var classifier = new FastTextClassifier(model, config.network().text(), target, threads);
    var counts = new RowCounts(trainRows, count(rows.validation()), count(rows.test()), rows.hash());
    Languages languages = config.data().languages();
    return new FinishedRun(directory, target, DecisionConfig.DEFAULT, counts, config.seed(), commandLine, totalSteps(),
        totalSteps())
        .write(new FastTextFiles(model), scored(classifier, rows.validation(), Languages.NONE),
            scored(classifier, rows.test(), languages), languages,
            Map.of("Model", "fastText, %,d words, dim %d".formatted(model.words().size(), model.dim())));
  }

  private ScoredRows scored(Classifier classifier, RowSource rows, Languages languages) {
    return new LabelledTest(rows, true, config.data().strict(), languages, listener).scored(classifier);
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

  private static long count(RowSource rows) {
    var count = new long[1];
    rows.forEach(ProblemListener.SILENT, row -> count[0]++);
    return count[0];
  }
}
