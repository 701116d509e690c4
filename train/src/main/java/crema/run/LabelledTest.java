package crema.run;

import crema.base.OptionalLibrary;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Item;
import crema.classify.TrainingListener;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowAccount;
import crema.data.RowSource;
import crema.metrics.FrequencyBands;
import crema.metrics.ScoreMatrix;
import crema.report.TestReport;
import crema.task.Guarantee;
import crema.task.ScoredRows;
import crema.task.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A test of a classifier on labelled rows. A row of which the model knows no label counts in no metric; it is
 * reported, or under {@code strict} stops the test.
 */
public final class LabelledTest {
  private static final int BATCH = 256;
  /** Of a batch, where there are many labels. */
  private static final int MOST_SCORES = 1 << 23;
  private static final long SEED = 1;

  private final RowSource rows;
  private final boolean readBefore;
  private final boolean strict;
  private final Languages languages;
  private final FrequencyBands bands;
  private final TrainingListener listener;

  /**
   * A test.
   *
   * @param data its test files and columns are used
   * @param listener is notified of progress and warnings
   */
  public LabelledTest(DataSettings data, TrainingListener listener) {
    this(data, List.of(), listener);
  }

  /**
   * A test of a run.
   *
   * @param data its test files and columns are used
   * @param among more files of the run: a column that only some files have is empty in the others
   * @param listener is notified of progress and warnings
   */
  LabelledTest(DataSettings data, List<String> among, TrainingListener listener) {
    this(RunRows.rows(data.test(), among, data), false, data.isStrict(), data.languages(), data.labels().bands(),
        listener);
  }

  /**
   * A test on rows.
   *
   * @param readBefore whether the rows that cannot be read have been reported
   * @param languages whether the language of each row is wanted
   */
  public LabelledTest(RowSource rows, boolean readBefore, boolean strict, Languages languages,
      TrainingListener listener) {
    this(rows, readBefore, strict, languages, FrequencyBands.DEFAULT, listener);
  }

  private LabelledTest(RowSource rows, boolean readBefore, boolean strict, Languages languages, FrequencyBands bands,
      TrainingListener listener) {
    this.rows = rows;
    this.readBefore = readBefore;
    this.strict = strict;
    this.languages = languages;
    this.bands = bands;
    this.listener = listener;
  }

  /**
   * Predicts all rows and compares.
   *
   * @param title of the report
   * @throws UserError when no row can be used
   */
  public TestReport run(Classifier classifier, String title) {
    return run(classifier, title, Optional.empty());
  }

  /**
   * Predicts all rows and compares.
   *
   * @param title of the report
   * @param asked what answers are to reach, to tell of in the report
   * @throws UserError when no row can be used, or the guarantee cannot be given
   */
  public TestReport run(Classifier classifier, String title, Optional<Guarantee> asked) {
    Target target = classifier.target();
    asked.ifPresent(guarantee -> target.decide(ScoredRows.none(target.labels().size()).logits(), guarantee));
    OptionalLibrary.COMMONS_MATH.require("testing");
    listener.stage("Testing");
    var problems = new ProblemLog();
    ScoredRows test = scored(classifier, problems);
    RowAccount account = problems.account(Map.of("test", (long) test.truth().length));
    return new TargetReport(target, languages, bands, asked).builder(title, test, SEED)
        .wrong(WrongRows.of(target, classifier, rows, test)).words(classifier.tellingWords(TextRun.TELLING_WORDS))
        .fact("Rows", account.toString()).rows(account).build();
  }

  /**
   * What a classifier says of all rows that can be used.
   *
   * @throws UserError when there is none
   */
  public ScoredRows scored(Classifier classifier) {
    return scored(classifier, new ProblemLog());
  }

  private ScoredRows scored(Classifier classifier, ProblemLog problems) {
    var known = new KnownLabels(classifier.target().labels());
    ProblemListener reporter = strict ? problems.strict() : problems;
    var batch = new Batch(classifier);
    var rowLanguages = new ArrayList<String>();
    Function<Row, String> language = languages.areReported() ? languages.reader() : null;
    var read = new long[1];
    rows.forEach(readBefore ? ProblemListener.SILENT : reporter, row -> {
      read[0]++;
      known.of(row, reporter).ifPresent(labels -> {
        if (language != null) {
          rowLanguages.add(language.apply(row));
        }
        batch.add(classifier.item(row), labels, row.meta().weight());
      });
    });
    batch.score();
    problems.report().forEach(listener::warning);
    if (batch.truth.isEmpty()) {
      throw noRow(read[0]);
    }
    return new ScoredRows(batch.logits.build(), batch.truth.toArray(int[][]::new), rowLanguages,
        batch.weights.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * The error where no row can be tested on.
   *
   * @param read how many rows have a text and a label
   */
  public static UserError noRow(long read) {
    return new UserError(read == 0 ? "there is no row to test on that has both a text and a label"
        : "no row is left to validate or test on: the model knows the label of none");
  }

  /** Items that are scored together, and the scores of those before. */
  private final class Batch {
    private final Classifier classifier;
    private final List<Item> items = new ArrayList<>();
    private final List<int[]> truth = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();
    private final ScoreMatrix.Builder logits;
    private final int size;

    Batch(Classifier classifier) {
      this.classifier = classifier;
      int labels = classifier.labels().size();
      logits = ScoreMatrix.builder(labels);
      size = Math.clamp(MOST_SCORES / Math.max(1, labels), 1, BATCH);
    }

    void add(Item item, int[] labels, double weight) {
      items.add(item);
      weights.add(weight);
      truth.add(labels);
      if (items.size() == size) {
        score();
      }
    }

    void score() {
      for (float[] row : classifier.logits(items)) {
        // An item that is empty for the model, such as a text without tokens, says nothing for or against any label.
        logits.add(row.length == 0 ? new float[classifier.labels().size()] : row);
      }
      items.clear();
      listener.progress(logits.documents(), -1);
    }
  }
}
