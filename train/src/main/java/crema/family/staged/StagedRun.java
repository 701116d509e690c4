package crema.family.staged;

import crema.classify.CheckpointSettings;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Provenance;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.SplitRows;
import crema.nn.train.StepLog;
import crema.run.ModelFiles;
import crema.run.PrefixedListener;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.TextRun;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.ScoredRows;
import crema.task.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Trains a classifier that decides in stages: a run for each stage, in a directory of its own, and a test of all of
 * them together. Stopped and resumed, it goes on with the stage that it was at.
 */
final class StagedRun implements Run {
  private final ModelFamily family;
  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;

  /**
   * A run in a directory, or the rest of the one that is there.
   *
   * @param family of the stages
   * @param settings how the classifier is cut, and what each stage computes
   * @param context where to write and how it is watched
   */
  StagedRun(ModelFamily family, Settings settings, RunContext context) {
    this.family = family;
    this.settings = settings;
    this.context = context;
    directory = context.directory();
  }

  /** What a run begins with: its rows, and which stages lead to each label. */
  private record Start(SplitRows rows, Routes routes) {}

  @Override
  public TrainingResult run() throws IOException {
    Optional<TrainingResult> rest = textRun().rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    Start start = directory.begin(family, settings, () -> {
      StagedSettings.requireFit(settings);
      family.requireStage(settings);
      SplitRows rows = RunRows.of(context, settings);
      return new Start(rows, StagedSettings.routes(settings, rows.labels()));
    });
    SplitRows rows = start.rows();
    Routes routes = start.routes();
    long steps = 0;
    for (int stage = 0; stage < routes.stages().size(); stage++) {
      ModelDirectory own = StagedFamily.stage(directory, stage);
      if (!own.isFinished()) {
        TrainingResult result = train(routes, stage, rows);
        if (result.isInterrupted()) {
          return new TrainingResult(steps + result.steps(), steps + result.steps(), null);
        }
      }
      steps += Provenance.read(own.bytes(ModelSource.PROVENANCE)).steps();
    }
    return finish(routes, rows, steps);
  }

  private TextRun textRun() {
    return new TextRun(settings, StagedSettings.answers(settings), context);
  }

  private TrainingResult train(Routes routes, int stage, SplitRows rows) throws IOException {
    ModelDirectory own = StagedFamily.stage(directory, stage);
    Files.createDirectories(own.path());
    SplitRows reaching = StageRows.of(rows, routes, routes.stages().get(stage));
    Settings ofStage =
        family.ofStage(CheckpointSettings.ofPart(LabelSettings.onlyLabel(StagedSettings.ofStage(settings))),
            reaching.train());
    var renamed = new PrefixedListener(String.format(Locale.ROOT,
        "Stage %,d of %,d: ", stage + 1, routes.stages().size()),
        context.listener());
    return family.newRun(ofStage, context.withDirectory(own).withRows(reaching).withListener(renamed)).run();
  }

  /** Tests all stages together and makes the directory a whole model. */
  private TrainingResult finish(Routes routes, SplitRows rows, long steps) throws IOException {
    Target target = StagedSettings.target(settings, rows.labels());
    TextRun run = textRun();
    try (var classifier = StagedDescription.load(routes, target, directory, context.compute())) {
      ScoredRows validation;
      // The steps are in the logs of the stages.
      try (var log = StepLog.create(directory.log())) {
        validation = run.validate(classifier, rows.validation(), steps, 0, log);
      }
      return run.finish(classifier, new StagedFiles(routes), rows, RowCounts.of(rows, target.labels()), validation,
          steps,
          Map.of("Model",
              String.format(Locale.ROOT,
                  "%,d %s models that decide one after the other", routes.stages().size(), family.name())));
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
}
