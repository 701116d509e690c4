package crema.run;

import crema.base.FileTree;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.Split;
import crema.data.SplitRows;
import crema.report.TestReport;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Cross-validation of a run's settings: each part of its training rows is tested by a model of the same family that is
 * trained on the others, and stops, if it does, by the validation rows of the run. The parts keep the proportions of the
 * labels and hold groups together. A run that was stopped goes on with the fold at which it was.
 */
public final class TrainingFolds {
  /** Whether to cross-validate. */
  public static final Section SECTION = Section.of("Cross-validation");

  public static final Setting<Integer> FOLDS =
      SECTION.integer("folds", 0).atLeast(0).shownDefault("none").label("K")
          .help("First cross-validate on the training rows");

  static {
    SECTION.rule(settings -> settings.get(FOLDS) == 1 ? "--folds must be at least 2, not 1" : null, FOLDS);
    SECTION.rule(settings -> settings.get(FOLDS) > 0 && TaskSettings.hasTasks(settings)
        ? "--folds are of one task: leave out --folds, or tasks" : null, FOLDS, TaskSettings.TASKS);
  }

  private final ModelFamily family;
  private final Settings settings;
  private final RunContext context;

  /**
   * That of a run, if its settings ask for one.
   *
   * @param context of the run, which has begun in its directory
   */
  public TrainingFolds(ModelFamily family, Settings settings, RunContext context) {
    this.family = family;
    this.settings = settings;
    this.context = context;
  }

  /**
   * Trains and tests once for each fold, unless that was done before.
   *
   * @param rows of the run
   * @return what it found, for people: nothing if nobody asked for it; empty if the run was asked to stop
   */
  public Optional<Map<String, String>> run(SplitRows rows) throws IOException {
    int folds = settings.get(FOLDS);
    if (folds == 0) {
      return Optional.of(Map.of());
    }
    Path file = context.directory().checkpoints().resolve("folds.json");
    FoldScores scores = Files.exists(file) ? FoldScores.read(file) : FoldScores.NONE;
    Split split = Folds.of(rows.train(), settings, folds);
    for (int fold = scores.folds(); fold < folds; fold++) {
      // One a fold: what a kill has left of a model that was being deleted is not taken for the next one.
      var directory = new ModelDirectory(context.directory().checkpoints().resolve("fold-" + (fold + 1)));
      if (directory.isFinished()) {
        FileTree.delete(directory.path());
      }
      Files.createDirectories(directory.path());
      var parts = new SplitRows(split.allBut(fold), rows.validation(), split.part(fold), rows.labels());
      TrainingResult result = family
          .newRun(CalibrationFolds.without(settings.without(FOLDS)), context.withDirectory(directory).withRows(parts)
              .withListener(new FoldListener(String.format(Locale.ROOT,
                  "Fold %,d of %,d: ", fold + 1, folds), context.listener())))
          .run();
      TestReport report = result.report();
      if (result.isInterrupted() || report == null) {
        return Optional.empty();
      }
      scores = scores.and(report.metrics());
      scores.write(file);
      FileTree.delete(directory.path());
    }
    return Optional.of(scores.facts());
  }

  /** Says of a stage of which fold it is. */
  private record FoldListener(String prefix, TrainingListener outer) implements TrainingListener {
    @Override
    public void stage(String description) {
      outer.stage(prefix + description);
    }

    @Override
    public void progress(long done, long total) {
      outer.progress(done, total);
    }

    @Override
    public void warning(String message) {
      outer.warning(prefix + message);
    }
  }
}
