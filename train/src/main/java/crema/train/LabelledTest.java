package crema.train;

import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowFault;
import crema.data.RowProblem;
import crema.data.RowSource;
import crema.metrics.Bootstrap;
import crema.metrics.SingleLabelOutcomes;
import crema.report.TestReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A test of a classifier on labelled rows. A row whose label the model does not know counts in no metric; it is told,
 * or under {@code strict} stops the test.
 */
public final class LabelledTest {
  private static final int BATCH = 256;

  private final RowSource rows;
  private final boolean readBefore;
  private final boolean strict;
  private final Languages languages;
  private final TrainingListener listener;

  /**
   * A test.
   *
   * @param data its test files and columns are used
   * @param strict whether a row that cannot be used stops the test
   * @param listener hears how it goes on
   */
  public LabelledTest(TrainingConfig.Data data, boolean strict, TrainingListener listener) {
    this(RunRows.rows(data.test(), data), false, strict, data.languages(), listener);
  }

  /**
   * A test on rows.
   *
   * @param readBefore whether the rows that cannot be read have been told
   * @param languages whether the language of each row is wanted
   */
  LabelledTest(RowSource rows, boolean readBefore, boolean strict, Languages languages, TrainingListener listener) {
    this.rows = rows;
    this.readBefore = readBefore;
    this.strict = strict;
    this.languages = languages;
    this.listener = listener;
  }

  /**
   * Predicts all rows and compares.
   *
   * @param title of the report
   * @throws TrainingException when no row can be used
   */
  public TestReport run(Classifier classifier, String title) {
    listener.stage("Testing");
    TestedRows test = test(classifier);
    TestReport.Builder report =
        TestReport.builder(title, classifier.labels(), test.outcomes()).intervals(Bootstrap.ofSeed(1));
    languages.addTo(report, test);
    return report.build();
  }

  /**
   * Predicts all rows that can be used.
   *
   * @throws TrainingException when there is none
   */
  TestedRows test(Classifier classifier) {
    List<String> labels = classifier.labels();
    Map<String, Integer> indices = new HashMap<>();
    IntStream.range(0, labels.size()).forEach(i -> indices.put(labels.get(i), i));
    var problems = new ProblemLog();
    ProblemListener reporter = strict ? ProblemListener.STRICT : problems;
    var truth = new ArrayList<Integer>();
    var predicted = new ArrayList<Integer>();
    var batch = new ArrayList<String>();
    var rowLanguages = new ArrayList<String>();
    Function<Row, String> language = languages.areTold() ? languages.reader() : null;
    rows.forEach(readBefore ? ProblemListener.SILENT : reporter, row -> {
      Integer label = indices.get(row.labels().getFirst());
      if (label == null) {
        reporter.problem(unknown(row));
        return;
      }
      truth.add(label);
      if (language != null) {
        rowLanguages.add(language.apply(row));
      }
      batch.add(row.text());
      if (batch.size() == BATCH) {
        predict(classifier, batch, indices, predicted);
      }
    });
    predict(classifier, batch, indices, predicted);
    problems.report().forEach(listener::warning);
    if (truth.isEmpty()) {
      throw new TrainingException("there is no row to test on whose label the model knows");
    }
    var outcomes = SingleLabelOutcomes.of(truth.stream().mapToInt(Integer::intValue).toArray(),
        predicted.stream().mapToInt(Integer::intValue).toArray(), labels.size());
    return new TestedRows(outcomes, rowLanguages);
  }

  private static RowProblem unknown(Row row) {
    return new RowProblem(RowFault.UNKNOWN_LABEL, row.file(), row.line(),
        "the model does not know the label '" + row.labels().getFirst() + "'");
  }

  private void predict(Classifier classifier, List<String> batch, Map<String, Integer> indices,
      List<Integer> predicted) {
    for (List<Prediction> best : classifier.predict(batch, 1)) {
      predicted.add(best.isEmpty() ? Integer.valueOf(SingleLabelOutcomes.NONE) : indices.get(best.getFirst().label()));
    }
    batch.clear();
    listener.progress(predicted.size(), -1);
  }
}
