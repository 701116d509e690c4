package crema.train;

import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.RowSource;
import crema.metrics.ClassificationMetrics;
import crema.report.StepLog;
import crema.report.ValidationRecord;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What training runs have in common whose models read texts rather than tokens: reading the rows, a validation, and the
 * end.
 *
 * @param data which rows
 * @param seed of the run
 * @param directory where the run writes
 * @param listener hears how it goes
 */
record TextRun(TrainingConfig.Data data, long seed, ModelDirectory directory, TrainingListener listener) {
  /** Reads and splits the rows, and tells what is wrong with them. */
  RunRows read() {
    listener.stage("Reading the data");
    var problems = new ProblemLog();
    RunRows rows = RunRows.of(data, seed, data.strict() ? ProblemListener.STRICT : problems);
    problems.report().forEach(listener::warning);
    rows.reportDuplicates(listener);
    return rows;
  }

  /** How many rows there are. */
  static long count(RowSource rows) {
    var count = new long[1];
    rows.forEach(ProblemListener.SILENT, row -> count[0]++);
    return count[0];
  }

  /** Measures a model on validation rows when its training is over. */
  void validate(Classifier classifier, RowSource rows, long steps, double epochs, StepLog log) throws IOException {
    long began = System.nanoTime();
    listener.stage("Validating");
    ScoredRows scored = scored(classifier, rows, Languages.NONE);
    Target target = classifier.target();
    var metrics = ClassificationMetrics.of(target.outcomes(scored.truth(), target.decide(scored.logits())));
    var entry = new ValidationRecord(
        steps, epochs, Double.NaN, Validator.metrics(metrics), (System.nanoTime() - began) * 1e-9);
    log.write(entry);
    listener.validated(entry, true);
  }

  /** Tests and writes the model. */
  TrainingResult finish(Classifier classifier, ModelFiles files, RunRows rows, long steps, List<String> commandLine,
      Map<String, String> facts) throws IOException {
    listener.stage("Testing");
    var counts = new RowCounts(count(rows.train()), count(rows.validation()), count(rows.test()), rows.hash());
    Languages languages = data.languages();
    return new FinishedRun(directory, classifier.target(), DecisionConfig.DEFAULT, counts, seed, commandLine, steps, steps)
        .write(files, scored(classifier, rows.validation(), Languages.NONE),
            scored(classifier, rows.test(), languages), languages, facts);
  }

  private ScoredRows scored(Classifier classifier, RowSource rows, Languages languages) {
    return new LabelledTest(rows, true, data.strict(), languages, listener).scored(classifier);
  }
}
