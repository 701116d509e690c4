package crema.run;

import crema.classify.CheckpointSettings;
import crema.classify.ModelDirectory;
import crema.classify.Provenance;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.RowAccount;
import crema.nn.train.StepLog;
import crema.report.HtmlReport;
import crema.report.MetricsJson;
import crema.report.TellingWord;
import crema.report.TestOutcomes;
import crema.report.TestReport;
import crema.report.WrongRow;
import crema.task.AnswerSettings;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.task.TargetFile;
import crema.task.TrustFit;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training run that has come to its end, whatever it trained: what is left is to write the model, where it comes from
 * and how it did in the test.
 *
 * @param directory where to write
 * @param target what the model predicts, with its thresholds; it is calibrated when it is written
 * @param decision how thresholds were chosen
 * @param rows the rows of the run
 * @param seed of the run
 * @param context of the run: who watches it, and the command line that started it
 * @param steps training steps made
 * @param bestStep the step whose weights are kept
 */
public record FinishedRun(ModelDirectory directory, Target target, AnswerSettings decision, RowCounts rows, long seed,
    RunContext context, long steps, long bestStep) {
  /** A test that is still to be made. */
  @FunctionalInterface
  public interface Test {
    /** Asks the model for all test rows. */
    ScoredRows run() throws IOException;

    /**
     * The wrong answers that the model is surest of; none where nobody can look.
     *
     * @param target what the model predicts, calibrated
     * @param rows what it said of the test rows
     */
    default List<WrongRow> wrong(Target target, ScoredRows rows) throws IOException {
      return List.of();
    }

    /** The most telling words of each label; none if the model does not weigh words by themselves. */
    default List<List<TellingWord>> words() {
      return List.of();
    }
  }

  /**
   * Writes the model, tests it, writes how it did, and deletes what only an unfinished run needs. The model is whole
   * before its test begins: whatever happens in that costs nothing that was learned.
   *
   * @param files the files of this kind of model
   * @param validation what it says of the validation rows
   * @param calibration what it says of the rows that it is calibrated on, mostly the same
   * @param test asks it for the test rows
   * @param data what to report by language, and which labels are head and tail
   * @param facts what to say of the model, for people, in order
   */
  public TrainingResult write(ModelFiles files, ScoredRows validation, ScoredRows calibration, Test test,
      DataSettings data, Map<String, String> facts) throws IOException {
    files.writeWeights();
    TrustFit trust = TrustFit.of(target, new AnswerSettings(data.settings()), calibration);
    Target kept = trust.target();
    kept.labels().save(directory.labels());
    TargetFile.write(kept, directory.target());
    new Provenance(Provenance.version(),
        Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS).toString(), context.commandLine(), seed,
        rows.hash(),
        rows.train(), rows.validation(), rows.test(), steps, bestStep,
        System.getProperty("java.vm.name") + " " + Runtime.version()).write(directory.provenance());
    // As long as they are here, the run has an end to come.
    Files.createDirectories(directory.checkpoints());
    Map<String, String> all = withNote(facts, trust);
    files.writeUntested(all);
    files.writeDescription();
    return new FinishedRun(directory, kept, decision, rows, seed, context, steps, bestStep)
        .report(validation, test, data, all);
  }

  private static Map<String, String> withNote(Map<String, String> facts, TrustFit trust) {
    if (trust.note().isEmpty()) {
      return facts;
    }
    var all = new LinkedHashMap<>(facts);
    all.put("Not guaranteed", trust.note().get());
    return all;
  }

  /** Writes how a model did that is whole in its directory, and deletes what only an unfinished run needs. */
  TrainingResult report(ScoredRows validation, Test made, DataSettings data, Map<String, String> facts)
      throws IOException {
    ScoredRows test = made.run();
    var targetReport = new TargetReport(target, data.languages(), data.labels().bands());
    TestReport.Builder builder =
        targetReport.builder((test.isEmpty() ? "Training of " : "Test of ") + directory.path(), test, seed);
    targetReport.addValidation(builder, decision, validation, test);
    if (!test.isEmpty()) {
      builder.wrong(made.wrong(target, test));
    }
    facts.forEach(builder::fact);
    if (test.isEmpty()) {
      builder.fact("Test", "none: all rows were for training, and there are no metrics of a test");
    }
    if (validation.isEmpty()) {
      builder.fact("Validation", "none: nothing was chosen on validation rows");
    }
    data.rowWeight().ifPresent(column -> builder.fact("Row weights",
        "metrics and intervals count rows as '" + column + "' says; counts of rows, rankings and calibration do not"));
    var findings = new ArrayList<>(Findings.told(directory));
    for (String finding : Findings.ofTest(target.outcomes(test), target.labels().names())) {
      context.listener().warning(finding);
      findings.add(finding);
    }
    for (int i = 0; i < findings.size(); i++) {
      builder.fact(i == 0 ? "Warning" : "Warning " + (i + 1), findings.get(i));
    }
    Optional<RowAccount> account = ReadRows.of(directory).map(rows::account);
    account.ifPresent(builder::rows);
    TestReport report = builder
        .fact("Rows", rows + account.filter(read -> read.notUsed() > 0).map(read -> "; " + read).orElse(""))
        .fact("Seed", Long.toString(seed))
        .log(StepLog.read(directory.log()))
        .words(made.words())
        .build();
    MetricsJson.write(report, directory.metrics());
    TestOutcomes.write(target.outcomes(test), target.labels().names(), directory.testOutcomes());
    HtmlReport.write(report, directory.report());
    if (CheckpointSettings.keepState(data.settings())) {
      directory.keepState();
    }
    directory.deleteRunFiles();
    return new TrainingResult(steps, bestStep, report);
  }
}
