package crema.run;

import crema.base.FileTree;
import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitRows;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.ScoredRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What models of the other folds say of all rows that a model is trained on in the end: to calibrate it on, where the
 * validation rows are few. It goes on with the fold at which it was stopped.
 */
public final class CalibrationFolds {
  /** On what a model is calibrated that is trained on its validation rows too. */
  public static final Section SECTION = Section.of("Calibration");

  public static final Setting<Integer> CALIBRATION_FOLDS = SECTION.integer("calibration-folds", 0).atLeast(0).later()
      .label("K").shownDefault("none")
      .details("it has an effect on models that are trained on the validation rows too in the end")
      .help("Calibrate on what models of K folds say of rows that they have not learned from");

  static {
    SECTION.rule(settings -> settings.get(CALIBRATION_FOLDS) == 1
        ? "--calibration-folds must be at least 2, not 1" : null, CALIBRATION_FOLDS);
    SECTION.rule(settings -> StartSettings.from(settings).isPresent() && settings.get(CALIBRATION_FOLDS) > 0
        ? "the model to start from may have seen the rows of folds: leave out --calibration-folds, or --from" : null,
        CALIBRATION_FOLDS, StartSettings.FROM);
  }

  private CalibrationFolds() {}

  /** The same settings, if they have this one, of models whose calibration nobody needs. */
  public static Settings without(Settings settings) {
    return settings.has(CALIBRATION_FOLDS) ? settings.without(CALIBRATION_FOLDS) : settings;
  }

  /**
   * Trains a model a fold, and asks it for the rows of the fold.
   *
   * @param settings of the run, all that would be chosen in it settled
   * @param context of the run, which has begun in its directory
   * @param rows of the run: its validation rows are those of each model
   * @param all the rows that the model is trained on in the end
   * @param ofValidation what is said of the validation rows, which has to do where the rows cannot be dealt out to folds
   * @return what is said of the rows whose labels the models could know; empty if the run was asked to stop
   */
  public static Optional<ScoredRows> run(ModelFamily family, Settings settings, RunContext context, SplitRows rows,
      RowSource all, ScoredRows ofValidation) throws IOException {
    int folds = settings.get(CALIBRATION_FOLDS);
    Settings own = RefitSettings.without(without(settings.without(TrainingFolds.FOLDS)));
    Split split = Folds.dealt(all, settings, folds);
    Optional<String> shortage = split.shortage();
    if (shortage.isPresent()) {
      context.listener().warning("calibrated on the validation rows alone: " + shortage.get());
      return Optional.of(ofValidation);
    }
    var parts = new ArrayList<ScoredRows>();
    for (int fold = 0; fold < folds; fold++) {
      Path file = context.directory().checkpoints().resolve("calibration-" + (fold + 1) + ".rows");
      if (!Files.exists(file)) {
        context.listener().stage(String.format(Locale.ROOT, "Calibrating, fold %d of %d", fold + 1, folds));
        var directory = new ModelDirectory(context.directory().checkpoints().resolve("calibration"));
        FileTree.delete(directory.path());
        Files.createDirectories(directory.path());
        var learned = new SplitRows(split.allBut(fold), rows.validation(), RowSource.of(List.of()), rows.labels());
        RunContext nested = context.withDirectory(directory).withRows(learned)
            .withListener(new TrainingListener() {});
        if (family.newRun(own, nested).run().isInterrupted()) {
          return Optional.empty();
        }
        try (Classifier classifier = Classifier.load(directory.path(), context.compute())) {
          StoredRows.write(scored(classifier, split.part(fold), learned.train(), nested), file);
        }
        FileTree.delete(directory.path());
      }
      parts.add(StoredRows.read(file));
    }
    return Optional.of(ScoredRows.concat(parts));
  }

  private static ScoredRows scored(Classifier classifier, RowSource rows, RowSource learned, RunContext context) {
    var known = new KnownLabels(classifier.target().labels());
    var seen = new boolean[classifier.target().labels().size()];
    learned.forEach(ProblemListener.SILENT, row -> known.of(row, ProblemListener.SILENT)
        .ifPresent(labels -> Arrays.stream(labels).forEach(label -> seen[label] = true)));
    RowSource taught = rows.map("taught", "", row -> known.of(row, ProblemListener.SILENT)
        .filter(labels -> Arrays.stream(labels).allMatch(label -> seen[label])).map(_ -> row).orElse(null));
    return RowCounts.isEmpty(taught) ? ScoredRows.none(seen.length)
        : new LabelledTest(taught, true, false, Languages.NONE, context.listener()).scored(classifier);
  }
}
