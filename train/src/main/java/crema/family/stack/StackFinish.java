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
import crema.task.Target;
import java.io.IOException;
import java.util.Map;

/**
 * Makes a stack of members that lie in its directory, whole: thresholds, the test, the report, and the files.
 *
 * @param settings of the run
 * @param context where the run writes
 */
record StackFinish(Settings settings, RunContext context) {
  /**
   * Writes the model.
   *
   * @param description what it is made of
   * @param chosen its second level, and what that says of rows that it did not learn from
   * @param target what it predicts, before thresholds are chosen
   * @param facts what to say of it, in order
   */
  TrainingResult write(StackDescription description, LevelChoice.Measured chosen, Target target, SplitRows rows,
      Map<String, String> facts) throws IOException {
    var answers = new AnswerSettings(settings);
    var run = new TextRun(settings, answers, context);
    ModelDirectory directory = context.directory();
    try (var log = StepLog.create(directory.log())) {
      run.record(target, chosen.rows(), 0, 0, System.nanoTime(), log);
    }
    try (StackClassifier classifier =
        StackDescription.load(description, target.tuned(answers, chosen.rows()), directory, context.compute())) {
      return run.finish(classifier, new ModelFiles() {
        @Override
        public void writeWeights() {}

        @Override
        public void writeDescription() throws IOException {
          description.write(directory);
        }
      }, rows, RowCounts.of(rows), chosen.rows(), 0, facts);
    }
  }
}
