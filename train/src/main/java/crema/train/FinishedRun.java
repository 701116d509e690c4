package crema.train;

import crema.data.LabelSet;
import crema.metrics.Bootstrap;
import crema.report.HtmlReport;
import crema.report.MetricsJson;
import crema.report.StepLog;
import crema.report.TestOutcomes;
import crema.report.TestReport;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * A training run that has come to its end, whatever it trained: what is left is to write the model, where it comes from
 * and how it did in the test.
 *
 * @param directory where to write
 * @param labels the labels of the model
 * @param rows the rows of the run
 * @param seed of the run
 * @param commandLine that started it
 * @param steps training steps made
 * @param bestStep the step whose weights are kept
 */
record FinishedRun(ModelDirectory directory, LabelSet labels, RowCounts rows, long seed, List<String> commandLine,
    long steps, long bestStep) {
  /**
   * Writes the model directory and deletes what only an unfinished run needs.
   *
   * @param files the files of this kind of model
   * @param test what the test found
   * @param languages whether to tell metrics by language
   * @param facts what to say of the model, for people, in order
   */
  TrainingResult write(ModelFiles files, TestedRows test, Languages languages, Map<String, String> facts)
      throws IOException {
    files.writeWeights();
    labels.save(directory.labels());
    ModelDirectory.writeJson(directory.provenance(), new Provenance(Provenance.version(),
        Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS).toString(), commandLine, seed, rows.hash(),
        rows.train(), rows.validation(), rows.test(), steps, bestStep,
        System.getProperty("java.vm.name") + " " + Runtime.version()));
    TestReport.Builder builder = TestReport.builder("Test of " + directory.path(), labels.names(), test.outcomes());
    facts.forEach(builder::fact);
    languages.addTo(builder, test);
    TestReport report = builder
        .fact("Rows", rows.toString())
        .fact("Seed", Long.toString(seed))
        .intervals(Bootstrap.ofSeed(seed))
        .log(StepLog.read(directory.log()))
        .build();
    MetricsJson.write(report, directory.metrics());
    TestOutcomes.write(test.outcomes(), labels.names(), directory.testOutcomes());
    HtmlReport.write(report, directory.report());
    files.writeDescription();
    directory.deleteRunFiles();
    return new TrainingResult(steps, bestStep, report);
  }
}
