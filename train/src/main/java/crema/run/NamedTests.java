package crema.run;

import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.report.HtmlReport;
import crema.report.MetricsJson;
import crema.report.TestReport;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tests of a finished model on sets of rows with names, each of which has a report in {@code tests/NAME}. */
public final class NamedTests {
  private NamedTests() {}

  /**
   * Tests a model that is whole in its directory, if its settings name test sets.
   *
   * @return the report of each set by its name, in the order of the settings
   */
  public static Map<String, TestReport> run(Settings settings, RunContext context) throws IOException {
    var reports = new LinkedHashMap<String, TestReport>();
    // The run of several tasks has tested each of them.
    if (!settings.has(DataSettings.TEST) || TaskSettings.hasTasks(settings)) {
      return reports;
    }
    var data = new DataSettings(settings);
    Map<String, List<String>> sets = data.namedTests();
    if (sets.isEmpty()) {
      return reports;
    }
    ModelDirectory directory = context.directory();
    try (Classifier classifier = Classifier.load(directory.path(), context.compute())) {
      for (var set : sets.entrySet()) {
        TestReport report = new LabelledTest(data.withTest(set.getValue()), data.train(), context.listener())
            .run(classifier, "Test of " + directory.path() + " on " + set.getKey());
        Path folder = Files.createDirectories(directory.tests().resolve(set.getKey()));
        MetricsJson.write(report, folder.resolve("metrics.json"));
        HtmlReport.write(report, folder.resolve("report.html"));
        reports.put(set.getKey(), report);
      }
    }
    return reports;
  }
}
