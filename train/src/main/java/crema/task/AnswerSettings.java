package crema.task;

import crema.metrics.Average;
import crema.metrics.Metric;
import crema.metrics.ThresholdSweep;
import crema.settings.NumberOr;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;
import java.util.Optional;

/**
 * How the probabilities of labels become an answer.
 *
 * @param settings with those of the {@link #SECTION}
 */
public record AnswerSettings(Settings settings) {
  /** How probabilities become answers. */
  public static final Section SECTION = Section.of("Answers");

  public static final Setting<NumberOr<ThresholdKind>> THRESHOLD = SECTION
      .wordOrNumber("threshold", ThresholdKind.class, NumberOr.of(ThresholdKind.GLOBAL)).atLeast(0).atMost(1)
      .label("KIND").basic()
      .details("global, one for all labels, or per-label, both chosen on the validation rows; argmax, only the best "
          + "label; or a number")
      .help("From which probability on a text has a label");
  /** The grid is that of the reference run of Huang et al. (EMNLP 2021). */
  public static final Setting<Double> THRESHOLD_FROM = SECTION.number("threshold-from", 0.4).atLeast(0).atMost(1)
      .label("P").help("The lowest global threshold that is tried");
  public static final Setting<Double> THRESHOLD_TO = SECTION.number("threshold-to", 0.6).atLeast(0).atMost(1)
      .label("P").help("The highest global threshold that is tried");
  public static final Setting<Double> THRESHOLD_STEP = SECTION.number("threshold-step", 0.01).atLeast(1e-4).atMost(1)
      .label("P").help("The distance between them");
  public static final Setting<Metric> THRESHOLD_METRIC = SECTION
      .choice("threshold-metric", Metric.MICRO_F1, List.of(Metric.MICRO_F1, Metric.MACRO_F1)).label("NAME")
      .help("The metric that a global threshold maximizes");
  public static final Setting<Boolean> AT_LEAST_ONE = SECTION.flag("at-least-one")
      .help("Answer with the nearest label where none reaches its threshold");
  public static final Setting<Metric> DECISION = SECTION
      .choice("decision", Metric.ACCURACY, List.of(Metric.ACCURACY, Metric.MACRO_F1)).label("NAME")
      .details("accuracy, the most probable label; macro_f1, with an offset a label, chosen on the validation rows")
      .help("What the answer maximizes where a text has one label");
  public static final Setting<DecodingKind> DECODING = SECTION.choice("decoding", DecodingKind.BEST_PATH)
      .details("argmax, the most probable leaf; top-down, level by level; consistent, all nodes that reach "
          + "node-threshold with all above them; best-path, the path whose nodes are most probable together")
      .help("How a path is found");
  public static final Setting<Double> NODE_THRESHOLD = SECTION.number("node-threshold", 0.5).atLeast(0).atMost(1)
      .label("P").help("Of consistent, and of top-down where a path may end early");

  public static final Setting<Double> MIN_PRECISION = SECTION.optionalNumber("min-precision").atLeast(0).below(1)
      .label("P").details("0.98: of the answers that are given, at least 98% are right on rows like those of the "
          + "validation; other texts get none, or a node further up in the taxonomy")
      .help("Answer only where it is sure enough to reach this precision");
  public static final Setting<Double> COVERAGE = SECTION.optionalNumber("coverage").atLeast(0).below(1)
      .label("P").details("0.95: the sets of 95% of the texts have the true label in them")
      .help("Answer with a set of labels, so that this share of sets has the true one");

  /** The defaults. */
  public static final AnswerSettings DEFAULT = new AnswerSettings(Settings.of(SECTION));

  /** Labels that are more probable than not. */
  public static final AnswerSettings HALF = new AnswerSettings(DEFAULT.settings.with(THRESHOLD, NumberOr.of(0.5)));

  static {
    SECTION.rule(settings -> settings.get(THRESHOLD_TO) < settings.get(THRESHOLD_FROM)
        ? "--threshold-to (" + settings.get(THRESHOLD_TO) + ") must be at least --threshold-from ("
            + settings.get(THRESHOLD_FROM) + ")"
        : null, THRESHOLD_TO, THRESHOLD_FROM);
    SECTION.rule(settings -> settings.find(MIN_PRECISION).isPresent() && settings.find(COVERAGE).isPresent()
        ? "--min-precision is for one answer that is sure, --coverage for a set of labels: give one of them" : null,
        MIN_PRECISION, COVERAGE);
    SECTION.rule(settings -> settings.get(DECISION) != Metric.ACCURACY
        && settings.get(LabelSettings.TARGET) != TargetKind.SINGLE
            ? "--decision " + settings.get(DECISION).key()
                + " is for one label a text; where there are several, choose "
                + "--threshold per-label"
            : null,
        DECISION, LabelSettings.TARGET);
  }

  /** What answers are to reach, if anything. */
  Optional<Guarantee> guarantee() {
    Optional<Guarantee> precision =
        settings.has(MIN_PRECISION) ? settings.find(MIN_PRECISION).map(Guarantee.Precision::new) : Optional.empty();
    return precision.isPresent() || !settings.has(COVERAGE) ? precision
        : settings.find(COVERAGE).map(Guarantee.Coverage::new);
  }

  /** What the answer maximizes where a text has one label. */
  Metric decision() {
    return settings.has(DECISION) ? settings.get(DECISION) : Metric.ACCURACY;
  }

  /** The thresholds that are tried, ascending. */
  double[] grid() {
    return ThresholdSweep.grid(settings.get(THRESHOLD_FROM), settings.get(THRESHOLD_TO), settings.get(THRESHOLD_STEP));
  }

  /** Which F1 a global threshold maximizes. */
  public Average average() {
    return settings.get(THRESHOLD_METRIC) == Metric.MICRO_F1 ? Average.MICRO : Average.MACRO;
  }

  /** From which probability on a text has a label, if it may have several. */
  NumberOr<ThresholdKind> threshold() {
    return settings.get(THRESHOLD);
  }

  /** Whether that is a number which the user gave. */
  boolean isThresholdGiven() {
    return settings.has(THRESHOLD) && threshold() instanceof NumberOr.Number<ThresholdKind>;
  }

  /** Whether a text of which no label reaches its threshold has the nearest one. */
  boolean isAtLeastOne() {
    return settings.get(AT_LEAST_ONE);
  }

  /** How paths are found. */
  public Decoding decoding() {
    return settings.get(DECODING).of(settings.get(NODE_THRESHOLD), isAtLeastOne());
  }
}
