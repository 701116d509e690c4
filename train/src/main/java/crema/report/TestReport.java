package crema.report;

import crema.base.Forest;
import crema.data.RowAccount;
import crema.metrics.Abstention;
import crema.metrics.Averages;
import crema.metrics.Bootstrap;
import crema.metrics.Calibration;
import crema.metrics.ClassificationMetrics;
import crema.metrics.ConfidenceCurve;
import crema.metrics.ConfusedPair;
import crema.metrics.ConfusionMatrix;
import crema.metrics.FrequencyBands;
import crema.metrics.FrequencyBands.Band;
import crema.metrics.GroupMetrics;
import crema.metrics.Hierarchy;
import crema.metrics.Interval;
import crema.metrics.Metric;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.Outcomes;
import crema.metrics.PrecisionReached;
import crema.metrics.PrecisionRecall;
import crema.metrics.RankingMetrics;
import crema.metrics.ScoreMatrix;
import crema.metrics.SetCoverage;
import crema.metrics.SingleLabelOutcomes;
import crema.metrics.ThresholdSweep;
import crema.nn.train.LogRecord;
import crema.nn.train.StepRecord;
import crema.nn.train.TrialRecord;
import crema.nn.train.ValidationRecord;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is said of a model's test: {@link HtmlReport}, {@link MetricsJson} and {@link TerminalReport} show
 * it. Made by {@link #builder}.
 *
 * @param title the heading
 * @param facts what was tested, for people: model, data, seed, in order
 * @param labels the name of each label, by number
 * @param multiLabel whether a document may have several labels
 * @param metrics the metrics
 * @param intervals confidence intervals; empty where none were asked for
 * @param confusedPairs the most confused pairs, most frequent first
 * @param confusion the confusion matrix, where there is one label a document and few enough to draw it
 * @param ranking how well the scores rank, where there are scores
 * @param hierarchical precision, recall and F1 over labels and their ancestors, where there is a taxonomy
 * @param pathConsistency how often predictions lie on one path, where there is a taxonomy
 * @param bands averages over labels that training saw often and rarely; empty where that is not known
 * @param groups tables of document groups by title, such as "Language"; levels of a taxonomy are one
 * @param calibration how far confidence can be trusted, where there are probabilities
 * @param uncalibrated how far it could be trusted without the model's calibration, where there is one
 * @param abstention coverage against accuracy; empty where not asked for
 * @param precisions what answers reach that must be sure; empty where the model does not know how sure they are
 * @param sets what sets of labels reach; empty likewise
 * @param wrong the wrong answers that the model is surest of; empty where nobody looked
 * @param thresholds how averages change with the threshold, where there is one
 * @param rows where the rows went of which these are metrics; null where that is not known
 * @param log the steps and validations of the training; empty where there was none
 * @param words the most telling words of each label; empty where the model does not weigh words by themselves
 */
public record TestReport(
    String title,
    Map<String, String> facts,
    List<String> labels,
    boolean multiLabel,
    ClassificationMetrics metrics,
    Map<Metric, Interval> intervals,
    List<ConfusedPair> confusedPairs,
    @Nullable ConfusionMatrix confusion,
    @Nullable RankingMetrics ranking,
    @Nullable PrecisionRecall hierarchical,
    @Nullable PathConsistency pathConsistency,
    Map<Band, Averages> bands,
    Map<String, List<GroupMetrics>> groups,
    @Nullable Calibration calibration,
    @Nullable Uncalibrated uncalibrated,
    List<Abstention> abstention,
    List<PrecisionReached> precisions,
    List<SetCoverage> sets,
    List<WrongRow> wrong,
    @Nullable ThresholdSweep thresholds,
    @Nullable RowAccount rows,
    List<LogRecord> log,
    List<List<TellingWord>> words) {

  /**
   * How the scores of the model would do as they are.
   *
   * @param calibration their calibration
   * @param curve what calibrates them
   */
  public record Uncalibrated(Calibration calibration, ConfidenceCurve curve) {
    /** How the curve was found, for people. */
    public String method() {
      return curve.temperature() == 1 ? curve.method()
          : curve.method() + ", " + Numbers.compact(curve.temperature());
    }
  }

  /**
   * How often what is said on the levels of a taxonomy fits together.
   *
   * @param answers the share of documents whose answer is one path
   * @param levels the share of documents whose most probable labels of all levels, each taken for itself, are one path
   */
  public record PathConsistency(double answers, double levels) {}

  private static final int CONFUSED_PAIRS = 20;
  private static final int CALIBRATION_BINS = 15;
  private static final double[] ABSTENTION_THRESHOLDS = {0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99};

  /** Copies what can change, and keeps the order of the maps. */
  public TestReport {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    labels = List.copyOf(labels);
    intervals = Collections.unmodifiableMap(new LinkedHashMap<>(intervals));
    confusedPairs = List.copyOf(confusedPairs);
    bands = Collections.unmodifiableMap(new LinkedHashMap<>(bands));
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    abstention = List.copyOf(abstention);
    precisions = List.copyOf(precisions);
    sets = List.copyOf(sets);
    wrong = List.copyOf(wrong);
    log = List.copyOf(log);
    words = List.copyOf(words);
  }

  /**
   * Starts a report on {@code outcomes}.
   *
   * @param labels the name of each label, by number
   * @throws IllegalArgumentException if there is not one name a label
   */
  public static Builder builder(String title, List<String> labels, Outcomes outcomes) {
    return new Builder(title, labels, outcomes);
  }

  /** Whether there were test rows: without them there are no metrics. */
  public boolean hasTest() {
    return metrics.documents() > 0;
  }

  /** The headline metrics, in the order shown. */
  public List<Metric> headline() {
    var metrics = EnumSet.of(Metric.ACCURACY, Metric.MICRO_F1, Metric.MACRO_F1, Metric.WEIGHTED_F1);
    if (multiLabel) {
      metrics.add(Metric.SAMPLES_F1);
    }
    return List.copyOf(metrics);
  }

  /** The steps of the log. */
  List<StepRecord> steps() {
    return log.stream().filter(StepRecord.class::isInstance).map(StepRecord.class::cast).toList();
  }

  /** The trials of the log, by which a value of a setting was chosen. */
  List<TrialRecord> trials() {
    return log.stream().filter(TrialRecord.class::isInstance).map(TrialRecord.class::cast).toList();
  }

  /** The validations of the log. */
  List<ValidationRecord> validations() {
    return log.stream().filter(ValidationRecord.class::isInstance).map(ValidationRecord.class::cast).toList();
  }

  /** Collects the parts of a report. */
  public static final class Builder {

    private final String title;
    private final List<String> labels;
    private final Outcomes outcomes;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private @Nullable RowAccount rows;
    private Map<Metric, Interval> intervals = Map.of();
    private final Map<String, List<GroupMetrics>> groups = new LinkedHashMap<>();
    private @Nullable RankingMetrics ranking;
    private @Nullable PrecisionRecall hierarchical;
    private @Nullable PathConsistency pathConsistency;
    private Map<Band, Averages> bands = Map.of();
    private @Nullable Calibration calibration;
    private @Nullable Uncalibrated uncalibrated;
    private List<Abstention> abstention = List.of();
    private List<PrecisionReached> precisions = List.of();
    private List<SetCoverage> sets = List.of();
    private List<WrongRow> wrong = List.of();
    private @Nullable ThresholdSweep thresholds;
    private List<LogRecord> log = List.of();
    private List<List<TellingWord>> words = List.of();

    private Builder(String title, List<String> labels, Outcomes outcomes) {
      if (labels.size() != outcomes.labelCount()) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "%d label names for %d labels", labels.size(), outcomes.labelCount()));
      }
      this.title = title;
      this.labels = List.copyOf(labels);
      this.outcomes = outcomes;
    }

    /** Adds a fact about the run, such as {@code "Seed", "42"}. */
    public Builder fact(String name, String value) {
      facts.put(name, value);
      return this;
    }

    /** Adds confidence intervals. */
    public Builder intervals(Bootstrap bootstrap) {
      var metrics = EnumSet.allOf(Metric.class);
      if (!isMultiLabel()) {
        metrics.remove(Metric.SAMPLES_F1);
      }
      intervals = bootstrap.intervals(outcomes, metrics);
      return this;
    }

    private boolean isMultiLabel() {
      return outcomes instanceof MultiLabelOutcomes;
    }

    /**
     * Adds what probabilities say: ranking, calibration and, where there is one label a document, coverage against
     * accuracy.
     *
     * @param probabilities {@code [documents, labels]}, of the same documents as the outcomes
     */
    public Builder probabilities(ScoreMatrix probabilities) {
      return probabilities(probabilities, probabilities, ConfidenceCurve.NONE);
    }

    /**
     * Adds what probabilities say: ranking, calibration before and after, and, where there is one label a document,
     * coverage against accuracy.
     *
     * @param raw {@code [documents, labels]}, of the same documents as the outcomes; these rank
     * @param probabilities the same after calibration
     * @param curve what calibrated them
     */
    public Builder probabilities(ScoreMatrix raw, ScoreMatrix probabilities, ConfidenceCurve curve) {
      var truth = truth();
      if (isMultiLabel()) {
        return decisions(raw, probabilities, curve, truth);
      }
      ranking = RankingMetrics.of(raw, truth);
      calibration = Calibration.ofBest(probabilities, onlyLabels(truth), CALIBRATION_BINS);
      uncalibrated = curve.isNone() ? null
          : new Uncalibrated(Calibration.ofBest(raw, onlyLabels(truth), CALIBRATION_BINS), curve);
      abstention = Abstention.table(probabilities, onlyLabels(truth), ABSTENTION_THRESHOLDS);
      return this;
    }

    /**
     * Adds what the probabilities of labels say that are each decided on for itself, such as the nodes of a taxonomy:
     * ranking and calibration.
     *
     * @param raw {@code [documents, labels]}, of the same documents as the outcomes
     * @param probabilities the same after calibration
     * @param curve what calibrated them
     * @param truth the labels that hold of each document
     */
    public Builder decisions(ScoreMatrix raw, ScoreMatrix probabilities, ConfidenceCurve curve, int[][] truth) {
      ranking = RankingMetrics.of(raw, truth);
      calibration = Calibration.ofDecisions(probabilities, truth, CALIBRATION_BINS);
      uncalibrated = curve.isNone() ? null
          : new Uncalibrated(Calibration.ofDecisions(raw, truth, CALIBRATION_BINS), curve);
      return this;
    }

    /**
     * Adds coverage against accuracy.
     *
     * @param confidence the probability of each document's answer
     * @param right whether the answer is right
     */
    public Builder abstention(float[] confidence, boolean[] right) {
      abstention = Abstention.table(confidence, right, ABSTENTION_THRESHOLDS);
      return this;
    }

    /** Adds what answers reach that must be sure, and what sets of labels reach. */
    public Builder guarantees(List<PrecisionReached> ofPrecision, List<SetCoverage> ofCoverage) {
      precisions = ofPrecision;
      sets = ofCoverage;
      return this;
    }

    /** Adds wrong answers to look at. */
    public Builder wrong(List<WrongRow> rows) {
      wrong = rows;
      return this;
    }

    /** Adds the sweep by which the threshold was chosen. */
    public Builder thresholds(ThresholdSweep sweep) {
      thresholds = sweep;
      return this;
    }

    /**
     * Adds averages over head, medium and tail labels.
     *
     * @param trainingDocuments how many training documents each label has, {@code [labels]}
     */
    public Builder bands(FrequencyBands cutOffs, long[] trainingDocuments) {
      bands = cutOffs.averages(outcomes, trainingDocuments);
      return this;
    }

    /** Adds a table of document groups, such as {@code "Language"}. */
    public Builder groups(String groupTitle, List<GroupMetrics> rows) {
      groups.put(groupTitle, List.copyOf(rows));
      return this;
    }

    /** Adds hierarchical precision, recall and F1, and a table of the taxonomy's levels. */
    public Builder hierarchy(Forest nodes) {
      hierarchical = ClassificationMetrics.of(Hierarchy.withAncestors(nodes, outcomes)).averages().micro();
      return groups("Taxonomy level", GroupMetrics.perLevel(outcomes, nodes));
    }

    /**
     * Adds how often predictions lie on one path.
     *
     * @param probabilities {@code [documents, labels]}, of the same documents as the outcomes
     */
    public Builder pathConsistency(Forest nodes, ScoreMatrix probabilities) {
      long onePath = IntStream.range(0, outcomes.documents())
          .filter(document -> outcomes.predicted(document).length == 1).count();
      var best = new int[nodes.depth()][outcomes.documents()];
      var levels = new int[best.length][];
      Arrays.setAll(levels, level -> nodes.nodesAt(level + 1));
      for (int document = 0; document < outcomes.documents(); document++) {
        float[] row = probabilities.row(document);
        for (int level = 0; level < best.length; level++) {
          best[level][document] =
              Arrays.stream(levels[level]).reduce((a, b) -> row[b] > row[a] ? b : a).orElseThrow();
        }
      }
      pathConsistency = new PathConsistency(
          (double) onePath / Math.max(1, outcomes.documents()), Hierarchy.pathConsistency(nodes, best));
      return this;
    }

    private int[][] truth() {
      return IntStream.range(0, outcomes.documents()).mapToObj(outcomes::truth).toArray(int[][]::new);
    }

    private static int[] onlyLabels(int[][] truth) {
      return Arrays.stream(truth).mapToInt(labels -> labels[0]).toArray();
    }

    /** Adds where the rows went. */
    public Builder rows(RowAccount account) {
      rows = account;
      return this;
    }

    /** Adds the log of the training, for its curves. */
    public Builder log(List<LogRecord> records) {
      log = records;
      return this;
    }

    /**
     * Adds the most telling words.
     *
     * @param ofLabels those of each label, by number; empty if the model does not tell
     */
    public Builder words(List<List<TellingWord>> ofLabels) {
      words = ofLabels;
      return this;
    }

    /** Computes the metrics and makes the report. */
    public TestReport build() {
      var confusion =
          outcomes instanceof SingleLabelOutcomes single && labels.size() <= HeatMap.MAX_LABELS
              ? ConfusionMatrix.of(single)
              : null;
      return new TestReport(
          title,
          facts,
          labels,
          isMultiLabel(),
          ClassificationMetrics.of(outcomes),
          intervals,
          ConfusedPair.mostFrequent(outcomes, CONFUSED_PAIRS),
          confusion,
          ranking,
          hierarchical,
          pathConsistency,
          bands,
          groups,
          calibration,
          uncalibrated,
          abstention,
          precisions,
          sets,
          wrong,
          thresholds,
          rows,
          log,
          words);
    }
  }
}
