package crema.family.stack;

import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.SplitRows;
import crema.nn.train.StepLog;
import crema.run.ModelFiles;
import crema.run.RowCounts;
import crema.run.TextRun;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.ScoredRows;
import crema.task.Target;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes a stack of members that lie in its directory, whole: thresholds, the test, the report, and the files.
 *
 * @param settings of the run
 * @param context where the run writes
 */
record StackFinish(Settings settings, RunContext context) {
  /** Tests the stack that was written before; nothing if there is more to do than that. */
  Optional<TrainingResult> rest(Supplier<SplitRows> rows) throws IOException {
    return run().rest(rows);
  }

  private TextRun run() {
    return new TextRun(settings, new AnswerSettings(settings), context);
  }

  /**
   * Writes the model and tests it.
   *
   * @param description what it is made of
   * @param heldOut what its second level says of rows that it did not learn from
   * @param taught the same of the rows whose labels its members could know: thresholds and calibration are found on them,
   *     as rows with labels that nobody knows are no part of a test either
   * @param target what it predicts, before thresholds are chosen
   * @param facts what to say of it, in order
   */
  TrainingResult write(StackDescription description, ScoredRows heldOut, ScoredRows taught, Target target,
      SplitRows rows, Map<String, String> facts) throws IOException {
    TextRun run = run();
    ModelDirectory directory = context.directory();
    try (var log = StepLog.create(directory.log())) {
      run.record(target, heldOut, 0, 0, System.nanoTime(), log);
    }
    try (StackClassifier classifier =
        StackDescription.load(description, target.tuned(run.answers(), taught), directory, context.compute())) {
      return run.finish(classifier, new ModelFiles() {
        @Override
        public void writeWeights() {}

        @Override
        public void writeDescription() throws IOException {
          description.write(directory);
        }
      }, rows, RowCounts.of(rows, classifier.target().labels()), heldOut, taught, 0, facts);
    }
  }
}
