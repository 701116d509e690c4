package crema.run;

import crema.classify.Classifier;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.nn.train.StepLog;
import crema.nn.train.ValidationRecord;
import crema.report.TellingWord;
import crema.report.WrongRow;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.ScoredRows;
import crema.task.Target;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What training runs have in common whose models read texts rather than tokens: a validation, and the end.
 *
 * @param settings of the run
 * @param answers how answers are found
 * @param context where the run writes, and how it is watched
 */
public record TextRun(Settings settings, AnswerSettings answers, RunContext context) {
  /** How many words of each label the report has. */
  static final int TELLING_WORDS = 10;

  /** Measures a model on validation rows, if there are any, when its training is over; returns what it says of them. */
  public ScoredRows validate(Classifier classifier, RowSource rows, long steps, double epochs,
      StepLog log) throws IOException {
    if (RowCounts.isEmpty(rows)) {
      return ScoredRows.none(classifier.labels().size());
    }
    long began = System.nanoTime();
    context.listener().stage("Validating");
    ScoredRows scored = scored(classifier, rows, Languages.NONE);
    record(classifier.target(), scored, steps, epochs, began, log);
    return scored;
  }

  /**
   * Logs how a model does on validation rows.
   *
   * @param scored what it says of them
   * @param beganNanos when the validation began
   */
  public void record(Target target, ScoredRows scored, long steps, double epochs, long beganNanos, StepLog log)
      throws IOException {
    Validator.Result result = new Validator(target, answers, ValidationMetric.MICRO_F1)
        .validate(scored, Double.NaN, steps, epochs, beganNanos);
    // One that went on after its validation has logged it.
    boolean isLogged = StepLog.read(context.directory().log()).stream()
        .anyMatch(entry -> entry instanceof ValidationRecord && entry.step() == steps);
    if (!isLogged) {
      log.write(result.entry());
    }
    result.logThresholds(context.directory().thresholdLog());
    context.listener().validated(result.entry(), true);
  }

  /**
   * Writes the model and tests it.
   *
   * @param classifier the model, its thresholds chosen
   * @param files writes its weights
   * @param rows of the run; without test rows there is no test
   * @param counts of those rows
   * @param validation what the model says of the validation rows
   * @param facts what to say of it in the report, in order
   */
  public TrainingResult finish(Classifier classifier, ModelFiles files, SplitRows rows, RowCounts counts,
      ScoredRows validation, long steps, Map<String, String> facts) throws IOException {
    return finish(classifier, files, rows, counts, validation, validation, steps, facts);
  }

  /**
   * The same of a model that is calibrated on other rows than it was validated on.
   *
   * @param calibration what it says, or may be expected to say, of rows that it did not learn from
   */
  public TrainingResult finish(Classifier classifier, ModelFiles files, SplitRows rows, RowCounts counts,
      ScoredRows validation, ScoredRows calibration, long steps, Map<String, String> facts) throws IOException {
    return finished(classifier.target(), counts, steps).write(new ModelFiles() {
      @Override
      public void writeWeights() throws IOException {
        files.writeWeights();
      }

      @Override
      public void writeUntested(Map<String, String> all) throws IOException {
        new UntestedModel(steps, all, validation).write(context.directory());
      }

      @Override
      public void writeDescription() throws IOException {
        files.writeDescription();
      }
    }, validation, calibration, test(classifier, rows), data(), facts);
  }

  /**
   * Tests the model that the run has trained and written before; nothing if there is more to do than that.
   *
   * @param rows reads those of the run
   */
  public Optional<TrainingResult> rest(Supplier<SplitRows> rows) throws IOException {
    Optional<UntestedModel> untested = UntestedModel.read(context.directory());
    if (untested.isEmpty()) {
      return Optional.empty();
    }
    UntestedModel model = untested.get();
    SplitRows all = rows.get();
    try (Classifier classifier = Classifier.load(context.directory().path(), context.compute())) {
      RowCounts counts = RowCounts.of(all, classifier.target().labels());
      return Optional.of(finished(classifier.target(), counts, model.steps())
          .report(model.validation(), test(classifier, all), data(), model.facts()));
    }
  }

  private FinishedRun finished(Target target, RowCounts counts, long steps) {
    return new FinishedRun(context.directory(), target, answers, counts, settings.get(TrainingSettings.SEED),
        context, steps, steps);
  }

  private FinishedRun.Test test(Classifier classifier, SplitRows rows) {
    return new FinishedRun.Test() {
      @Override
      public ScoredRows run() {
        if (RowCounts.isEmpty(rows.test())) {
          return ScoredRows.none(classifier.labels().size());
        }
        context.listener().stage("Testing");
        return scored(classifier, rows.test(), data().languages());
      }

      @Override
      public List<WrongRow> wrong(Target target, ScoredRows test) {
        return WrongRows.of(target, classifier, rows.test(), test);
      }

      @Override
      public List<List<TellingWord>> words() {
        return classifier.tellingWords(TELLING_WORDS);
      }
    };
  }

  private DataSettings data() {
    return new DataSettings(settings);
  }

  private ScoredRows scored(Classifier classifier, RowSource rows, Languages languages) {
    return new LabelledTest(rows, true, data().isStrict(), languages, context.listener()).scored(classifier);
  }
}
