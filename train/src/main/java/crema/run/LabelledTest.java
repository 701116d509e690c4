package crema.run;

import crema.base.OptionalLibrary;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.TrainingListener;
import crema.classify.WatchedItems;
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
import org.jspecify.annotations.Nullable;

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
    var unreadable = new UnreadPictures(classifier, strict ? problems.strict() : problems);
    ScoredRows test = scored(classifier, problems, unreadable);
    RowAccount account = problems.account(Map.of("test", (long) test.truth().length));
    return new TargetReport(target, languages, bands, asked).builder(title, test, SEED)
        .wrong(WrongRows.of(target, classifier, unreadable.without(rows), test))
        .words(classifier.tellingWords(TextRun.TELLING_WORDS))
        .fact("Rows", account.toString()).rows(account).build();
  }

  /**
   * What a classifier says of all rows that can be used.
   *
   * @throws UserError when there is none
   */
  public ScoredRows scored(Classifier classifier) {
    var problems = new ProblemLog();
    // Whoever asks counts on an answer to each row; pictures have been reported where they were prepared.
    return scored(classifier, problems, null);
  }

  /**
   * What a classifier says of rows.
   *
   * @param unreadable decides which rows are left out for their pictures; null if none are
   */
  private ScoredRows scored(Classifier classifier, ProblemLog problems, @Nullable UnreadPictures unreadable) {
    var known = new KnownLabels(classifier.target().labels());
    ProblemListener reporter = strict ? problems.strict() : problems;
    var batch = new Batch(classifier, languages.areReported() ? languages.reader() : null, unreadable);
    var read = new long[1];
    rows.forEach(readBefore ? ProblemListener.SILENT : reporter, row -> {
      read[0]++;
      known.of(row, reporter).ifPresent(labels -> batch.add(row, labels));
    });
    batch.score();
    problems.report().forEach(listener::warning);
    if (batch.truth.isEmpty()) {
      throw unreadable != null && unreadable.leaveOut() ? unreadable.noRow() : noRow(read[0]);
    }
    return new ScoredRows(batch.logits.build(), batch.truth.toArray(int[][]::new), batch.rowLanguages,
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

  /** Rows that are scored together, and the scores of those before. */
  private final class Batch {
    private final Classifier classifier;
    private final @Nullable Function<Row, String> language;
    private final @Nullable UnreadPictures unreadable;
    private final List<Row> batch = new ArrayList<>();
    private final List<int[]> labelled = new ArrayList<>();
    private final List<int[]> truth = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();
    private final List<String> rowLanguages = new ArrayList<>();
    private final ScoreMatrix.Builder logits;
    private final int size;

    /**
     * A batch without rows.
     *
     * @param language of a row; null if it is of no interest
     * @param unreadable decides which rows are left out for their pictures; null if none are
     */
    Batch(Classifier classifier, @Nullable Function<Row, String> language, @Nullable UnreadPictures unreadable) {
      this.classifier = classifier;
      this.language = language;
      this.unreadable = unreadable;
      int labels = classifier.labels().size();
      logits = ScoreMatrix.builder(labels);
      size = Math.clamp(MOST_SCORES / Math.max(1, labels), 1, BATCH);
    }

    void add(Row row, int[] labels) {
      batch.add(row);
      labelled.add(labels);
      if (batch.size() == size) {
        score();
      }
    }

    void score() {
      var asked = new WatchedItems(batch.stream().map(classifier::item).toList());
      float[][] scores = classifier.logits(asked.items());
      for (int i = 0; i < scores.length; i++) {
        Row row = batch.get(i);
        if (unreadable == null || unreadable.isUsed(row, asked.fault(i))) {
          // An item that is empty for the model, such as a text without tokens, says nothing for or against any label.
          logits.add(scores[i].length == 0 ? new float[classifier.labels().size()] : scores[i]);
          truth.add(labelled.get(i));
          weights.add(row.meta().weight());
          if (language != null) {
            rowLanguages.add(language.apply(row));
          }
        }
      }
      batch.clear();
      labelled.clear();
      listener.progress(logits.documents(), -1);
    }
  }
}
