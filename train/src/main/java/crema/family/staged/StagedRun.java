package crema.family.staged;

import crema.classify.ModelDirectory;
import crema.classify.Provenance;
import crema.family.fasttext.FastTextTrainingConfig;
import crema.family.linear.LinearTrainingConfig;
import crema.report.StepLog;
import crema.report.StepRecord;
import crema.report.ValidationRecord;
import crema.run.CheckpointPolicy;
import crema.run.ModelFiles;
import crema.run.RunRows;
import crema.run.RunSettings;
import crema.run.StopSignal;
import crema.run.TextRun;
import crema.run.TrainingListener;
import crema.run.TrainingResult;
import crema.task.ScoredRows;
import crema.task.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a classifier that decides in stages: a run for each stage, in a directory of its own, and a test of all of
 * them together. Stopped and resumed, it goes on with the stage that it was at.
 */
public final class StagedRun {
  private final StagesConfig stages;
  private final StageTrainer trainer;
  /** Of all stages. */
  private final RunSettings settings;
  private final ModelDirectory directory;
  private final int threads;
  private final TrainingListener listener;
  private final StopSignal stop;

  private StagedRun(StagesConfig stages, StageTrainer trainer, ModelDirectory directory, int threads,
      TrainingListener listener, StopSignal stop) {
    this.stages = stages;
    this.trainer = trainer;
    settings = trainer.settings();
    this.directory = directory;
    this.threads = threads;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * A run of fastText models in a directory, or the rest of the one that is there.
   *
   * @param stages how the classifier is cut
   * @param config what each stage computes
   * @param directory where to write; {@linkplain ModelDirectory#prepareForRun prepared}
   * @param policy how many minutes there are between checkpoints
   * @param threads how many threads compute
   * @param listener hears how it goes
   * @param stop asks the run to stop, after writing a checkpoint
   */
  public StagedRun(StagesConfig stages, FastTextTrainingConfig config, ModelDirectory directory,
      CheckpointPolicy policy, int threads, TrainingListener listener, StopSignal stop) {
    this(stages, new FastTextStage(config, policy, threads), directory, threads, listener, stop);
  }

  /**
   * A run of linear models in a directory, or the rest of the one that is there.
   *
   * @param stages how the classifier is cut
   * @param config what each stage computes
   * @param directory where to write; {@linkplain ModelDirectory#prepareForRun prepared}
   * @param threads how many threads compute
   * @param listener hears how it goes
   * @param stop asks the run to stop
   */
  public StagedRun(StagesConfig stages, LinearTrainingConfig config, ModelDirectory directory, int threads,
      TrainingListener listener, StopSignal stop) {
    this(stages, new LinearStage(config, threads), directory, threads, listener, stop);
  }

  /** What a run begins with: its rows, and which stages lead to each label. */
  private record Start(RunRows rows, Routes routes) {}

  /**
   * Runs to the end, or until it is asked to stop.
   *
   * @param commandLine kept in the provenance
   * @throws crema.base.UserError when training diverges, or a setting or the data is not as it must be
   */
  public TrainingResult run(List<String> commandLine) throws IOException {
    // The stages come first: a folder that holds the settings of training holds a run.
    var files = new LinkedHashMap<Path, Object>();
    files.put(directory.stagesConfig(), stages);
    files.put(directory.trainingConfig(), settings);
    Start start = directory.begin(files, () -> {
      trainer.requireFit();
      stages.requireFit(settings.data().labels());
      RunRows rows = RunRows.read(settings.data(), settings.seed(), listener);
      return new Start(rows, stages.routes(rows.labels(), settings.data().labels()));
    });
    RunRows rows = start.rows();
    Routes routes = start.routes();
    long steps = 0;
    for (int stage = 0; stage < routes.stages().size(); stage++) {
      ModelDirectory own = directory.stage(stage);
      if (!own.holdsModel()) {
        TrainingResult result = train(routes, stage, rows, commandLine);
        if (result.isInterrupted()) {
          return new TrainingResult(steps + result.steps(), steps + result.steps(), null);
        }
      }
      steps += ModelDirectory.readJson(own.provenance(), Provenance.class).steps();
    }
    return finish(routes, rows, steps, commandLine);
  }

  private TrainingResult train(Routes routes, int stage, RunRows rows, List<String> commandLine) throws IOException {
    ModelDirectory own = directory.stage(stage);
    Files.createDirectories(own.path());
    RunRows reaching = StageRows.of(rows, routes, routes.stages().get(stage));
    var renamed = new StageListener("Stage %,d of %,d: ".formatted(stage + 1, routes.stages().size()), listener);
    return trainer.train(reaching, own, renamed, stop, commandLine);
  }

  /** Tests all stages together and makes the directory a whole model. */
  private TrainingResult finish(Routes routes, RunRows rows, long steps, List<String> commandLine) throws IOException {
    Target target = stages.target(rows.labels(), settings.data().labels());
    var run = new TextRun(settings.data(), stages.decision(), settings.seed(), directory, listener);
    try (var classifier = StagedDescription.load(routes, target, directory, threads)) {
      ScoredRows validation;
      // The steps are in the logs of the stages.
      try (var log = StepLog.create(directory.log())) {
        validation = run.validate(classifier, rows.validation(), steps, 0, log);
      }
      return run.finish(classifier, new StagedFiles(routes), rows, validation, steps, commandLine, Map.of("Model",
          "%,d %s models that decide one after the other".formatted(routes.stages().size(), trainer.name())));
    }
  }

  /** The stages are whole models already: only how they belong together is to be written. */
  private final class StagedFiles implements ModelFiles {
    private final Routes routes;

    StagedFiles(Routes routes) {
      this.routes = routes;
    }

    @Override
    public void writeWeights() {}

    @Override
    public void writeDescription() throws IOException {
      StagedDescription.write(routes, directory);
    }
  }

  /** Says which stage of the run it is that begins a stage of work. */
  private record StageListener(String prefix, TrainingListener all) implements TrainingListener {
    @Override
    public void stage(String description) {
      all.stage(prefix + description);
    }

    @Override
    public void warning(String message) {
      all.warning(prefix + message);
    }

    @Override
    public void progress(long done, long total) {
      all.progress(done, total);
    }

    @Override
    public void step(StepRecord step, long totalSteps) {
      all.step(step, totalSteps);
    }

    @Override
    public void validated(ValidationRecord validation, boolean best) {
      all.validated(validation, best);
    }

    @Override
    public void checkpointed(long step, Path file) {
      all.checkpointed(step, file);
    }
  }
}
